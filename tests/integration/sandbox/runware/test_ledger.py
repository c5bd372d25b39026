"""The ledger outlives the server: a stop, a `kill -9`, and a line that was cut in the middle."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.asyncio

HOUSE = Path(__file__).parents[4]


async def test_a_restart_keeps_tasks_bills_files_and_uuids(start_vendor, tmp_path, order):
    task = order(numberResults=2)
    async with start_vendor(tmp_path) as before:
        url = (await before.post(task)).json()["data"][0]["imageURL"]
        picture = (await before.http.get(url)).content
        rows = await before.ledger()
    async with start_vendor(tmp_path) as after:
        assert await after.ledger() == rows
        assert (await after.http.get(httpx.URL(url).path)).content == picture
        assert (await after.post(task)).json()["errors"][0]["code"] == "conflictTaskUUID"
        assert (await after.settings())["balance"] == pytest.approx(100 - 0.0026)


async def test_a_line_that_was_cut_is_left_out(start_vendor, tmp_path, order):
    async with start_vendor(tmp_path) as before:
        await before.post(order())
        rows = await before.ledger()
    with (tmp_path / "ledger.jsonl").open("ab") as ledger:
        ledger.write(b'{"event":"taken","task":{"uu')
    async with start_vendor(tmp_path) as after:
        assert await after.ledger() == rows
        await after.post(order())
    async with start_vendor(tmp_path) as again:
        assert len(await again.ledger()) == 2


async def test_a_killed_server_goes_on_with_its_tasks(tmp_path, order):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    task = order(deliveryMethod="async")
    headers = {"Authorization": "Bearer kept"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as http:
        for body in ([task], [{"taskType": "getResponse", "taskUUID": task["taskUUID"]}]):
            server = await _start(port, tmp_path)
            try:
                answer = (await _ask_until_up(http, body, server)).json()
            finally:
                os.kill(server.pid, signal.SIGKILL)
                await asyncio.to_thread(server.wait)
    assert answer["data"][0]["status"] == "success"


async def _start(port: int, state_dir: Path) -> subprocess.Popen[bytes]:
    options = ["--port", str(port), "--state-dir", str(state_dir), "--api-key", "kept", "--seconds", "0"]
    return await asyncio.to_thread(subprocess.Popen, [sys.executable, "-m", "sandbox.runware", *options], cwd=HOUSE)


async def _ask_until_up(http: httpx.AsyncClient, body: list, server: subprocess.Popen[bytes]) -> httpx.Response:
    async with asyncio.timeout(20):
        while True:
            assert server.poll() is None
            try:
                return await http.post("/v1", json=body)
            except httpx.ConnectError:
                await asyncio.sleep(0)


async def test_an_address_that_others_could_reach_is_refused():
    command = [sys.executable, "-m", "sandbox.runware", "--host", "0.0.0.0"]  # noqa: S104
    finished = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, cwd=HOUSE, check=False)
    assert finished.returncode != 0
    assert re.search("serves only this machine", finished.stderr)
