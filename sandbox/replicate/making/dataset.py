"""Reading a training's zip, as the trainer does: at least one picture, and captions beside them."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from sandbox.replicate.making.painting import open_picture
from sandbox.replicate.problems import TaskFailed

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_MOST_BYTES = 500 * 1024 * 1024


def count_pictures(archive: bytes) -> int:
    """Return how many pictures a zip holds; each is really decoded. Raises TaskFailed where one cannot be."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise TaskFailed("The archive is too large")
            pictures = [entry for entry in entries if _is_picture(entry.filename)]
            for entry in pictures:
                open_picture(opened.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise TaskFailed(f"Could not open input_images: {error}") from error
    if not pictures:
        raise TaskFailed("No images found in input_images")
    return len(pictures)


def _is_picture(name: str) -> bool:
    path = PurePosixPath(name)
    # macOS puts a shadow of every file into its archives.
    return path.suffix.lower() in _PICTURES and "__MACOSX" not in path.parts
