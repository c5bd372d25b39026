"""The API process: `python -m api.main`, as the launcher starts it. Several may share one address."""

import socket
import sys

import uvicorn

from config.settings import Settings, settings_or_exit

STOP_PATIENCE = 4
"""Seconds for requests that are under way at a stop."""
BACKLOG = 2048
"""Connections that wait to be accepted."""


def listen(settings: Settings) -> socket.socket:
    """The socket that the API is heard on. The system shares out the connections between processes that share it.

    Raises OSError where somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.api_processes > 1:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((settings.api_host, settings.api_port))
    listener.listen(BACKLOG)
    return listener


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = settings_or_exit()
    with listen(settings) as listener:
        sys.stdout.write(f"Listening on http://{settings.api_host}:{settings.api_port}\n")
        config = uvicorn.Config("api.app:app", access_log=False, timeout_graceful_shutdown=STOP_PATIENCE)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
