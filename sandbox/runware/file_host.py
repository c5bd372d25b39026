"""The file host at `/files`: results and uploads, public, as the vendor's are."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from sandbox.runware.faults import SERVING_FILES, Fault, FaultKind
from sandbox.runware.requests_seen import Fetch
from sandbox.runware.world import World

_HUGE_BYTES = 200 * 1024 * 1024
_BLOCK = b"\xff\xd8\xff\xe0" + bytes(256 * 1024 - 4)
_SLOW_SECONDS = 5.0
_DEFAULT_REDIRECT = "http://127.0.0.1:1/"
_PAGE = "<!doctype html><title>Sign in</title><p>Please sign in to go on.</p>"


class FileHost:
    """Serves files, and spoils them when told to."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def get(self, request: Request) -> Response:
        """GET /files/{name}: a finished result or a given picture; 404 before it is finished."""
        answer = await self._answer(request.path_params["name"])
        key = self._world.settings.api_key
        headers = " ".join(value for name, value in request.headers.items() if name != "host")
        fetch = Fetch(
            at=self._world.clock(),
            path=request.url.path,
            status=answer.status_code,
            has_authorization="authorization" in request.headers,
            has_key=bool(key) and (key in headers or key in str(request.url)),
        )
        self._world.seen.note_fetch(fetch)
        return answer

    async def _answer(self, name: str) -> Response:
        fault = self._world.faults.strike(SERVING_FILES)
        if fault is not None and fault.kind is FaultKind.NOT_FOUND:
            return _nothing()
        found = await self._world.gallery.read(name.partition(".")[0], self._world.clock())
        if found is None:
            return _nothing()
        content, media_type = found
        return await self._spoilt(fault, content, media_type) if fault else Response(content, media_type=media_type)

    async def _spoilt(self, fault: Fault, content: bytes, media_type: str) -> Response:
        match fault.kind:
            case FaultKind.BROKEN_PICTURE:
                return Response(content[: len(content) // 2], media_type=media_type)
            case FaultKind.HTML:
                return HTMLResponse(_PAGE)
            case FaultKind.ZERO_BYTES:
                return Response(b"", media_type=media_type)
            case FaultKind.WRONG_TYPE:
                return Response(content, media_type="application/x-msdownload")
            case FaultKind.REDIRECT_PRIVATE:
                return RedirectResponse(fault.location or _DEFAULT_REDIRECT, 302)
            case FaultKind.HUGE:
                return StreamingResponse(self._endless(), media_type=media_type)
            case _:
                await self._world.pause(_SLOW_SECONDS if fault.seconds is None else fault.seconds)
                return Response(content, media_type=media_type)

    async def _endless(self) -> AsyncIterator[bytes]:
        sent = 0
        while sent < _HUGE_BYTES and not self._world.stopping.is_set():
            yield _BLOCK
            sent += len(_BLOCK)


def _nothing() -> Response:
    return PlainTextResponse("Not found", 404)
