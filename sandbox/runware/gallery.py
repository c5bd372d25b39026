"""The files that tasks made: painted when first asked for, kept while there is room."""

import asyncio
from collections import OrderedDict

from PIL import Image

from sandbox.runware import painting
from sandbox.runware.glb import make_cube
from sandbox.runware.ledger import Ledger
from sandbox.runware.media import Media
from sandbox.runware.settings import Settings
from sandbox.runware.tasks import GENERATING_TYPES, Result, Task

_CACHE_BYTES = 64 * 1024 * 1024
_DEFAULT_STRENGTH = 0.8


def extension_of(task: Task) -> str:
    """Return the extension of a task's files: what was asked for, JPG where nothing was."""
    return "glb" if task.type == "3dInference" else str(task.request.get("outputFormat", "JPG")).lower()


def file_name(task: Task, result: Result) -> str:
    """Return the name of a result on the file host."""
    return f"{result.uuid}.{extension_of(task)}"


class Gallery:
    """Results by their uuid. With a forced side all pictures of a kind are one cached file."""

    def __init__(self, ledger: Ledger, media: Media, settings: Settings) -> None:
        self._media = media
        self._settings = settings
        self._made: dict[str, tuple[Task, Result]] = {}
        self._cache: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._cached_bytes = 0
        for task in ledger:
            self.add(task)

    def add(self, task: Task) -> None:
        """Make a new task's results known to the file host."""
        for result in task.results if task.type in GENERATING_TYPES else ():
            self._made[result.uuid] = (task, result)

    async def read(self, file_uuid: str, now: float) -> tuple[bytes, str] | None:
        """Return a finished result's or a given picture's content and media type."""
        if (found := self._made.get(file_uuid)) is None:
            return self._media.read(file_uuid)
        task, result = found
        if result.error is not None or now < result.ready_at:
            return None
        return await self.content(task, result), painting.MEDIA_TYPES[extension_of(task)]

    async def content(self, task: Task, result: Result) -> bytes:
        """Return a result's file, made now if it is not at hand."""
        key = self._key(task, result)
        content = self._cache.get(key)
        if content is not None:
            self._cache.move_to_end(key)
            return content
        content = await asyncio.to_thread(self._make, task, result)
        if key not in self._cache:
            self._cache[key] = content
            self._cached_bytes += len(content)
        while self._cached_bytes > _CACHE_BYTES and len(self._cache) > 1:
            self._cached_bytes -= len(self._cache.popitem(last=False)[1])
        return content

    def _key(self, task: Task, result: Result) -> tuple[object, ...]:
        if task.type == "3dInference" or self._settings.side is None:
            return (result.uuid,)
        return (self._settings.side * self._factor(task), extension_of(task))

    def _make(self, task: Task, result: Result) -> bytes:
        if task.type == "3dInference":
            return make_cube(result.seed)
        extension = extension_of(task)
        if (side := self._settings.side) is not None:
            side *= self._factor(task)
            return painting.encode(painting.paint("", 0, side, side), extension)
        return painting.encode(self._picture(task, result), extension, task.request.get("outputQuality", 95))

    def _picture(self, task: Task, result: Result) -> Image.Image:
        asked = task.request
        source = self._source(task)
        if task.type != "imageInference":
            assert source is not None
            return painting.enlarge(source, self._factor(task))
        prompt, width, height = asked["positivePrompt"], asked["width"], asked["height"]
        if source is None:
            return painting.paint(prompt, result.seed, width, height)
        strength = asked.get("strength", _DEFAULT_STRENGTH)
        return painting.repaint(source, prompt, result.seed, width, height, strength)

    def _source(self, task: Task) -> Image.Image | None:
        if task.source is None:
            return None
        if (given := self._media.read(task.source)) is not None:
            return painting.read_picture(given[0])
        made = self._made.get(task.source)
        # A given picture may be deleted after the task was taken; then the task's own prompt has to do.
        return self._picture(*made) if made is not None else Image.new("RGB", (64, 64), "grey")

    def _factor(self, task: Task) -> int:
        return 1 if task.type == "imageInference" else int(task.request.get("upscaleFactor", 2))

    def is_known(self, file_uuid: str) -> bool:
        """Tell whether a uuid means a result or a given picture."""
        return file_uuid in self._made or self._media.name(file_uuid) is not None
