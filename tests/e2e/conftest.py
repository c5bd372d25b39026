"""The whole house as processes, started as `./run.sh` starts it, and people who chat with it through the sandbox."""

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from skimage.data import astronaut

from tests.conftest import ROOT, free_port, three_free_ports

PATIENCE = 40.0
"""Seconds after which something that was promised has failed to come."""

Message = dict[str, Any]


@dataclass
class House:
    """A running house of its own: database, storage, ports, logs."""

    folder: Path
    process: subprocess.Popen[str]
    sandbox_url: str
    api_url: str
    lines: list[str] = field(default_factory=list)

    def vendor_url(self, vendor: str) -> str:
        """Where the stand-in for a vendor answers, where the settings ask for one."""
        sandbox = httpx.URL(self.sandbox_url)
        assert sandbox.port is not None
        return str(sandbox.copy_with(port=sandbox.port + {"runware": 1, "replicate": 2}[vendor]))

    def log(self, part: str) -> str:
        return (self.folder / "logs" / f"{part}.log").read_text()

    @contextmanager
    def log_lines(self, part: str) -> Iterator[Iterator[str]]:
        """The lines that a part's log gets from now on, as they come."""
        log = self.folder / "logs" / f"{part}.log"
        with subprocess.Popen(["tail", "-n0", "-F", log], stdout=subprocess.PIPE, text=True) as tail:
            assert tail.stdout is not None
            yield iter(tail.stdout)
            tail.kill()

    def pid_of(self, part: str) -> int:
        """The newest process of a part."""
        pattern = {"worker": "workers.main", "bot": "bot.main", "api": "api.main"}[part]
        children = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return next(int(line.split()[0]) for line in children.stdout.splitlines() if pattern in line)


@pytest.fixture(scope="session")
def house(open_folder: Path) -> Iterator[House]:
    with start_house(open_folder / "house") as running:
        yield running


@contextmanager
def start_house(folder: Path, **settings: str) -> Iterator[House]:
    """A house in a folder of its own, stopped at the end as Ctrl+C stops it."""
    folder.mkdir()
    api_port, sandbox_port = free_port(), three_free_ports()
    clean = {
        name: value for name, value in os.environ.items() if name not in ("BOT_TOKEN", "DATABASE_URL", "REDIS_URL")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "config.launcher", "all"],
        cwd=ROOT,
        env=clean
        | {
            "ENV_FILE": "",
            "DATA_DIR": str(folder / "data"),
            "LOG_DIR": str(folder / "logs"),
            "API_PORT": str(api_port),
            "SANDBOX_PORT": str(sandbox_port),
        }
        | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = House(folder, process, f"http://127.0.0.1:{sandbox_port}", f"http://127.0.0.1:{api_port}")
    assert process.stdout is not None
    for line in process.stdout:
        running.lines.append(line.rstrip())
        if "Dream Photo is ready" in line:
            break
    else:
        pytest.fail("the house did not start:\n" + "\n".join(running.lines))
    stdout = process.stdout
    threading.Thread(target=lambda: running.lines.extend(stdout), daemon=True).start()
    yield running
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert time.monotonic() - began < 10, "Ctrl+C must stop everything within ten seconds"
    left = re.compile(re.escape(str(folder)))
    everything = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True).stdout
    assert [line for line in everything.splitlines() if left.search(line)] == []


@dataclass
class Person:
    """Somebody in front of the chat."""

    client: httpx.Client
    user_id: int

    def say(self, text: str) -> int:
        """Write; returns the message's id, after which the answer comes."""
        message_id: int = self._post("messages", json={"text": text}).json()["message_ids"][0]
        return message_id

    def send_photos(self, *contents: bytes, caption: str | None = None) -> None:
        data = {"caption": caption} if caption else {}
        self._post("messages", files=[("photo", ("p.jpg", content, "image/jpeg")) for content in contents], data=data)

    def send_document(self, content: bytes, name: str, media_type: str) -> None:
        self._post("messages", files=[("document", (name, content, media_type))])

    def press(self, message: Message, label: str) -> dict[str, Any]:
        """Press the button whose text holds the label; returns the bot's answer to the press."""
        button = next(button for row in message["buttons"] for button in row if label in button["text"])
        return self._post("press", json={"message_id": message["message_id"], "data": button["data"]}).json()

    def block(self, blocked: bool = True) -> None:
        self._post("block", json={"blocked": blocked})

    def clear(self) -> None:
        """Delete the chat, on this side."""
        self._post("clear", json={})

    def chat(self) -> list[Message]:
        return self._get()["messages"]

    def wait_for(self, wanted: Callable[[list[Message]], Any], what: str = "the expected") -> Any:
        """The first true answer of `wanted` over the chat's messages; asks again only when the chat has changed."""
        give_up_at = time.monotonic() + PATIENCE
        view = self._get()
        while True:
            found = wanted(view["messages"])
            if found:
                return found
            if time.monotonic() > give_up_at:
                pytest.fail(f"{what} did not come; the chat ends with {view['messages'][-4:]}")
            view = self._get(after=view["version"], timeout=5)

    def wait_for_text(self, *parts: str, after: int = 0) -> Message:
        """The newest message of the bot that holds all of these, among those after a message."""

        def newest(messages: list[Message]) -> Message | None:
            for message in reversed(messages):
                text = (message["text"] or "") + (message["caption"] or "")
                if message["from"] == "bot" and message["message_id"] > after and all(part in text for part in parts):
                    return message
            return None

        found: Message = self.wait_for(newest, f"a message with {parts}")
        return found

    def wait_for_button(self, label: str) -> Message:
        """The newest message that offers such a button."""

        def newest(messages: list[Message]) -> Message | None:
            for message in reversed(messages):
                if any(label in button["text"] for row in message["buttons"] or [] for button in row):
                    return message
            return None

        found: Message = self.wait_for(newest, f"a button {label!r}")
        return found

    def pictures(self) -> list[Message]:
        """What was made: photos of the bot, but for those on the screens where a picture is composed."""
        return [m for m in self.chat() if m["from"] == "bot" and m["photo"] and not _is_composing(m)]

    def _get(self, **parameters: Any) -> dict[str, Any]:
        # The sandbox holds the answer until the chat changes: the client must not be the one who gives up first.
        answer = self.client.get(f"/sim/users/{self.user_id}/chat", params=parameters, timeout=PATIENCE)
        answer.raise_for_status()
        view: dict[str, Any] = answer.json()
        return view

    def _post(self, action: str, **request: Any) -> httpx.Response:
        answer = self.client.post(f"/sim/users/{self.user_id}/{action}", **request)
        assert answer.is_success, answer.text
        return answer


def _is_composing(message: Message) -> bool:
    composing = ("make:", "st:", "sts:")
    return any(b.get("data", "").startswith(composing) for row in message["buttons"] or [] for b in row)


@pytest.fixture
def sandbox(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.sandbox_url, timeout=60) as client:
        yield client


@pytest.fixture
def new_person(sandbox: httpx.Client) -> Callable[..., Person]:
    def make(language: str = "en", **given: Any) -> Person:
        answer = sandbox.post("/sim/users", json={"first_name": "Eileen", "language_code": language, **given})
        assert answer.is_success, answer.text
        return Person(sandbox, answer.json()["id"])

    return make


@pytest.fixture(scope="session")
def selfie() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(astronaut()).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
