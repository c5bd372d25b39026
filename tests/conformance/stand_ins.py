"""Stand-ins for vendors, each in a thread of its own, and one way to hold all of them.

What goes wrong has a name of ours here; each stand-in knows its own word for it.
"""

import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn

from sandbox.replicate import app as replicate_app
from sandbox.replicate import serving as replicate_serving
from sandbox.replicate.settings import Settings as ReplicateSettings
from sandbox.replicate.settings import secret_for
from sandbox.runware import app as runware_app
from sandbox.runware import serving as runware_serving
from sandbox.runware.settings import Settings as RunwareSettings

KEY = "key-of-the-conformance-suite"
SECONDS = 0.2
"""How long a vendor takes over a call, where a test says nothing else."""
SIDE = 64
"""Pixels of every picture."""

Fault = Mapping[str, Any]


class Trouble(Enum):
    """What can go wrong at a vendor, whatever it calls it."""

    BUSY = "a call is refused, and would be taken later"
    ANSWER_LOST = "a call is taken, and its answer does not arrive"
    SILENCE = "a call is taken, and nothing is said"
    BLOCKED = "a call is taken, and fails for what was asked"
    BROKEN = "a call is taken, and fails by the vendor's fault"
    QUESTIONS_SILENT = "a question about a call is not answered"
    QUESTIONS_CUT = "the answer to a question ends in its middle"
    QUESTIONS_LOST = "the connection ends instead of an answer to a question"
    QUESTIONS_REFUSED = "a question is refused"
    QUESTIONS_THROTTLED = "a question comes too soon"
    QUESTIONS_SLOW = "a question is answered late"


QUESTIONS = tuple(trouble for trouble in Trouble if trouble.name.startswith("QUESTIONS"))


class StandIn(ABC):
    """A running stand-in, and a hand on its controls."""

    words: Mapping[Trouble, Fault]

    def __init__(self, server: uvicorn.Server) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        self.port = int(listener.getsockname()[1])
        self._server = server
        self._thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)

    @property
    @abstractmethod
    def address(self) -> str:
        """What a backend is told."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port, as the settings give them to the downloads."""
        return "127.0.0.1", self.port

    def reset(self) -> None:
        """No faults, a full purse and the usual pace."""
        self._http.delete("/sim/faults").raise_for_status()
        self.settings(seconds=SECONDS, balance=100)

    def fault(self, trouble: Trouble, times: int = 1) -> None:
        self._post("/sim/faults", {**self.words[trouble], "times": times})

    def fault_with_models(self, trouble: Trouble, times: int = 1) -> None:
        """What goes wrong with a training or a registration."""
        self.fault(trouble, times)

    def settings(self, **changes: float) -> None:
        self._post("/sim/settings", changes)

    @abstractmethod
    def change_key(self, key: str) -> None:
        """Let in only who has this key from now on."""

    @abstractmethod
    def taken(self, call_id: UUID) -> int:
        """How often this call was taken, and may be billed."""

    @abstractmethod
    def requests(self) -> list[str]:
        """A digest of each request for work, in the order in which they came."""

    @abstractmethod
    def prompts(self) -> list[str]:
        """The words of each picture that was taken, in the order in which they came."""

    @abstractmethod
    def asked(self) -> int:
        """How many requests came in all."""

    def close(self) -> None:
        self._http.close()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def _post(self, path: str, body: Fault) -> None:
        self._http.post(path, json=dict(body)).raise_for_status()


