"""What the tests of the Runware backend share: a running sandbox, orders, and hands to follow them with."""

import asyncio
import io
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from sandbox.runware.app import create_app
from sandbox.runware.faults import FaultKind
from sandbox.runware.serving import make_server
from sandbox.runware.settings import Settings
from sandbox.runware.world import World
from sandbox.stand_in.serving import StandInServer
from services.offers import Offer
from services.orders import (
    ImageTo3DOrder,
    ImageToImageOrder,
    StepOrder,
    TextToImageOrder,
    UpscaleOrder,
)
from workers.backends.base import BackendCall, Failed, Finished, Progress, VendorRef
from workers.backends.hints import Hints
from workers.backends.runware import Patience, RunwareBackend

KEY = "runware-test-key-1f3d"
PATIENCE = Patience(acknowledgement=1.2, answer=0.3, questions=5, return_=2.0, arrival=5.0, last_word=0.3, checkup=1.0)
"""Shorter than in life, so that a test of a silent vendor is over soon."""
WAIT = 20.0
"""Seconds after which a call is taken to hang."""


@dataclass
class Vendor:
    """A running sandbox."""

    ws_url: str
    world: World
    server: StandInServer

    def fault(self, kind: FaultKind, times: int = 1, **details: Any) -> None:
        self.world.faults.add(kind, times, **details)

    def tasks(self, task_type: str) -> list[dict[str, Any]]:
        """Every task of a type that came, as it came."""
        return [
            one["task"]
            for frame in self.world.seen.frames()
            for one in frame["tasks"]
            if one["task"].get("taskType") == task_type
        ]


@asynccontextmanager
async def run_vendor(state_dir: Path, port: int = 0, **settings: Any) -> AsyncIterator[Vendor]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(512)
    app = create_app(state_dir, Settings(**{"api_key": KEY, "seconds": 0.0, "side": 16, **settings}))
    server = make_server(app, "127.0.0.1", 0)
    # Begun and ended by hand: uvicorn's own loop looks only every tenth of a second whether it should end.
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listener])
    try:
        yield Vendor(f"ws://127.0.0.1:{listener.getsockname()[1]}/v1", app.state.world, server)
    finally:
        await server.shutdown(sockets=[listener])


@dataclass
class House:
    """What a test holds of our side."""

    backend: RunwareBackend
    hints: Hints


def photo(width: int = 96, height: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "orange").save(out, "PNG")
    return out.getvalue()


def words(**asked: Any) -> TextToImageOrder:
    return TextToImageOrder.model_validate({"prompt": "a fox", "width": 256, "height": 320, "seed": 5, **asked})


def from_photo(**asked: Any) -> ImageToImageOrder:
    fields = {"prompt": "a fox", "file_id": uuid4(), "width": 256, "height": 320, "seed": 5, **asked}
    return ImageToImageOrder.model_validate(fields)


def upscale(**asked: Any) -> UpscaleOrder:
    return UpscaleOrder.model_validate({"file_id": uuid4(), **asked})


def solid(**asked: Any) -> ImageTo3DOrder:
    return ImageTo3DOrder.model_validate({"file_id": uuid4(), "seed": 5, "model": "microsoft:trellis-2@4b", **asked})


def offer_of(order: StepOrder, **changes: Any) -> Offer:
    text = "" if isinstance(order, UpscaleOrder) else order.prompt
    steps = order.steps if isinstance(order, TextToImageOrder | ImageToImageOrder) else 0
    return replace(Offer("runware", order.model, text, steps, (), 1000), **changes)


def call_for(order: StepOrder, content: bytes | None = None, **changes: Any) -> BackendCall:
    inputs = {file_id: content if content is not None else photo() for file_id in order.input_files}
    fields: dict[str, Any] = {
        "call_id": uuid4(),
        "prepared_at": datetime.now(UTC),
        "inputs": inputs,
        "offer": offer_of(order),
        **changes,
    }
    return BackendCall(**fields)


async def submitted(backend: RunwareBackend, order: StepOrder, call: BackendCall | None = None) -> VendorRef:
    ref = await backend.submit(call or call_for(order), order)
    assert isinstance(ref, VendorRef), ref
    return ref


async def told(backend: RunwareBackend, ref: VendorRef) -> list[Progress | Finished | Failed]:
    async with asyncio.timeout(WAIT):
        return [item async for item in backend.follow(ref)]


async def ended(backend: RunwareBackend, ref: VendorRef) -> Finished | Failed:
    last = (await told(backend, ref))[-1]
    assert not isinstance(last, Progress)
    return last


async def made(backend: RunwareBackend, order: StepOrder) -> Finished | Failed:
    return await ended(backend, await submitted(backend, order))


async def finished(backend: RunwareBackend, order: StepOrder) -> Finished:
    answer = await made(backend, order)
    assert isinstance(answer, Finished), answer
    return answer


async def eventually(is_so: Callable[[], bool | Awaitable[bool]], why: str) -> None:
    """Let everyone else run until it is so."""
    until = time.monotonic() + WAIT
    while True:
        so = is_so()
        if so is True or (not isinstance(so, bool) and await so):
            return
        assert time.monotonic() < until, why
        await asyncio.sleep(0)


def ref_of(call_id: UUID) -> VendorRef:
    return VendorRef(call_id, str(call_id))
