"""The WebSocket below the SDK's transport, and what the SDK passes over in the vendor's frames.

The SDK's transport (runware-sdk 1.8) drops the results of a frame that carries errors too, never tells of a pong, and
takes an error that is no object for a broken connection. So every frame passes here before the SDK reads it.
"""

import asyncio
import logging
import time
from collections import deque
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""Largest frame that is read; a larger one ends the connection."""
OPEN_PATIENCE = 5.0
"""Seconds for the handshake."""
KEEPALIVE = 10.0
"""Seconds between two pings below the vendor's protocol, and to wait for each one's pong."""

_log = logging.getLogger(__name__)
# At debug level websockets writes every frame down, and the first one holds our key.
_log.setLevel(logging.WARNING)

Task = dict[str, Any]
"""One task of a request, or one item of an answer, as it stands on the wire."""


class VendorConnection(ClientConnection):
    """A WebSocket that hands the SDK results and errors in frames of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard_at = time.monotonic()
        """When the last frame came."""
        self.first_error: str | None = None
        """Code of the first error that came: while the connection is being opened, why it is not."""
        self._held: deque[str] = deque()
        self._pongs: set[asyncio.Future[None]] = set()

    def next_pong(self) -> asyncio.Future[None]:
        """What is done when the vendor next answers a ping."""
        pong: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pongs.add(pong)
        pong.add_done_callback(self._pongs.discard)
        return pong

    async def recv(self, decode: bool | None = None) -> Any:
        """Receive the next frame. Raises ConnectionClosed."""
        if self._held:
            return self._held.popleft()
        raw = await super().recv(decode)
        self.heard_at = time.monotonic()
        content = raw if isinstance(raw, str) else raw.decode(errors="replace")
        if '"pong"' in content:
            self._note_pong()
        return self._without_mixture(content) if '"error' in content else content

    def _without_mixture(self, content: str) -> str:
        """The frame, or its results where it has errors too: these are held back and come next."""
        try:
            frame = orjson.loads(content)
        except orjson.JSONDecodeError:
            return content
        if not isinstance(frame, dict):
            return content
        told = frame.get("errors") or frame.get("error")
        if not told:
            return content
        errors = [_as_error(error) for error in (told if isinstance(told, list) else [told])]
        if self.first_error is None:
            self.first_error = str(errors[0].get("code"))
        refusal = orjson.dumps({"errors": errors}).decode()
        results = frame.get("data")
        if not results:
            return refusal
        self._held.append(refusal)
        return orjson.dumps({"data": results}).decode()

    def _note_pong(self) -> None:
        for pong in list(self._pongs):
            if not pong.done():
                pong.set_result(None)


async def open_connection(url: str) -> VendorConnection:
    """Open a WebSocket to the vendor. Raises OSError, TimeoutError, websockets' InvalidURI and InvalidHandshake."""
    connection = await connect(
        url,
        create_connection=VendorConnection,
        open_timeout=OPEN_PATIENCE,
        close_timeout=1,
        ping_interval=KEEPALIVE,
        ping_timeout=KEEPALIVE,
        max_size=MAX_FRAME_BYTES,
        logger=_log,
    )
    assert isinstance(connection, VendorConnection)
    return connection


def _as_error(told: object) -> Task:
    return told if isinstance(told, dict) else {"message": str(told)}
