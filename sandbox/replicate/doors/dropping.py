"""Answers that never arrive whole: the connection ends, or nothing comes."""

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.replicate.faults import Faults
from sandbox.replicate.serving import DROP


class NoAnswer(Response):
    """The connection ends before a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop the connection."""
        await _drop(scope, receive)


class CutAnswer(Response):
    """The connection ends in the middle of another answer's body."""

    def __init__(self, whole: Response) -> None:
        super().__init__(bytes(whole.body), whole.status_code, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, which promises the whole body, and half of it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _drop(scope, receive)


class Silence(Response):
    """The connection stays open, and nothing is answered until the client gives up or the server stops."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep silent."""
        gone = asyncio.ensure_future(_disconnected(receive))
        stopped = asyncio.ensure_future(self._faults.hold_up(None))
        await asyncio.wait({gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (gone, stopped):
            waiting.cancel()
        await asyncio.gather(gone, stopped, return_exceptions=True)
        await _drop(scope, receive)


async def _drop(scope: Scope, receive: Receive) -> None:
    scope["extensions"][DROP]["call"]()
    await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()
