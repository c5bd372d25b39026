"""What a call brought, on its way into the storage: fetched, checked, labelled, stored."""

import asyncio
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ParamSpec, Protocol, TypeVar
from uuid import uuid4

import structlog
from PIL import Image, ImageOps

from config.failpoints import Write
from repository.files import NewFile
from services.orders import ImageTo3DOrder, ImageToImageOrder, PictureStep, TextToImageOrder
from services.photos.figures import Embedding
from services.photos.photos import encode_jpeg, make_thumbnail, store_picture
from services.storage import Storage
from workers.backends.base import BackendUnreachable, Output, Picture, Remote, Solid
from workers.downloads import DownloadError, DownloadFailed, Downloads
from workers.insist import insist
from workers.likeness import Score
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.check import checked_glb
from workers.meshes.container import MAX_BYTES
from workers.meshes.note import Note as SolidNote
from workers.meshes.note import noted_glb
from workers.meshes.turntable import Turntable, render_turntable
from workers.noise import noisy
from workers.results import BadResult, CheckedPicture, PictureNote, checked_picture, tagged

MAX_PICTURE_BYTES = 20 * 1024 * 1024
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
JPEG_QUALITY = 95
GLB = "model/gltf-binary"
SMALL = 16 * 1024
"""Bytes of a picture that takes a millisecond or two."""
AT_ONCE = 4
"""Outputs in memory at a time, whatever number of tasks ends together."""

_log = structlog.get_logger(__name__)
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class SafetyCheck(Protocol):
    """Says which pictures nobody should see: workers.picture_check."""

    async def is_blocked(self, content: bytes, order: PictureStep) -> bool:
        """Whether this picture of an order is held back."""


class Scoring(Protocol):
    """Says how far a portrait looks like its person: workers.likeness."""

    async def score(self, content: bytes, face: Embedding) -> Score | None:
        """The score of a picture, None where it cannot be had soon. Raises nothing of its own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is in the storage now, and what is not."""

    files: tuple[NewFile, ...]
    blocked: int
    """Held back by the safety check."""
    spoilt: int
    """Broken, or not what was ordered."""


