"""The file host: what models have made, for whoever knows the name; and what goes wrong with downloads."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from sandbox.replicate.faults import FILE_FAULTS, Fault
from sandbox.replicate.world import World

_TYPES = {
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "png": "image/png",
    "glb": "model/gltf-binary",
    "tar": "application/x-tar",
}
_HUGE_BYTES = 200 * 1024 * 1024
_CHUNK = b"\0" * (1 << 18)
# How much of a slow file comes before the pause.
_SLOW_HEAD_BYTES = 64


class HostRoutes:
    """`/files`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, request: Request) -> Response:
        """GET /files/{name}."""
        name = request.path_params["name"]
        ending = name.rpartition(".")[2]
        content = await asyncio.to_thread(self._world.outputs.read, name)
        fault = self._world.faults.strike(FILE_FAULTS, {ending}) if content is not None else None
        given = self._answered(content, _TYPES.get(ending, "application/octet-stream"), fault)
        self._world.requests.note_download(request, name, given.status_code, fault.kind if fault else None)
        return given

    def _answered(self, content: bytes | None, mime_type: str, fault: Fault | None) -> Response:
        if content is None:
            return PlainTextResponse("Not Found", 404)
        if fault is None:
            return Response(content, media_type=mime_type)
        match fault.kind:
            case "output_broken":
                return Response(content[: len(content) // 2], media_type=mime_type)
            case "html":
                return HTMLResponse("<html><body><h1>We will be right back</h1></body></html>")
            case "zero_bytes":
                return Response(b"", media_type=mime_type)
            case "huge":
                return StreamingResponse(_endless(content), media_type=mime_type)
            case "wrong_type":
                return Response(b"MZ" + content[2:], media_type="application/x-msdownload")
            case "redirect_private":
                return RedirectResponse(fault.location, 302)
            case "not_found":
                return PlainTextResponse("Not Found", 404)
            case _:
                return StreamingResponse(self._slowly(content, fault.seconds), media_type=mime_type)

    async def _slowly(self, content: bytes, seconds: float) -> AsyncIterator[bytes]:
        yield content[:_SLOW_HEAD_BYTES]
        await self._world.faults.hold_up(seconds)
        yield content[_SLOW_HEAD_BYTES:]


async def _endless(head: bytes) -> AsyncIterator[bytes]:
    """Yield a file that begins as it should and goes on for 200 MB, of a size that no header tells."""
    yield head
    for _ in range(_HUGE_BYTES // len(_CHUNK)):
        yield _CHUNK
