"""Model uploads: the file is fetched for real, then goes through the vendor's stages."""

import struct
from urllib.parse import urlsplit

import aiohttp
import orjson

from sandbox.runware.media import BadMedia
from sandbox.runware.tasks import Task, UploadStatus
from sandbox.runware.world import World
from sandbox.stand_in.loopback import is_loopback

_FETCH_SECONDS = 600
_MAX_HEADER_BYTES = 100 * 1024 * 1024
_BLOCK = 1024 * 1024
_AFTER_DOWNLOAD = (
    (UploadStatus.OPTIMIZED, "The model was optimized."),
    (UploadStatus.STORED, "The model was stored."),
    (UploadStatus.READY, "The model is ready to use."),
)


class Uploads:
    """Carries uploads from `validated` to `ready` or `failed`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def resume(self) -> None:
        """Go on with the uploads that an earlier server left."""
        for task in self._world.ledger.uploads:
            if task.upload_status not in (UploadStatus.READY, UploadStatus.FAILED):
                self._world.spawn(self.carry_out(task))

    async def carry_out(self, task: Task) -> None:
        """Fetch the file and move the upload from stage to stage."""
        world, result = self._world, task.results[0]
        stage_seconds = (task.ready_at - task.taken_at) / (len(_AFTER_DOWNLOAD) + 1)
        if not await world.pause(stage_seconds):
            return
        if result.error is not None:
            world.ledger.note_upload(task, UploadStatus.FAILED, result.error["message"])
            return
        try:
            size = await _fetch_safetensors(task.request["downloadURL"])
        except BadMedia as error:
            world.ledger.note_upload(task, UploadStatus.FAILED, f"The model file {error}.")
            return
        world.ledger.note_upload(task, UploadStatus.DOWNLOADED, f"The model was downloaded: {size} bytes.")
        for status, message in _AFTER_DOWNLOAD:
            if not await world.pause(stage_seconds):
                return
            world.ledger.note_upload(task, status, message)


async def _fetch_safetensors(url: str) -> int:
    """Fetch a file to its end and return its size in bytes. Raises BadMedia where it is no safetensors file."""
    if not is_loopback(urlsplit(url).hostname or ""):
        raise BadMedia("is at an address outside this machine, from which the sandbox fetches nothing")
    timeout = aiohttp.ClientTimeout(total=_FETCH_SECONDS)
    start, size = bytearray(), 0
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url) as answer:
            if answer.status != 200:
                raise BadMedia(f"could not be fetched: HTTP {answer.status}")
            async for block in answer.content.iter_chunked(_BLOCK):
                size += len(block)
                if len(start) < 8 or len(start) < 8 + _header_length(start):
                    start += block
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise BadMedia("could not be fetched") from error
    length = _header_length(start) if size >= 8 else 0
    try:
        tensors = orjson.loads(bytes(start[8 : 8 + length]))
        ends = [tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise BadMedia("is not in the safetensors format") from error
    if size != 8 + length + max(ends, default=0):
        raise BadMedia("is not complete")
    return size


def _header_length(start: bytes | bytearray) -> int:
    return min(int(struct.unpack_from("<Q", start)[0]), _MAX_HEADER_BYTES)
