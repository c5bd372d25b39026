"""The launcher from the outside: one command starts everything, one signal stops it, and what is wrong is one line."""

import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from db.embedded import EmbeddedPostgres, EmbeddedRedis

ALL = ("api", "worker", "bot", "sandbox")


def pid_of(house, part: str) -> int:
    pattern = {"api": "api.main", "worker": "workers.main", "bot": "bot.main", "sandbox": "sandbox.telegram"}[part]
    lines = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout.splitlines()
    found = [int(line.split()[0]) for line in lines if pattern in line]
    return next(pid for pid in found if Path(f"/proc/{pid}/cwd").readlink() == house.folder)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_everything_starts_says_where_it_is_and_stops_within_ten_seconds(house, how):
    running = house.start("all")
    running.wait_for("Ctrl+C stops everything")
    sandbox, api = (f"http://127.0.0.1:{house.settings[name]}" for name in ("SANDBOX_PORT", "API_PORT"))
    text = "\n".join(running.lines)
    assert "Dream Photo is ready" in text
    assert f"{sandbox}/" in text
    assert f"{api}/docs" in text
    assert httpx.get(f"{api}/ready").text == "ready"
    assert sorted(path.name for path in (house.folder / "logs").iterdir()) == sorted(f"{part}.log" for part in ALL)
    began = time.monotonic()
    assert running.stop(how) == 0
    assert time.monotonic() - began < 10
    assert house.processes() == []


def test_a_second_start_from_the_same_folder_is_refused_in_one_line(house):
    running = house.start("all")
    running.wait_for("Dream Photo is ready")
    second = house.run("all")
    assert second.returncode == 2
    assert second.stderr == "Dream Photo is running from this folder already; stop it with Ctrl+C there\n"
    assert running.stop() == 0


def test_a_part_that_is_killed_comes_back(house):
    running = house.start("all")
    running.wait_for("Dream Photo is ready")
    os.kill(pid_of(house, "worker"), signal.SIGKILL)
    running.wait_for("worker ended with status -9; started again")
    assert running.stop() == 0


def test_after_a_kill_of_the_launcher_the_next_start_goes_on_with_its_servers(house):
    first = house.start("all")
    first.wait_for("Dream Photo is ready")
    first.stop(signal.SIGKILL)
    servers = [line for line in house.processes() if "postgres" in line or "-server 127.0.0.1" in line]
    assert servers, "PostgreSQL and Redis go on"
    second = house.start("all")
    second.wait_for("Dream Photo is ready")
    assert second.stop() == 0
    assert house.processes() == [], "the last one out stops them, whoever started them"


