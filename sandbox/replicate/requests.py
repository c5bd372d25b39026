"""What was asked of the server: requests to `/v1`, and downloads from the file host."""

import hashlib
from collections import deque

from starlette.requests import Request

from sandbox.replicate.wire import JsonObject

_REMEMBERED = 20_000


class Requests:
    """The last requests, without tokens and bodies."""

    def __init__(self) -> None:
        self._calls: deque[JsonObject] = deque(maxlen=_REMEMBERED)
        self._downloads: deque[JsonObject] = deque(maxlen=_REMEMBERED)

    def note(self, request: Request, body: bytes) -> JsonObject:
        """Note a request to `/v1`; the caller adds `status` and `fault` when they are known."""
        call: JsonObject = {
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "cancel_after": request.headers.get("cancel-after"),
            "status": None,
            "fault": None,
        }
        self._calls.append(call)
        return call

    def note_download(self, request: Request, name: str, status: int, fault: str | None) -> None:
        """Note a download, and whether it carried a token that is none of the host's business."""
        self._downloads.append(
            {
                "name": name,
                "status": status,
                "fault": fault,
                "authorization": "authorization" in request.headers,
            }
        )

    def calls(self) -> list[JsonObject]:
        """Return the requests, oldest first."""
        return list(self._calls)

    def downloads(self) -> list[JsonObject]:
        """Return the downloads, oldest first."""
        return list(self._downloads)
