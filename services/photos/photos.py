"""Photos on their way in: decoded under limits, turned upright, stripped of metadata, stored, noted."""

import asyncio
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from PIL import Image, ImageCms, UnidentifiedImageError

from config.failpoints import Write
from db.pool import Database
from repository.files import File, FileRepository, NewFile
from services.errors import (
    FileNotFound,
    NotAPicture,
    PhotoAnimated,
    PhotoTooHeavy,
    PhotoTooManyPixels,
    PhotoTooNarrow,
    PhotoTooSmall,
)
from services.photos.heif import MAX_HEIF_PIXELS, open_picture
from services.photos.orientation import turn_of
from services.storage import Storage

MAX_PIXELS = 50_000_000
"""Decoded pixels of a JPEG; the newest phones take 48 to 50 million. Checked before decoding."""
MAX_WHOLE_PIXELS = MAX_HEIF_PIXELS
"""The same of all that cannot be decoded at a fraction of its size: two kilobytes of WebP can be 50 million pixels, and
took 1.4 GB of the process that speaks with everybody."""
MIN_SIDE = 256
"""Pixels."""
MAX_RATIO = 5
MAX_STORED_SIDE = 2560
"""Pixels: larger photos are kept at this size, which is Telegram's own limit for photos."""
THUMBNAIL_SIDE = 320
"""Pixels."""

CLEANED_AT_ONCE = 2
"""Photos in a process that are decoded side by side: the worst take half a gigabyte, and there are no more cores."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
"""GIF is opened only to tell an animation from rubbish. A JPEG with a depth map, as phones make, opens as MPO; HEIC
comes in beside these, of several pictures in one file the main one."""


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo that is safe to keep: upright 8-bit RGB JPEG without metadata. Sizes in pixels."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int


class Photos:
    """Takes photos in."""

    def __init__(self, db: Database, storage: Storage, max_upload_mb: int) -> None:
        self._db = db
        self._storage = storage
        self.max_bytes = max_upload_mb * 1024 * 1024
        self._room = asyncio.Semaphore(CLEANED_AT_ONCE)

    @property
    def limit_mb(self) -> int:
        """The largest upload, in megabytes."""
        return self.max_bytes // (1024 * 1024)

    def check_size(self, size_bytes: int) -> None:
        """Refuse by size alone, before a download. Raises PhotoTooHeavy."""
        if size_bytes > self.max_bytes:
            raise PhotoTooHeavy(limit_mb=self.limit_mb)

    async def clean(self, content: bytes) -> CleanPhoto:
        """`clean_photo` in a thread, where there is room. Raises a PhotoRefused."""
        async with self._room:
            return await asyncio.to_thread(clean_photo, content)

    async def find(self, user_id: int, source_key: str) -> File | None:
        """The photo that this source brought before, or None: then nothing need be downloaded."""
        return await FileRepository(self._db.reading).find_photo(user_id, source_key)

    async def latest(self, user_id: int) -> File | None:
        """The photo that the person sent last, or None."""
        return await FileRepository(self._db.reading).get_latest_photo(user_id)

    async def own(self, user_id: int, file_id: UUID) -> File:
        """The person's own photo or picture. Raises FileNotFound."""
        file = await FileRepository(self._db.reading).get_file(file_id, user_id)
        if file is None:
            raise FileNotFound
        return file

    async def take(
        self,
        user_id: int,
        content: bytes,
        *,
        source_key: str | None = None,
        telegram_file_id: str | None = None,
    ) -> File:
        """Check, clean, store and note a photo; when this returns, it is safe.

        The same source_key of a person gives the photo that is already there. Raises a PhotoRefused, and then
        nothing is stored.
        """
        if source_key is not None:
            known = await self.find(user_id, source_key)
            if known is not None:
                return known
        self.check_size(len(content))
        photo = await self.clean(content)
        new = await store_picture(
            self._storage, "photos", photo.content, photo.thumbnail, photo.width, photo.height, "image/jpeg"
        )
        file = await FileRepository(self._db.writing(Write.PHOTO_NOTE)).add_photo(
            user_id, new, source_key=source_key, telegram_file_id=telegram_file_id
        )
        if file.file_id != new.file_id:  # another update brought the same photo meanwhile
            await self._storage.delete(new.storage_key)
            await self._storage.delete(str(new.thumbnail_key))
        return file

    async def read(self, file: File) -> bytes:
        """The encoded picture. Raises FileNotFound where its bytes are gone."""
        try:
            return await self._storage.get(file.storage_key)
        except FileNotFoundError as error:
            raise FileNotFound from error


