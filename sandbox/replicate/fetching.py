"""Reading the files that an input names: data URIs, uploads, earlier outputs, and pages of this machine."""

import asyncio
import base64
import binascii
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp

from sandbox.replicate.outputs import Outputs
from sandbox.replicate.problems import TaskFailed
from sandbox.replicate.uploads import Uploads
from sandbox.stand_in.loopback import is_loopback

_LIMIT = 500 * 1024 * 1024
_WITHIN_SECONDS = 30


class Fetching:
    """Reads inputs. It goes to no other machine: the sandbox works without a network."""

    def __init__(self, uploads: Uploads, outputs: Outputs) -> None:
        self._uploads = uploads
        self._outputs = outputs

    async def read(self, uri: str, base_url: str) -> bytes:
        """Return what a URI names; `base_url` is this server's. Raises TaskFailed."""
        if uri.startswith("data:"):
            return _decode(uri)
        own, _, path = uri.partition(f"{base_url}/")
        if path and not own:
            content = await asyncio.to_thread(self._own, path.partition("?")[0])
        elif is_loopback(host_of(uri)):
            content = await _download(uri)
        else:
            raise TaskFailed(f"Could not download {_short(uri)}: the sandbox reads only from this machine")
        if content is None:
            raise TaskFailed(f"Could not download {_short(uri)}: 404 Not Found")
        return content

    def _own(self, path: str) -> bytes | None:
        if path.startswith("v1/files/"):
            upload = self._uploads.find(path.split("/")[2])
            return self._uploads.read(upload) if upload is not None else None
        return self._outputs.read(path.removeprefix("files/"))


def host_of(url: str) -> str:
    """Return the host that an address names, or nothing where it is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _decode(uri: str) -> bytes:
    head, comma, body = uri.partition(",")
    try:
        if comma:
            return base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except binascii.Error:
        pass
    raise TaskFailed("Could not read the data URI")


async def _download(url: str) -> bytes:
    """Fetch a page of this machine, following no redirect: it might lead elsewhere."""
    timeout = aiohttp.ClientTimeout(total=_WITHIN_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise TaskFailed(f"Could not download {_short(url)}: {answer.status} {answer.reason}")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(1 << 16):
                content += chunk
                if len(content) > _LIMIT:
                    raise TaskFailed(f"Could not download {_short(url)}: too large")
            return bytes(content)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TaskFailed(f"Could not download {_short(url)}: {type(error).__name__}") from error


def _short(uri: str) -> str:
    return uri.partition("?")[0][:200]
