"""The server around a stand-in's application, which lets go of whoever is kept waiting before it stops."""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette

_STOP_WITHIN_SECONDS = 3


class StandInServer(uvicorn.Server):
    """A uvicorn server for one stand-in."""

    def __init__(self, config: uvicorn.Config, release: Callable[[], None]) -> None:
        super().__init__(config)
        self._release = release

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what waits, then stop: otherwise a long poll or a silence on demand would hold the stop."""
        self._release()
        await super().shutdown(sockets)


def stand_in_server(app: Starlette, host: str, port: int, release: Callable[[], None], **options: Any) -> StandInServer:
    """Return a server for the application; port 0 takes a free one.

    `release` is called once, when the server stops; `options` are further ones of uvicorn.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_STOP_WITHIN_SECONDS,
        **options,
    )
    return StandInServer(config, release)
