"""The HTTP and WebSocket server around the application, which ends what waits before it stops."""

import socket

import uvicorn
from starlette.applications import Starlette

from sandbox.runware.world import World

_STOP_WITHIN_SECONDS = 3
_MAX_FRAME_BYTES = 64 * 1024 * 1024


class RunwareServer(uvicorn.Server):
    """A uvicorn server for one sandbox."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self._world = world
        world.connections.server = self

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End synchronous tasks, silences and endless files, then stop."""
        self._world.stopping.set()
        await super().shutdown(sockets)


def make_server(app: Starlette, host: str, port: int) -> RunwareServer:
    """Return a server for the application; port 0 takes a free one."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        ws_max_size=_MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
    )
    return RunwareServer(config, app.state.world)