class RunwareStandIn(StandIn):
    """The stand-in for Runware."""

    words: Mapping[Trouble, Fault] = {
        Trouble.BUSY: {"kind": "rate_limited"},
        Trouble.ANSWER_LOST: {"kind": "lose_answer"},
        Trouble.SILENCE: {"kind": "never_ack"},
        Trouble.BLOCKED: {"kind": "fail_task", "code": "contentPolicyViolation"},
        Trouble.BROKEN: {"kind": "fail_task"},
        Trouble.QUESTIONS_SILENT: {"kind": "never_ack", "where": "getResponse"},
        Trouble.QUESTIONS_CUT: {"kind": "cut_frame", "where": "getResponse"},
        Trouble.QUESTIONS_LOST: {"kind": "lose_answer", "where": "getResponse"},
        Trouble.QUESTIONS_REFUSED: {"kind": "server_error", "where": "getResponse"},
        Trouble.QUESTIONS_THROTTLED: {"kind": "rate_limited", "where": "getResponse"},
        Trouble.QUESTIONS_SLOW: {"kind": "slow", "where": "getResponse", "seconds": 1},
    }

    def __init__(self, state_dir: Path) -> None:
        app = runware_app.create_app(state_dir, RunwareSettings(api_key=KEY, seconds=SECONDS, side=SIDE))
        super().__init__(runware_serving.make_server(app, "127.0.0.1", 0))

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    def change_key(self, key: str) -> None:
        self._post("/sim/settings", {"api_key": key})

    def taken(self, call_id: UUID) -> int:
        return sum(task["taskUUID"] == str(call_id) for task in self._get("/sim/ledger")["tasks"])

    def requests(self) -> list[str]:
        work = ("imageInference", "upscale", "3dInference")
        tasks = [task for frame in self._get("/sim/requests")["frames"] for task in frame["tasks"]]
        return [task["sha256"] for task in tasks if task["task"]["taskType"] in work]

    def prompts(self) -> list[str]:
        tasks = [task["task"] for frame in self._get("/sim/requests")["frames"] for task in frame["tasks"]]
        return [task["positivePrompt"] for task in tasks if task["taskType"] == "imageInference"]

    def asked(self) -> int:
        return int(self._get("/sim/requests")["count"])


class ReplicateStandIn(StandIn):
    """The stand-in for Replicate."""

    words: Mapping[Trouble, Fault] = {
        Trouble.BUSY: {"kind": "rate_limited", "where": "create"},
        Trouble.ANSWER_LOST: {"kind": "lose_answer"},
        Trouble.SILENCE: {"kind": "hang"},
        Trouble.BLOCKED: {"kind": "nsfw"},
        Trouble.BROKEN: {"kind": "fail_task"},
        Trouble.QUESTIONS_SILENT: {"kind": "hang", "where": "get"},
        Trouble.QUESTIONS_CUT: {"kind": "cut_body", "where": "get"},
        Trouble.QUESTIONS_LOST: {"kind": "lose_answer", "where": "get"},
        Trouble.QUESTIONS_REFUSED: {"kind": "server_error", "where": "get"},
        Trouble.QUESTIONS_THROTTLED: {"kind": "rate_limited", "where": "get", "retry_after": 0},
        Trouble.QUESTIONS_SLOW: {"kind": "slow", "where": "get", "seconds": 1},
    }

    def __init__(self, state_dir: Path) -> None:
        settings = ReplicateSettings(
            api_token=KEY, username="dream-photo", webhook_secret=secret_for(KEY), seconds=SECONDS, side=SIDE
        )
        app = replicate_app.create_app(settings, state_dir)
        super().__init__(replicate_serving.make_server(app, "127.0.0.1", 0))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault_with_models(self, trouble: Trouble, times: int = 1) -> None:
        place = "trainings" if trouble in (Trouble.BROKEN, Trouble.BLOCKED) else "trainings.create"
        where = "trainings.get" if trouble in QUESTIONS else place
        self._post("/sim/faults", {**self.words[trouble], "times": times, "where": where})

    def fault_at(self, kind: str, where: str) -> None:
        """A fault by the stand-in's own words."""
        self._post("/sim/faults", {"kind": kind, "where": where})

    def settings(self, **changes: float) -> None:
        if "seconds" in changes:
            changes["training_seconds"] = changes["seconds"]
        super().settings(**changes)

    def change_key(self, key: str) -> None:
        self._post("/sim/settings", {"api_token": key})

    def taken(self, call_id: UUID) -> int:
        return sum(entry["dream_photo_call"] == str(call_id) for entry in self._get("/sim/ledger")["entries"])

    def requests(self) -> list[str]:
        calls = self._get("/sim/requests")["requests"]
        # Where a name is not run, its version is: the last request of the two is the one that counts.
        return [
            call["body_sha256"]
            for call in calls
            if call["method"] == "POST" and call["path"].endswith("/predictions") and call["status"] != 404
        ]

    def prompts(self) -> list[str]:
        answer = self._http.get("/v1/predictions", headers={"Authorization": f"Bearer {KEY}"}).raise_for_status()
        inputs = [prediction["input"] for prediction in reversed(answer.json()["results"])]
        return [given["prompt"] for given in inputs if "prompt" in given]

    def asked(self) -> int:
        return len(self._get("/sim/requests")["requests"])
