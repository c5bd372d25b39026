"""The HTTP server around the application, which can drop a connection on demand."""

from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.replicate.world import World
from sandbox.stand_in.serving import StandInServer, stand_in_server

# The name of the ASGI extension by which an endpoint drops its connection.
DROP = "sandbox.drop"


class DroppingProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests carry the means to end their connection without an answer: ASGI has none."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"call": self.transport.abort}}


def make_server(app: Starlette, host: str, port: int) -> StandInServer:
    """Return a server for the application; port 0 takes a free one."""
    world: World = app.state.world
    return stand_in_server(app, host, port, world.faults.release, http=DroppingProtocol)
