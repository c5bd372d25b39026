"""Uploaded files: `/v1/files`."""

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.replicate.problems import Problem, invalid_body, not_found
from sandbox.replicate.uploads import Upload
from sandbox.replicate.wire import answer
from sandbox.replicate.world import World

# How large an uploaded file may be ("files.create").
_LIMIT = 100 * 1024 * 1024


class FileRoutes:
    """`/v1/files`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        """POST /v1/files: multipart with `content`, and `metadata` as JSON beside it."""
        async with request.form() as form:
            content, metadata = form.get("content"), form.get("metadata")
            if not isinstance(content, UploadFile):
                raise invalid_body(["content is required"])
            name, mime_type, held = content.filename or "file", content.content_type, await content.read()
        if len(held) > _LIMIT:
            raise Problem(413, "The file is too large", "Content too large")
        try:
            noted = orjson.loads(metadata) if isinstance(metadata, str) else {}
        except orjson.JSONDecodeError as error:
            raise invalid_body(["metadata must be JSON"]) from error
        upload = self._world.uploads.keep(name, mime_type or "application/octet-stream", held, noted)
        return answer(upload.view(_base_url(request)), 201)

    async def read(self, request: Request) -> Response:
        """GET /v1/files/{id}: what is known of a file; its content is for models only."""
        return answer(self._named(request).view(_base_url(request)))

    async def list(self, request: Request) -> Response:
        """GET /v1/files."""
        views = [upload.view(_base_url(request)) for upload in self._world.uploads.all()]
        return answer({"previous": None, "next": None, "results": views})

    async def remove(self, request: Request) -> Response:
        """DELETE /v1/files/{id}."""
        self._world.uploads.remove(self._named(request))
        return Response(status_code=204)

    def _named(self, request: Request) -> Upload:
        upload = self._world.uploads.find(request.path_params["id"])
        if upload is None:
            raise not_found()
        return upload


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")
