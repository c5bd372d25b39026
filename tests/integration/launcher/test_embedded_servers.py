"""The servers that the house brings along: they start, keep what they were given, and come back after a crash."""

import json
import os
import pwd
import selectors
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from config.settings import SERVERS_FILE
from db.embedded import EmbeddedPostgres, EmbeddedRedis, ServersFile, start_servers, stop_servers
from db.server_programs import ServerFailed, machine_postgres
from db.servers_file import free_port


@pytest.fixture
def data_dir(folder: Path) -> Iterator[Path]:
    yield folder / "data"
    if (folder / "data").exists():
        stop_servers(folder / "data", postgres=(folder / "data" / "postgres").exists(), redis=True)


def postgres_dsn(data_dir: Path) -> str:
    return f"{ServersFile(data_dir).read()['postgres']}/postgres"


async def fetch(data_dir: Path, query: str) -> str:
    connection = await asyncpg.connect(postgres_dsn(data_dir))
    try:
        return str(await connection.fetchval(query))
    finally:
        await connection.close()


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def kill(pid: int) -> None:
    """Kill a process and wait until nothing of it is left but, perhaps, its entry."""
    watched = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    with selectors.DefaultSelector() as selector:
        selector.register(watched, selectors.EVENT_READ)
        assert selector.select(timeout=10)
    os.close(watched)


def start(data_dir: Path, *, postgres: bool = True, redis: bool = True) -> list[str]:
    started = start_servers(data_dir, postgres=postgres, redis=redis)
    return [type(server).__name__ for server in started]


async def test_both_start_with_passwords_that_only_the_owner_can_read(data_dir):
    data_dir.mkdir()
    assert start(data_dir) == ["EmbeddedPostgres", "EmbeddedRedis"]
    servers_file = data_dir / SERVERS_FILE
    assert stat.S_IMODE(servers_file.stat().st_mode) == 0o600
    addresses = json.loads(servers_file.read_text())
    assert {urlsplit(address).hostname for address in addresses.values()} == {"127.0.0.1"}
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_dsn(data_dir), password="guess")
    with redis.Redis(port=urlsplit(addresses["redis"]).port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


async def test_postgres_is_small_durable_and_on_loopback_only(data_dir):
    data_dir.mkdir()
    start(data_dir, redis=False)
    assert await fetch(data_dir, "SHOW shared_buffers") == "32MB"
    assert await fetch(data_dir, "SHOW max_connections") == "60"
    assert await fetch(data_dir, "SHOW fsync") == "on"
    assert await fetch(data_dir, "SHOW listen_addresses") == "127.0.0.1"
    assert await fetch(data_dir, "SHOW server_encoding") == "UTF8"
    assert await fetch(data_dir, "SELECT lower('ПРИВЕТ')") == "привет"


def test_redis_never_throws_away_what_it_was_given(data_dir):
    data_dir.mkdir()
    start(data_dir, postgres=False)
    with redis.Redis.from_url(ServersFile(data_dir).read()["redis"], decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


async def test_servers_that_run_already_are_gone_on_with(data_dir):
    data_dir.mkdir()
    start(data_dir)
    before = ServersFile(data_dir).read()
    assert start(data_dir) == []
    assert ServersFile(data_dir).read() == before


async def test_a_killed_postgres_comes_back_with_what_was_committed(data_dir):
    data_dir.mkdir()
    start(data_dir, redis=False)
    await fetch(data_dir, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill(postmaster(data_dir))
    assert start(data_dir, redis=False) == ["EmbeddedPostgres"]
    assert await fetch(data_dir, "SELECT answer FROM kept") == "42"


@pytest.fixture
def stranger(data_dir: Path) -> Iterator[Callable[[], int]]:
    """Starts a program that has nothing to do with us, as the user that runs PostgreSQL; returns its pid."""
    with ExitStack() as running:

        def start_one() -> int:
            owner = (data_dir / "postgres").stat()
            user = {"user": owner.st_uid, "extra_groups": []} if os.geteuid() == 0 else {}
            process = running.enter_context(subprocess.Popen(["sleep", "60"], **user))
            running.callback(process.kill)
            return process.pid

        yield start_one


async def test_a_pid_file_whose_pid_is_another_program_now_does_not_keep_postgres_from_starting(data_dir, stranger):
    data_dir.mkdir()
    start(data_dir, redis=False)
    pid_file = data_dir / "postgres" / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines()
    kill(postmaster(data_dir))
    pid_file.write_text("\n".join([str(stranger()), *left_behind[1:]]) + "\n")
    assert start(data_dir, redis=False) == ["EmbeddedPostgres"]
    assert await fetch(data_dir, "SELECT 1") == "1"


def test_a_stopped_redis_has_saved_and_is_gone_when_stop_returns(data_dir):
    data_dir.mkdir()
    start(data_dir, postgres=False)
    with redis.Redis.from_url(ServersFile(data_dir).read()["redis"]) as client:
        client.set("kept", "42")
    EmbeddedRedis(data_dir).stop()
    assert start(data_dir, postgres=False) == ["EmbeddedRedis"]
    with redis.Redis.from_url(ServersFile(data_dir).read()["redis"]) as client:
        assert client.get("kept") == b"42"


def test_a_killed_redis_is_started_again(data_dir):
    data_dir.mkdir()
    start(data_dir, postgres=False)
    kill(int((data_dir / "redis" / "server.pid").read_text()))
    assert start(data_dir, postgres=False) == ["EmbeddedRedis"]


async def test_an_interrupted_first_start_leaves_nothing_in_the_way_of_the_second(data_dir):
    half_made = data_dir / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    assert start(data_dir, redis=False) == ["EmbeddedPostgres"]
    assert not half_made.exists()


def test_a_cluster_of_a_version_that_is_gone_is_refused_in_one_line(data_dir):
    cluster = data_dir / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerFailed, match=r"was made by PostgreSQL 9, which is not on this machine any more"):
        EmbeddedPostgres(data_dir).start()
    (cluster / "PG_VERSION").unlink()


def test_a_lost_password_is_said_in_one_line(data_dir):
    data_dir.mkdir()
    start(data_dir, redis=False)
    stop_servers(data_dir, postgres=True, redis=False)
    (data_dir / SERVERS_FILE).unlink()
    with pytest.raises(ServerFailed, match=r"servers\.json with the password of .* is gone"):
        EmbeddedPostgres(data_dir).start()


@pytest.fixture
def machine_cluster(data_dir: Path) -> Path:
    """A cluster that the machine's own PostgreSQL made, for somebody other than root."""
    cluster = data_dir / "postgres"
    cluster.mkdir(parents=True, mode=0o700)
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(cluster, user, pwd.getpwnam(user).pw_gid)
    made = subprocess.run(
        [machine_postgres()[0] / "initdb", "-D", cluster, "-U", "dreamphoto", "--auth=trust", "--locale=C"],
        **({"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}),
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    ServersFile(data_dir).write({"postgres": f"postgresql://dreamphoto:any@127.0.0.1:{free_port()}"})
    return cluster


@pytest.mark.skipif(not machine_postgres(), reason="this machine has no PostgreSQL of its own")
async def test_a_cluster_keeps_the_version_and_the_owner_that_made_it(data_dir, machine_cluster):
    version, owner = (machine_cluster / "PG_VERSION").read_text().strip(), machine_cluster.owner()
    start(data_dir, redis=False)
    assert (await fetch(data_dir, "SHOW server_version")).startswith(f"{version}.")
    assert machine_cluster.owner() == owner
