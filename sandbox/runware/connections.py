"""Breaking connections for real: the network below a request or a WebSocket ends, with or without half a frame."""

import asyncio
import contextlib
import struct
from typing import cast

import uvicorn
from starlette.types import Scope

# A text frame that announces 4096 bytes, of which a few come.
_HALF_FRAME = struct.pack("!BBH", 0x81, 126, 4096) + b'{"data":[{"taskType":"'


class Connections:
    """The open connections of the server, which says so itself when it starts."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    def abort(self, scope: Scope) -> None:
        """End a connection at once, without a goodbye."""
        if (transport := self._transport(scope)) is not None:
            transport.abort()

    def cut_frame(self, scope: Scope) -> None:
        """Send the beginning of a WebSocket frame, and end the connection in the middle of it."""
        if (transport := self._transport(scope)) is not None:
            with contextlib.suppress(OSError, RuntimeError):
                transport.write(_HALF_FRAME)
            transport.close()

    def _transport(self, scope: Scope) -> asyncio.Transport | None:
        assert self.server is not None, "the server was not made by sandbox.runware.serving"
        for connection in self.server.server_state.connections:
            if getattr(connection, "client", None) == scope["client"]:
                return cast("asyncio.Transport | None", getattr(connection, "transport", None))
        return None
