"""Servers that killed tests have left behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import clear_away_orphans

SERVER = "import signal; signal.signal(signal.SIGQUIT, signal.SIG_DFL); print('ready', flush=True); input()"
"""Ends at once at SIGQUIT, as PostgreSQL does, though whoever started the tests ignores it."""


@pytest.fixture
def server() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def left_by(owner: int, server: int, folder: Path) -> Path:
    (folder / "postgres").mkdir(parents=True)
    (folder / "owner").write_text(str(owner))
    (folder / "postgres" / "postmaster.pid").write_text(f"{server}\n/somewhere\n")
    return folder


def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_server_of_a_killed_test_ends_and_its_memory_is_given_back(server, tmp_path):
    left = left_by(ended(), server.pid, tmp_path / "dreamphoto-test-one")
    clear_away_orphans(tmp_path)
    assert server.wait(10) != 0
    assert not left.exists()


def test_a_server_that_is_gone_already_leaves_no_files_either(tmp_path):
    left = left_by(ended(), ended(), tmp_path / "dreamphoto-test-one")
    clear_away_orphans(tmp_path)
    assert not left.exists()


def test_the_server_of_a_running_test_is_left_alone(server, tmp_path):
    used = left_by(os.getpid(), server.pid, tmp_path / "dreamphoto-test-one")
    clear_away_orphans(tmp_path)
    assert used.exists()
    assert server.poll() is None
