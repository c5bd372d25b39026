"""The whole house over stand-ins for both vendors, started as `./run.sh` starts it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, free_port, three_free_ports

START_WITHIN = 60.0


@pytest.fixture
def house(folder: Path) -> Iterator[dict[str, str]]:
    """A house of all its real parts; its addresses by name."""
    api, sandbox = free_port(), three_free_ports()
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.launcher", "all"],
        cwd=ROOT,
        env=clean
        | {
            "ENV_FILE": "",
            "DATA_DIR": str(folder / "data"),
            "LOG_DIR": str(folder / "logs"),
            "API_PORT": str(api),
            "SANDBOX_PORT": str(sandbox),
            "IMAGE_BACKENDS": "runware,replicate",
            "JWT_SECRET": "a-secret-of-this-house",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    giving_up = threading.Timer(START_WITHIN, process.terminate)
    giving_up.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C stops everything" in line:
            break
    giving_up.cancel()
    text = "".join(lines)
    assert "Dream Photo is ready" in text, text
    yield {
        "said": text,
        "logs": str(folder / "logs"),
        "api": f"http://127.0.0.1:{api}",
        "runware": f"http://127.0.0.1:{sandbox + 1}",
        "replicate": f"http://127.0.0.1:{sandbox + 2}",
    }
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    everything = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True).stdout
    assert [line for line in everything.splitlines() if re.search(re.escape(str(folder)), line)] == []


def test_a_house_over_stand_ins_is_connected_to_both_and_says_where_they_are(house):
    until = time.monotonic() + 20
    while True:
        health = httpx.get(f"{house['api']}/health").json()
        if health["runware_connected"] and health["replicate_connected"]:
            break
        assert time.monotonic() < until, health
    assert health["status"] == "healthy"
    assert set(health["backends"]) == {"runware", "replicate"}
    for vendor in ("runware", "replicate"):
        assert f"{house[vendor]}/sim/ledger" in house["said"]
        assert httpx.get(f"{house[vendor]}/sim/ledger").status_code == 200
        assert (Path(house["logs"]) / f"sandbox-{vendor}.log").exists()
    # What the settings gave to both sides is the same: no request was refused for its key.
    asked = httpx.get(f"{house['replicate']}/sim/requests").json()["requests"]
    assert {one["status"] for one in asked} == {200}
    assert "authentication" in httpx.get(f"{house['runware']}/sim/requests").json()["task_types"]
