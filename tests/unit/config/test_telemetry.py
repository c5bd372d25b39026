"""Processes that count apart are told of together, and no label grows without end."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import telemetry
from config.metrics_folder import FILE_BYTES, make_metrics_folder, metrics_environment
from tests.conftest import ROOT, free_port

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TELL = """
from prometheus_client import CollectorRegistry
sys.stdout.write(telemetry.exposition(CollectorRegistry(), CollectorRegistry()).decode())
"""


def value(name: str, **labels: str) -> float:
    return telemetry.REGISTRY.get_sample_value(name, labels) or 0.0


def run(program: str, **environment: str) -> str:
    """What a fresh process says: the way of counting belongs to a whole process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PROMETHEUS", "DREAMPHOTO"))}
    begin = "import os, signal, sys\nfrom config import telemetry\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + program],
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "metrics"
    make_metrics_folder(made, ("api", "worker"))
    return made


def test_what_one_part_counts_another_tells_also_after_the_first_was_killed_and_came_back(folder):
    count = (
        "telemetry.TELEGRAM_429.inc(); telemetry.note_claim('cpu', 5, None, None)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    for _ in range(2):
        run(count, **metrics_environment(folder, "worker"))
    text = run(f"telemetry.TELEGRAM_429.inc()\n{TELL}", **metrics_environment(folder, "api"))
    assert "dreamphoto_telegram_429_total 3.0" in text
    assert 'dreamphoto_attempts_total{attempt="4+",lane="cpu"} 2.0' in text
    assert len(list(folder.iterdir())) == 4, "a restart leaves no file behind"


def test_a_process_alone_counts_for_itself(folder):
    assert "dreamphoto_telegram_429_total 1.0" in run(f"telemetry.TELEGRAM_429.inc()\n{TELL}")


def test_the_files_are_written_out_in_full_so_that_a_full_disk_kills_nobody(folder):
    for file in folder.iterdir():
        assert file.stat().st_blocks * 512 >= file.stat().st_size == FILE_BYTES


def test_each_start_of_a_house_begins_with_nothing(folder):
    run("telemetry.TELEGRAM_429.inc()", **metrics_environment(folder, "worker"))
    make_metrics_folder(folder, ("api", "worker"))
    assert "dreamphoto_telegram_429_total 0.0" in run(TELL, **metrics_environment(folder, "api"))


def test_a_label_that_others_choose_has_at_most_so_many_values():
    words = telemetry.Words(most=2)
    assert [words.bounded(word) for word in ("a", "b", "c", "a", "d")] == ["a", "b", "other", "a", "other"]


def test_only_the_first_claim_says_how_long_the_order_waited():
    waited = value("dreamphoto_claim_seconds_count", lane="gpu")
    for attempt in (1, 2):
        telemetry.note_claim("gpu", attempt, NOON, NOON + timedelta(milliseconds=30))
    assert value("dreamphoto_claim_seconds_count", lane="gpu") == waited + 1
    assert value("dreamphoto_claim_seconds_bucket", lane="gpu", le="0.05") >= 1
    assert value("dreamphoto_attempts_total", lane="gpu", attempt="2") >= 1


def test_a_task_that_nobody_claimed_ends_without_a_time():
    telemetry.note_ended("never-run", "failed", "expired", None)
    assert value("dreamphoto_tasks_ended_total", kind="never-run", status="failed", error_code="expired") == 1
    assert telemetry.REGISTRY.get_sample_value("dreamphoto_task_seconds_count", {"kind": "never-run"}) is None


def test_a_worker_by_itself_answers_on_its_port_and_a_taken_port_is_one_line(tmp_path):
    port = free_port()
    program = f"""
from urllib.request import urlopen
from config.settings import load_settings
telemetry.serve_alone_or_exit(load_settings())
telemetry.TELEGRAM_429.inc()
print(urlopen("http://127.0.0.1:{port}/metrics").read().decode())
sys.stderr = sys.stdout
telemetry.serve_alone_or_exit(load_settings())
"""
    said = run(program, ENV_FILE="", METRICS_PORT=str(port))
    assert "dreamphoto_telegram_429_total 1.0" in said
    assert said.splitlines()[-1].startswith(f"METRICS_PORT: port {port} on 127.0.0.1 cannot be used")
