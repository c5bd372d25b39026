"""The few requests that are made of Replicate's API, over the client of its SDK.

Answers are read as plain JSON: the SDK's own models refuse the status `aborted` and nulls, and one such entry makes a
whole list unreadable there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import IO, Any

import httpx
import orjson
from replicate.client import Client

from workers.backends.base import BackendUnreachable
from workers.backends.replicate.archives import FORM_TYPE, form_length, form_pieces
from workers.backends.replicate.transport import ApiTransport, ForeignHost, Refusal

DEFAULT_BASE_URL = "https://api.replicate.com"

UPLOAD_PATIENCE = 40.0
"""Seconds that an archive of photos may take on its way."""
_HARDWARE = "gpu-t4"
"""A model must name some; what a trained one runs on is chosen by its trainer."""
_IN_JSON = {"Content-Type": "application/json"}

Json = dict[str, Any]


class NotSent(BackendUnreachable):
    """The request never left: no connection came about."""


class Api:
    """The API's doors. Each method raises BackendUnreachable where no readable answer came in time, and Refusal."""

    def __init__(self, api_token: str, base_url: str, *, patience: float, write_patience: float) -> None:
        """Patience is in seconds: for a question, and for what creates something."""
        base_url = base_url or DEFAULT_BASE_URL
        self._patience = patience
        self._write_patience = write_patience
        self._is_closed = False
        timeout = httpx.Timeout(write_patience, connect=patience, pool=write_patience / 2)
        self._client = Client(api_token, base_url=base_url, timeout=timeout, transport=ApiTransport(base_url))

    async def create(self, path: str, body: Mapping[str, object], cancel_after: float) -> Json:
        """Create a prediction, to be cancelled by the vendor after so many seconds. Raises NotSent too."""
        content = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        headers = {"Content-Type": "application/json", "Cancel-After": f"{round(cancel_after)}s"}
        answer, _ = await self._ask("POST", path, self._write_patience, content=content, headers=headers)
        return answer

    @property
    def predictions(self) -> "Shelf":
        """What was made, and is being made."""
        return Shelf(self._ask, "/v1/predictions", self._patience)

    @property
    def trainings(self) -> "Shelf":
        """What was trained, and is being trained."""
        return Shelf(self._ask, "/v1/trainings", self._patience)

    async def upload(self, name: str, content: bytes, media_type: str) -> str:
        """Leave a file with the vendor, which keeps it for a day; returns its address for inputs."""
        files = {"content": (name, content, media_type)}
        answer, _ = await self._ask("POST", "/v1/files", self._write_patience, files=files)
        match answer:
            case {"urls": {"get": str(url)}}:
                return url
        raise BackendUnreachable("an uploaded file has no address")

    async def latest_version(self, model: str) -> str | None:
        """The newest version of `owner/name`; None where it has none."""
        answer, _ = await self._ask("GET", f"/v1/models/{model}", self._patience)
        match answer:
            case {"latest_version": {"id": str(version)}}:
                return version
        return None

    async def account(self, patience: float | None = None) -> str:
        """Ask who we are: that the API is there and knows the token. Returns our name, empty where it tells none."""
        answer, _ = await self._ask("GET", "/v1/account", self._patience if patience is None else patience)
        username = answer.get("username")
        return username if isinstance(username, str) else ""

    async def has_model(self, model: str) -> bool:
        """Whether there is an `owner/name` that we may see."""
        try:
            await self._ask("GET", f"/v1/models/{model}", self._patience)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return False
        return True

    async def create_private_model(self, model: str) -> None:
        """Make an empty `owner/name` that only we see; nothing happens where there is one already."""
        owner, _, name = model.partition("/")
        body = {
            "owner": owner,
            "name": name,
            "visibility": "private",
            "hardware": _HARDWARE,
            "description": "Personal models of Dream Photo",
        }
        try:
            await self._ask("POST", "/v1/models", self._write_patience, content=orjson.dumps(body), headers=_IN_JSON)
        except Refusal as refusal:
            if refusal.status != 409:
                raise

    async def upload_archive(self, archive: IO[bytes]) -> tuple[str, str]:
        """Leave a zip with the vendor, read piece by piece; returns its id there and its address for inputs."""
        headers = {"Content-Type": FORM_TYPE, "Content-Length": str(form_length(archive))}
        answer, _ = await self._ask("POST", "/v1/files", UPLOAD_PATIENCE, content=form_pieces(archive), headers=headers)
        match answer:
            case {"id": str(file_id), "urls": {"get": str(url)}}:
                return file_id, url
        raise BackendUnreachable("an uploaded file has no address")

    async def delete_file(self, file_id: str) -> None:
        """Delete an uploaded file; nothing happens where it is gone."""
        await self._delete(f"/v1/files/{file_id}")

    async def delete_version(self, model: str, version: str) -> None:
        """Delete a version of one of our models with its weights; nothing happens where it is gone."""
        await self._delete(f"/v1/models/{model}/versions/{version}")

    async def aclose(self) -> None:
        """Close every connection; nothing is sent any more."""
        self._is_closed = True
        await self._client._async_client.aclose()

    async def _delete(self, path: str) -> None:
        try:
            await self._send("DELETE", path, self._patience)
        except Refusal as refusal:
            if refusal.status not in (404, 410):
                raise

    async def _ask(self, method: str, path: str, patience: float, **request: Any) -> tuple[Json, int]:
        content = await self._send(method, path, patience, **request)
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise BackendUnreachable(f"the answer cannot be used: {error}") from error
        if not isinstance(answer, dict):
            raise BackendUnreachable("the answer is no JSON object")
        return answer, len(content)

    async def _send(self, method: str, path: str, patience: float, **request: Any) -> bytes:
        if self._is_closed:
            raise NotSent("this backend is closed")
        try:
            async with asyncio.timeout(patience):
                response = await self._client._async_request(method, path, **request)
        except TimeoutError as error:
            raise BackendUnreachable(f"no answer within {patience:g} s") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(f"no connection: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise BackendUnreachable(f"the answer was lost: {type(error).__name__}") from error
        except ForeignHost as error:
            raise BackendUnreachable(f"nothing was sent: {error}") from error
        return bytes(response.content)


class Shelf:
    """Where predictions or trainings stand: both are asked about in the same way."""

    def __init__(self, ask: Callable[..., Awaitable[tuple[Json, int]]], path: str, patience: float) -> None:
        self._ask = ask
        self._path = path
        self._patience = patience

    async def one(self, job_id: str) -> tuple[Json, int]:
        """One of them, and how many bytes it came in."""
        return await self._ask("GET", f"{self._path}/{job_id}", self._patience)

    async def page(self, cursor: str | None = None) -> tuple[Json, int]:
        """A page of them, newest first, and how many bytes it came in; `cursor` is the last page's `next`.

        Of an address in `next` only the path is taken: behind a proxy it names another host, which gets no token.
        """
        path = httpx.URL(cursor).raw_path.decode() if cursor else self._path
        return await self._ask("GET", path, self._patience)

    async def cancel(self, job_id: str) -> Json:
        """Stop one of them; one that has ended stays as it is."""
        answer, _ = await self._ask("POST", f"{self._path}/{job_id}/cancel", self._patience)
        return answer


__all__ = ["DEFAULT_BASE_URL", "UPLOAD_PATIENCE", "Api", "Json", "NotSent", "Refusal", "Shelf"]
