"""The few requests that are made of Replicate's API, over the client of its SDK.

Answers are read as plain JSON: the SDK's own models refuse the status `aborted` and nulls, and one such entry makes a
whole list unreadable there.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import orjson
from replicate.client import Client

from workers.backends.base import BackendUnreachable
from workers.backends.replicate.transport import ApiTransport, ForeignHost, Refusal

DEFAULT_BASE_URL = "https://api.replicate.com"

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

    async def prediction(self, prediction_id: str) -> tuple[Json, int]:
        """One prediction, and how many bytes it came in."""
        return await self._ask("GET", f"/v1/predictions/{prediction_id}", self._patience)

    async def page(self, cursor: str | None = None) -> tuple[Json, int]:
        """A page of predictions, newest first, and how many bytes it came in; `cursor` is the last page's `next`.

        Of an address in `next` only the path is taken: behind a proxy it names another host, which gets no token.
        """
        path = httpx.URL(cursor).raw_path.decode() if cursor else "/v1/predictions"
        return await self._ask("GET", path, self._patience)

    async def cancel(self, prediction_id: str) -> Json:
        """Stop a prediction; one that has ended stays as it is."""
        answer, _ = await self._ask("POST", f"/v1/predictions/{prediction_id}/cancel", self._patience)
        return answer

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

    async def account(self, patience: float) -> None:
        """Ask who we are: that the API is there and knows the token."""
        await self._ask("GET", "/v1/account", patience)

    async def aclose(self) -> None:
        """Close every connection; nothing is sent any more."""
        self._is_closed = True
        await self._client._async_client.aclose()

    async def _ask(self, method: str, path: str, patience: float, **request: Any) -> tuple[Json, int]:
        if self._is_closed:
            raise NotSent("this backend is closed")
        try:
            async with asyncio.timeout(patience):
                response = await self._client._async_request(method, path, **request)
            answer = orjson.loads(response.content)
        except TimeoutError as error:
            raise BackendUnreachable(f"no answer within {patience:g} s") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(f"no connection: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise BackendUnreachable(f"the answer was lost: {type(error).__name__}") from error
        except (ForeignHost, orjson.JSONDecodeError) as error:
            raise BackendUnreachable(f"the answer cannot be used: {error}") from error
        if not isinstance(answer, dict):
            raise BackendUnreachable("the answer is no JSON object")
        return answer, len(response.content)


__all__ = ["DEFAULT_BASE_URL", "Api", "Json", "NotSent", "Refusal"]
