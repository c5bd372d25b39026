"""Pictures that customers gave: uploaded ones, and those that came inside a task or by address."""

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp

from sandbox.runware.painting import MEDIA_TYPES
from sandbox.runware.wire import is_uuid4, new_uuid
from sandbox.stand_in.loopback import is_loopback

_MAX_BYTES = 50 * 1024 * 1024
_FETCH_SECONDS = 30
_SIGNATURES = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp"), (b"glTF", "glb"))


class BadMedia(Exception):
    """A picture that cannot be taken; its text says why."""


class Media:
    """Given files by their uuid, in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files = {file.stem: file for file in folder.iterdir()}

    def store(self, content: bytes) -> str:
        """Keep a file and return its uuid. Raises BadMedia where it is no picture or model."""
        for signature, extension in _SIGNATURES:
            if content.startswith(signature):
                media_uuid = new_uuid()
                file = self._folder / f"{media_uuid}.{extension}"
                file.write_bytes(content)
                self._files[media_uuid] = file
                return media_uuid
        raise BadMedia("is not a JPEG, PNG or WEBP picture")

    def delete(self, media_uuid: str) -> bool:
        """Forget a file; False where there is none."""
        file = self._files.pop(media_uuid, None)
        if file is None:
            return False
        file.unlink()
        return True

    def name(self, media_uuid: str) -> str | None:
        """Return the name under which the file host serves a file."""
        file = self._files.get(media_uuid)
        return file.name if file is not None else None

    def read(self, media_uuid: str) -> tuple[bytes, str] | None:
        """Return a file's content and media type."""
        file = self._files.get(media_uuid)
        return (file.read_bytes(), MEDIA_TYPES[file.suffix[1:]]) if file is not None else None


def named_uuid(reference: str) -> str | None:
    """Return the uuid that a reference means: itself, or that of a file on a host like this one."""
    if is_uuid4(reference):
        return reference
    path = urlsplit(reference).path if reference.startswith("http") else ""
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem if path.startswith("/files/") and is_uuid4(stem) else None


async def fetch_or_decode(reference: str) -> bytes:
    """Return the bytes of a data URI, of plain base64, or of an address on this machine.

    Raises BadMedia.
    """
    if reference.startswith(("http://", "https://")):
        return await _fetch(reference)
    if reference.startswith("data:"):
        head, _, body = reference.partition(",")
        return _decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    return _decode(reference)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMedia("is neither a UUID, an address, a data URI nor base64") from error


async def _fetch(url: str) -> bytes:
    if not is_loopback(urlsplit(url).hostname or ""):
        raise BadMedia("is at an address outside this machine, from which the sandbox fetches nothing")
    timeout = aiohttp.ClientTimeout(total=_FETCH_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise BadMedia(f"could not be fetched: HTTP {answer.status}")
            content = await answer.content.read(_MAX_BYTES + 1)
            while len(content) <= _MAX_BYTES and (more := await answer.content.read(_MAX_BYTES)):
                content += more
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise BadMedia("could not be fetched") from error
    if len(content) > _MAX_BYTES:
        raise BadMedia("is larger than 50 MB")
    return content
