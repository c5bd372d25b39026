"""The HTTP and WebSocket server around the application, which ends what waits before it stops."""

from starlette.applications import Starlette

from sandbox.runware.world import World
from sandbox.stand_in.serving import StandInServer, stand_in_server

_MAX_FRAME_BYTES = 64 * 1024 * 1024


def make_server(app: Starlette, host: str, port: int) -> StandInServer:
    """Return a server for the application; port 0 takes a free one.

    When it stops, synchronous tasks, silences and endless files end.
    """
    world: World = app.state.world
    server = stand_in_server(
        app, host, port, world.stopping.set, ws_max_size=_MAX_FRAME_BYTES, ws_per_message_deflate=False
    )
    world.connections.server = server
    return server
