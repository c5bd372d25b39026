"""The HTTP server around the application, which ends its long polls and event streams before it stops."""

import socket

import uvicorn
from starlette.applications import Starlette

from sandbox.telegram.world import World

_STOP_WITHIN_SECONDS = 3


class SandboxServer(uvicorn.Server):
    """A uvicorn server for one sandbox."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what waits for news, then stop: otherwise a poll would hold the stop until its timeout."""
        app = self.config.app
        assert isinstance(app, Starlette)
        world: World = app.state.world
        world.updates.release()
        world.chats.release()
        world.faults.release()
        world.presses.release()
        world.checkouts.release()
        await super().shutdown(sockets)


def make_server(app: Starlette, host: str, port: int) -> SandboxServer:
    """Return a server for the application; port 0 takes a free one."""
    return SandboxServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
        )
    )
