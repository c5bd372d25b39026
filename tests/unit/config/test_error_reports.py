"""Errors become events at SENTRY_DSN: with their traceback and ids, without people, their words or any token."""

import gzip
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, free_port

BEGIN = """
import logging, os, sys, structlog
from config.logging import configure_logging
from config.settings import load_settings
configure_logging(load_settings(), "worker")
log = structlog.get_logger("workers.run_task")
"""
PRIVATE = {"TOKEN": "123456789:AAFakeTokenFakeTokenFakeTokenFake_12", "WISH": "a secret wish", "PERSON": "987654321"}
"""What the programs know and must keep; not written in them, as their own lines are told."""


@dataclass
class Sentry:
    """Stands in for the service: takes envelopes, keeps their events."""

    port: int
    events: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    kinds: list[str] = field(default_factory=list)
    answers_after: float = 0.0
    """Seconds; until then the next event waits in the process that reports it."""

    @property
    def dsn(self) -> str:
        return f"http://public-key@127.0.0.1:{self.port}/42"

    def take(self, body: bytes) -> None:
        """An envelope: a line about itself, then a line about each item and the item."""
        _, *lines = body.splitlines()
        for header, item in zip(lines[::2], lines[1::2], strict=False):
            self.kinds.append(json.loads(header)["type"])
            self.events.put(json.loads(item))

    def one(self) -> dict[str, Any]:
        return self.events.get(timeout=15)


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/api/42/envelope/"
            assert "sentry_key=public-key" in self.headers["X-Sentry-Auth"]
            stand_in.take(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            time.sleep(stand_in.answers_after)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        stand_in = Sentry(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield stand_in
        server.shutdown()


def run(program: str, dsn: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        env={"PYTHONPATH": str(ROOT), "ENV_FILE": "", "SENTRY_DSN": dsn, "LOG_FORMAT": "json", **PRIVATE},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_an_error_is_an_event_with_its_traceback_its_ids_and_its_fields(sentry):
    program = """
structlog.contextvars.bind_contextvars(correlation_id="c0ffee", task_id="task-1", user_id=123456789, attempt=2)
def make(prompt):
    raise RuntimeError("the vendor broke")
try:
    make(os.environ["WISH"])
except RuntimeError:
    log.exception("task.broken", backend="preview")
"""
    assert run(program, sentry.dsn).returncode == 0
    event = sentry.one()
    assert event["tags"] == {
        "correlation_id": "c0ffee",
        "task_id": "task-1",
        "event": "task.broken",
        "logger": "workers.run_task",
        "part": "worker",
    }
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "the vendor broke")
    frames = error["stacktrace"]["frames"]
    assert frames[-1]["function"] == "make"
    assert not any("vars" in frame for frame in frames)
    assert event["extra"] == {"backend": "preview", "attempt": 2}
    assert (event["environment"], event["release"].split("@")[0], event["level"]) == ("sandbox", "dream-photo", "error")
    assert "secret wish" not in json.dumps(event)
    assert "123456789" not in json.dumps(event)
    assert "breadcrumbs" not in event or not event["breadcrumbs"]["values"]


def test_no_token_and_nobody_s_words_leave_with_an_error(sentry):
    program = """
from pydantic import BaseModel
class Update(BaseModel):
    update_id: int
url = f"https://api.telegram.org/bot{os.environ['TOKEN']}/getMe"
try:
    Update.model_validate({"text": os.environ["WISH"]})
except ValueError as error:
    log.error("update.unreadable", error=str(error), url=url, nested={"urls": [url]}, chat_id=123456789)
try:
    raise ConnectionError(f"POST {url} for {os.environ['PERSON']}")
except ConnectionError:
    logging.getLogger("aiohttp").exception("failed: %s", url)
"""
    run(program, sentry.dsn)
    first, second = sentry.one(), sentry.one()
    assert first["tags"]["event"] == "update.unreadable"
    assert second["tags"]["logger"] == "aiohttp"
    assert second["exception"]["values"][0]["value"] == "POST https://api.telegram.org/bot123456789:***/getMe for #"
    for hidden in ("FakeToken", "secret wish", "987654321"):
        assert hidden not in json.dumps([first, second])


def test_what_ends_a_process_is_an_event_too_in_the_log_and_there(sentry):
    done = run("raise RuntimeError('the end')", sentry.dsn)
    assert done.returncode == 1
    logged = json.loads(done.stdout)
    assert (logged["event"], logged["level"]) == ("process.crashed", "critical")
    assert "the end" in logged["exception"]
    event = sentry.one()
    assert (event["level"], event["exception"]["values"][0]["value"]) == ("fatal", "the end")


def test_warnings_and_what_the_library_likes_to_send_stay_here(sentry):
    run("log.warning('a'); log.info('b'); log.error('c'); import threading, asyncio, aiohttp", sentry.dsn)
    assert sentry.one()["tags"]["event"] == "c"
    assert sentry.kinds == ["event"]


def test_a_service_that_is_away_or_silent_costs_an_ending_process_a_second_at_most():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:  # accepts, and never answers
        for port in (silent.server_address[1], free_port()):
            began = time.monotonic()
            done = run("log.error('c')", f"http://key@127.0.0.1:{port}/1")
            assert (done.returncode, done.stderr) == (0, "")
            assert time.monotonic() - began < 6


def test_without_a_dsn_the_library_is_not_even_loaded():
    assert run("log.error('x'); sys.exit('sentry_sdk' in sys.modules)", "").returncode == 0


def test_the_api_says_its_last_error_before_a_signal_ends_it(sentry, tmp_path):
    sentry.answers_after = 0.5
    port = free_port()
    (tmp_path / "mistaken.py").write_text("""
from api import app as module
app = module.app
@app.get("/mistake")
async def mistake():
    raise RuntimeError("a mistake of ours")
""")
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{tmp_path}",
        "ENV_FILE": "",
        "SENTRY_DSN": sentry.dsn,
        "LOG_FORMAT": "json",
        "DATABASE_URL": "postgresql://x@127.0.0.1:9/x",
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }
    command = [sys.executable, "-m", "uvicorn", "mistaken:app", "--port", str(port), "--no-access-log"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as api:
        assert api.stdout is not None
        lines = []
        for line in api.stdout:
            lines.append(line)
            if "Uvicorn running" in line:
                break
        for request_id in ("the-first-of-two", "my-own-request-id"):
            answer = httpx.get(f"http://127.0.0.1:{port}/mistake", headers={"X-Request-ID": request_id})
            assert answer.status_code == 500
        api.send_signal(signal.SIGTERM)
        api.stdout.read()
    sentry.one()
    event = sentry.one()
    assert event["tags"]["correlation_id"] == "my-own-request-id"
    assert (event["tags"]["event"], event["tags"]["part"]) == ("request.failed", "api")
    assert json.loads(lines[0])["event"].startswith("Started server process"), "from the first line on"