class Outputs:
    """Puts outputs into the storage. The rows are the caller's to write; `turned` makes the pictures of a solid.

    Without a `scoring` no portrait is looked at.
    """

    def __init__(
        self,
        storage: Storage,
        downloads: Downloads,
        check: SafetyCheck,
        turned: Callable[[bytes], Turntable] = render_turntable,
        scoring: Scoring | None = None,
    ) -> None:
        self._storage = storage
        self._downloads = downloads
        self._check = check
        self._scoring = scoring
        self._turned = turned
        self._room = asyncio.Semaphore(AT_ONCE)

    async def store(
        self,
        outputs: Sequence[Output],
        order: PictureStep,
        *,
        backend: str,
        vendor_id: str,
        noise_level: float,
        is_last_try: bool,
        face: Embedding | None = None,
    ) -> Kept:
        """Store each output that is what it should be, in order. face: whom the pictures should look like.

        Raises BackendUnreachable where one cannot be fetched now, unless it is the last try: then it is spoilt.
        Nothing is left behind by a try that is not.
        """
        files: list[NewFile] = []
        blocked = spoilt = 0
        try:
            for output in outputs:
                async with self._room:
                    try:
                        file = await self._keep(output, order, backend, vendor_id, noise_level, face)
                    except (DownloadError, BadResult, BadMesh) as fault:
                        if isinstance(fault, DownloadFailed) and not is_last_try:
                            raise
                        _log.warning("output.spoilt", backend=backend, code=fault.code, error=str(fault))
                        spoilt += 1
                        continue
                if file is None:
                    blocked += 1
                else:
                    files.append(file)
        except BaseException as error:  # a cancellation too leaves nothing behind
            await self.discard(files)
            if isinstance(error, DownloadFailed):
                raise BackendUnreachable(f"an output of {backend} cannot be fetched: {error}") from error
            raise
        return Kept(tuple(files), blocked, spoilt)

    async def discard(self, files: Sequence[NewFile]) -> None:
        """Take back what no row will name."""
        for file in files:
            for key in file.keys:
                await self._storage.delete(key)

    async def _keep(
        self,
        output: Output,
        order: PictureStep,
        backend: str,
        vendor_id: str,
        noise_level: float,
        face: Embedding | None,
    ) -> NewFile | None:
        """One output in the storage; None where it is not to be seen."""
        if isinstance(order, ImageTo3DOrder):
            return await self._keep_solid(await self._fetched(output, {GLB}, MAX_BYTES), order, output, backend)
        content = await self._fetched(output, PICTURES, MAX_PICTURE_BYTES)
        picture = await _computed(content, checked_picture, content)
        if await insist(lambda: self._check.is_blocked(picture.content, order)):
            _log.warning("output.blocked", backend=backend, vendor_id=vendor_id)
            return None
        note = _note(order, output.seed, vendor_id, backend)
        size = (order.width, order.height) if isinstance(order, TextToImageOrder | ImageToImageOrder) else None
        picture, thumbnail = await _computed(content, _finish, picture, size, note, noise_level)
        score = await self._scoring.score(picture.content, face) if self._scoring and face is not None else None
        stored = await store_picture(
            self._storage,
            "outputs",
            picture.content,
            thumbnail,
            picture.width,
            picture.height,
            picture.media_type,
            seed=output.seed,
        )
        return replace(stored, likeness=score.likeness, has_face=score.has_face) if score is not None else stored

    async def _keep_solid(self, content: bytes, order: ImageTo3DOrder, output: Output, backend: str) -> NewFile | None:
        """A solid with a moving picture of it from all sides; the width and height are that picture's."""
        mesh = await asyncio.to_thread(checked_glb, content)
        turntable = await asyncio.to_thread(self._turned, mesh.content)
        if await insist(lambda: self._check.is_blocked(turntable.poster, order)):
            return None
        note = SolidNote(prompt=order.prompt, seed=output.seed, model=order.model, backend=backend)
        whole = await asyncio.to_thread(noted_glb, mesh.content, note)
        file_id = uuid4()
        with Image.open(io.BytesIO(turntable.poster)) as poster:
            width, height = poster.size
        new = NewFile(
            file_id=file_id,
            storage_key=f"outputs/{file_id}.glb",
            thumbnail_key=f"outputs/{file_id}.thumb.jpg",
            preview_key=f"outputs/{file_id}.turn.gif",
            media_type=GLB,
            width=width,
            height=height,
            size_bytes=len(whole),
            sha256=hashlib.sha256(whole).digest(),
            seed=output.seed,
        )
        parts = (whole, turntable.poster, turntable.animation)
        await self._storage.put_all(Write.OUTPUT_STORE, dict(zip(new.keys, parts, strict=True)))
        return new

    async def _fetched(self, output: Output, accept: frozenset[str] | set[str], limit_bytes: int) -> bytes:
        match output:
            case Picture() | Solid():
                return output.content
            case Remote():
                fetched = await self._downloads.fetch(output.url, limit_bytes=limit_bytes, accept=frozenset(accept))
                return fetched.content


async def _computed(
    content: bytes, work: Callable[Arguments, Answer], *args: Arguments.args, **more: Arguments.kwargs
) -> Answer:
    """Work on a picture in a thread; what is small is done sooner than another thread is woken."""
    if len(content) <= SMALL:
        return work(*args, **more)
    return await asyncio.to_thread(work, *args, **more)


def _finish(
    picture: CheckedPicture, size: tuple[int, int] | None, note: PictureNote, noise_level: float
) -> tuple[CheckedPicture, bytes]:
    """The picture as it is stored, and its thumbnail. CPU-bound."""
    picture = _fitted(picture, size)
    content, media_type = picture.content, picture.media_type
    if noise_level:
        content, media_type = noisy(content, noise_level, note.seed), "image/jpeg"
    with Image.open(io.BytesIO(content)) as image:
        thumbnail = make_thumbnail(image)
    return CheckedPicture(tagged(content, media_type, note), media_type, picture.width, picture.height), thumbnail


def _fitted(picture: CheckedPicture, size: tuple[int, int] | None) -> CheckedPicture:
    """The picture in the size that was ordered, where it is larger: some vendors know a few shapes alone."""
    if size is None or (picture.width, picture.height) == size:
        return picture
    if picture.width < size[0] or picture.height < size[1]:
        return picture  # what is not there is not invented
    with Image.open(io.BytesIO(picture.content)) as image:
        fitted = ImageOps.fit(image.convert("RGB"), size, Image.Resampling.LANCZOS)
    return CheckedPicture(encode_jpeg(fitted, JPEG_QUALITY), "image/jpeg", *size)


def _note(order: PictureStep, seed: int, vendor_id: str, backend: str) -> PictureNote:
    """What the file says of itself: the person's own words, nothing of the person."""
    worded = order if isinstance(order, TextToImageOrder | ImageToImageOrder) else None
    return PictureNote(
        prompt=worded.prompt if worded is not None else "",
        negative_prompt=worded.negative_prompt if worded is not None else None,
        seed=seed,
        model=vendor_id,
        backend=backend,
    )
