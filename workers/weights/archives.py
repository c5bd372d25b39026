"""Finds the weights in an archive without unpacking it: no path in it is ever used, and no size in it is believed."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from workers.weights.errors import WeightsFault, WeightsRefused

ENDING = ".safetensors"
_MOST_ENTRIES = 1_000
_MOST_AT_ONCE = 8 * 1024 * 1024
"""Bytes that an archive's own headers may make its reader hold."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Of the others one takes as much memory as its header names, and one reports broken data as a broken disk."""
_FAULTS = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def opened_weights(file: IO[bytes], media_type: str) -> Iterator[IO[bytes]]:
    """The first safetensors file of a tar or zip, to be read once from its beginning. Raises WeightsRefused."""
    bounded = _Bounded(file)
    try:
        match media_type:
            case "application/x-tar":
                with tarfile.open(fileobj=bounded, mode="r:") as tar:
                    yield _in_tar(tar)
            case "application/zip":
                with zipfile.ZipFile(bounded) as archive, _in_zip(archive) as weights:
                    yield weights
            case _:
                raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, f"{media_type} is no archive of ours")
    except _FAULTS as error:
        raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, f"{type(error).__name__}: {error}"[:300]) from error


def _in_tar(tar: tarfile.TarFile) -> IO[bytes]:
    for number, entry in enumerate(tar):
        if number >= _MOST_ENTRIES:
            break
        # A link would name a file of somebody's choice.
        if entry.isreg() and not entry.issparse() and entry.name.endswith(ENDING):
            weights = tar.extractfile(entry)
            if weights is not None:
                return weights
    raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, "the archive holds no weights")


def _in_zip(archive: zipfile.ZipFile) -> IO[bytes]:
    for entry in archive.infolist()[:_MOST_ENTRIES]:
        if not entry.is_dir() and entry.filename.endswith(ENDING):
            if entry.compress_type not in _PACKED:
                raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, f"packed by method {entry.compress_type}")
            return archive.open(entry)
    raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, "the archive holds no weights")


class _Bounded(io.BufferedIOBase):
    """A file of which nobody reads much at once, whatever lengths its headers name."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        is_open_end = size is None or size < 0
        content = self._file.read(_MOST_AT_ONCE + 1 if is_open_end else min(size or 0, _MOST_AT_ONCE + 1))
        if len(content) > _MOST_AT_ONCE:
            raise ValueError("it names too great a length")
        return content

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