@pytest.mark.parametrize("name", ["API_PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_named_with_its_setting_before_anything_starts(house, name):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = house.run("all", **{name: str(port)})
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert f"set {name} in .env to a free one" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not EmbeddedPostgres(house.data_dir).cluster.exists()


def test_the_port_of_a_part_s_own_figures_matters_to_a_part_alone_and_is_named_too(house):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        done = house.run("worker", METRICS_PORT=port)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "set METRICS_PORT in .env to a free one" in done.stderr
        running = house.start("all", METRICS_PORT=port)
        running.wait_for("Dream Photo is ready")
    assert running.stop() == 0


def test_every_part_but_the_sandbox_is_told_where_to_count_under_its_own_name(house):
    told = (
        "import os, pathlib\npathlib.Path('told-{0}').write_text(' '.join(os.environ.get(name, 'nothing') for name in ("
    )
    told += "'PROMETHEUS_MULTIPROC_DIR', 'DREAMPHOTO_PART')))\n"
    programs = {"api": "api/app.py", "worker": "workers/main.py", "sandbox": "sandbox/telegram/__main__.py"}
    for part, path in programs.items():
        program = house.folder / path
        program.write_text(told.format(part) + program.read_text())
    running = house.start("all")
    running.wait_for("Dream Photo is ready")
    folder = house.data_dir / "metrics"
    found = {part: (house.folder / f"told-{part}").read_text() for part in programs}
    assert found == {"api": f"{folder} api", "worker": f"{folder} worker", "sandbox": "nothing nothing"}
    assert {file.name for file in folder.iterdir()} == {
        f"{kind}_{part}.db" for kind in ("counter", "histogram") for part in ("api", "bot", "worker")
    }
    assert running.stop() == 0


def test_where_the_parts_cannot_count_together_the_house_starts_all_the_same(house):
    house.data_dir.mkdir()
    (house.data_dir / "metrics").write_text("no folder")
    running = house.start("all")
    running.wait_for("Dream Photo is ready")
    assert any("/metrics will tell of the API alone" in line for line in running.lines)
    assert running.stop() == 0


def test_a_wrong_setting_is_one_line_and_nothing_starts(house):
    done = house.run("all", LOG_LEVEL="loud")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "LOG_LEVEL is wrong; allowed: 'DEBUG', 'INFO', 'WARNING' or 'ERROR'\n"


def test_a_part_that_refuses_to_start_is_named_and_everything_stops(house):
    (house.folder / "bot" / "main.py").write_text("import sys; print('no token'); sys.exit(2)")
    done = house.run("all")
    assert done.returncode == 2
    assert done.stderr == "bot refused to start: no token\n"
    assert house.processes() == []


def test_one_part_alone_starts_the_servers_and_stops_them(house):
    running = house.start("api")
    running.wait_for("Application startup complete")
    assert running.stop() == 0
    assert house.processes() == []


def test_servers_go_on_while_another_part_still_uses_them(house):
    (house.folder / "bot" / "main.py").write_text("import signal\nprint('bot is up', flush=True)\nsignal.pause()\n")
    api, bot = house.start("api"), house.start("bot")
    api.wait_for("Application startup complete")
    bot.wait_for("bot is up")
    assert api.stop() == 0
    assert EmbeddedPostgres(house.data_dir).start() is False
    assert EmbeddedRedis(house.data_dir).start() is False
    assert bot.stop() == 0
    assert house.processes() == []


def test_a_part_hears_ctrl_c_once(house):
    (house.folder / "bot" / "main.py").write_text(
        "import signal, sys, time\n"
        "heard = []\n"
        "signal.signal(signal.SIGINT, lambda *_: heard.append('int'))\n"
        "signal.signal(signal.SIGTERM, lambda *_: heard.append('term'))\n"
        "print('bot is up', flush=True)\n"
        "while not heard: signal.sigtimedwait([], 0.05)\n"
        "signal.sigtimedwait([], 0.3)\n"
        "print('heard', heard, flush=True)\n"
    )
    running = house.start("bot")
    running.wait_for("bot is up")
    assert running.stop() == 0
    assert "heard ['term']" in running.lines


def test_a_stop_while_the_servers_start_leaves_nothing_behind(house):
    running = house.start("all")
    deadline = time.monotonic() + 20
    while not (house.data_dir / "postgres" / "postmaster.pid").exists():
        assert time.monotonic() < deadline
        os.sched_yield()
    assert running.stop(signal.SIGTERM) == 0
    assert house.processes() == []


def test_migrate_writes_the_schema_file(house):
    done = house.run("migrate")
    assert (done.returncode, done.stderr) == (0, "")
    schema = (house.folder / "schema.sql").read_text()
    assert 'CREATE TABLE public."Installation"' in schema
    assert "SET " not in schema.split("CREATE TABLE")[0]
    assert "\\restrict" not in schema


def test_a_database_of_somebody_else_that_is_away_is_one_line(house):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    (house.folder / "db" / "migrate.py").write_text(
        (house.folder / "db" / "migrate.py").read_text().replace("SERVER_WITHIN = 30.0", "SERVER_WITHIN = 0.5")
    )
    done = house.run("migrate", DATABASE_URL=f"postgresql://me:hidden@127.0.0.1:{port}/photos")
    assert done.returncode == 2
    assert done.stderr.startswith(f"PostgreSQL at 127.0.0.1:{port} does not answer")
    assert "hidden" not in done.stderr
    assert done.stderr.count("\n") == 1