async def store_picture(
    storage: Storage,
    folder: Literal["photos", "training", "outputs"],
    content: bytes,
    thumbnail: bytes,
    width: int,
    height: int,
    media_type: str,
    *,
    seed: int | None = None,
) -> NewFile:
    """Put a picture and its thumbnail into the storage; the row is the caller's to write."""
    file_id = uuid4()
    write = Write.OUTPUT_STORE if folder == "outputs" else Write.PHOTO_STORE
    suffix = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[media_type]
    new = NewFile(
        file_id=file_id,
        storage_key=f"{folder}/{file_id}.{suffix}",
        thumbnail_key=f"{folder}/{file_id}.thumb.jpg",
        media_type=media_type,
        width=width,
        height=height,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).digest(),
        seed=seed,
    )
    await storage.put_all(write, dict(zip(new.keys, (content, thumbnail), strict=True)))
    return new


def clean_photo(content: bytes) -> CleanPhoto:
    """Decode under limits and encode anew. CPU-bound: run it in a thread. Raises a PhotoRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the cap below is stricter
            image = open_picture(content, _FORMATS)
            _refuse_by_header(image)
            upright = _decode(image)
    except Image.DecompressionBombError as error:
        raise PhotoTooManyPixels(limit_megapixels=MAX_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        # Pillow's decoders report broken files with all of these
        raise NotAPicture from error
    return CleanPhoto(encode_jpeg(upright, 95), make_thumbnail(upright), upright.width, upright.height)


def make_thumbnail(image: Image.Image) -> bytes:
    """A small JPEG of a picture, its longer side THUMBNAIL_SIDE pixels."""
    small = image.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC)
    return encode_jpeg(small, 82)


def to_rgb(image: Image.Image) -> Image.Image:
    """A decoded picture as 8-bit RGB in sRGB, transparency on white."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return _on_white(_to_srgb(image))


def encode_jpeg(image: Image.Image, quality: int) -> bytes:
    """A JPEG of an RGB picture, without metadata."""
    buffer = io.BytesIO()
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    clean.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _refuse_by_header(image: Image.Image) -> None:
    width, height = image.size
    # A JPEG in four colours is no phone's, and its progressive form is held whole.
    is_a_cameras = image.format in ("JPEG", "MPO") and image.mode != "CMYK"
    limit = MAX_PIXELS if is_a_cameras else MAX_WHOLE_PIXELS
    if width * height > limit:
        raise PhotoTooManyPixels(limit_megapixels=limit // 1_000_000)
    if image.format not in ("MPO", "HEIF") and getattr(image, "is_animated", False):
        raise PhotoAnimated
    if min(width, height) < MIN_SIDE:
        raise PhotoTooSmall(min_side=MIN_SIDE)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PhotoTooNarrow(max_ratio=MAX_RATIO)


def _decode(image: Image.Image) -> Image.Image:
    """The first frame upright, as 8-bit RGB in sRGB, as large as it is kept.

    Made smaller before its colours are converted, where its mode allows: every conversion is a copy.
    """
    if image.format in ("JPEG", "MPO"):
        image.draft("RGB", (MAX_STORED_SIDE, MAX_STORED_SIDE))  # large JPEGs are decoded at a fraction
    image.load()
    turn = turn_of(image)
    if image.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):
        _shrink(image)
    rgb = to_rgb(image)
    _shrink(rgb)
    return rgb if turn is None else rgb.transpose(turn)


def _shrink(image: Image.Image) -> None:
    image.thumbnail((MAX_STORED_SIDE, MAX_STORED_SIDE), Image.Resampling.LANCZOS, reducing_gap=3)


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    try:
        converted = ImageCms.profileToProfile(
            image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except ImageCms.PyCMSError:  # a broken or foreign profile: the plain conversion is close enough
        return image
    return converted if converted is not None else image


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")
