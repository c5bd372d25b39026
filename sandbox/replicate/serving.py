"""The HTTP server around the application, which can drop a connection on demand."""

import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.replicate.world import World

# The name of the ASGI extension by which an endpoint drops its connection.
DROP = "sandbox.drop"

_STOP_WITHIN_SECONDS = 3


class DroppingProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests carry the means to end their connection without an answer: ASGI has none."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"call": self.transport.abort}}


class ReplicateServer(uvicorn.Server):
    """A uvicorn server for one sandbox."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of whoever is kept waiting, then stop."""
        app = self.config.app
        assert isinstance(app, Starlette)
        world: World = app.state.world
        world.faults.release()
        await super().shutdown(sockets)


def make_server(app: Starlette, host: str, port: int) -> ReplicateServer:
    """Return a server for the application; port 0 takes a free one."""
    return ReplicateServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=DroppingProtocol,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
        )
    )
