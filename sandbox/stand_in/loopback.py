"""Only this machine: no foreign address, and no web page from elsewhere that runs in a local browser."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Refuse requests whose Host or Origin is not loopback.

    The server has no passwords. Without this, any web page could reach it through the person's own browser,
    by a name that resolves to 127.0.0.1 or by a plain cross-site form.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a local request on."""
        if scope["type"] in ("http", "websocket"):
            for name, value in scope["headers"]:
                if (name == b"host" and not _is_local(b"//" + value)) or (name == b"origin" and not _is_local(value)):
                    await PlainTextResponse("Only for this machine", 403)(scope, receive, send)
                    return
        await self._app(scope, receive, send)


@lru_cache(maxsize=64)
def _is_local(address: bytes) -> bool:
    return is_loopback(urlsplit(address.decode("latin-1")).hostname or "")
