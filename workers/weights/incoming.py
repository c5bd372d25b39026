"""Takes in what a training brought: fetched to a file, found in its archive, checked to be a LoRA, digested.

Weights are of 20 to 350 MB: at no time are they whole in memory.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workers.backends.base import Trained
from workers.downloads import DownloadRefused, Downloads, Refusal
from workers.downloads.media_types import SAFETENSORS, TAR, ZIP, sniff
from workers.weights.archives import opened_weights
from workers.weights.errors import WeightsFault, WeightsRefused
from workers.weights.lora import NotALora, rank_of
from workers.weights.safetensors import BrokenSafetensors, read_header

LARGEST_WEIGHTS = 512 * 1024 * 1024
"""Bytes of a LoRA."""
_LARGEST_ARCHIVE = LARGEST_WEIGHTS + 64 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_SNIFFED_BYTES = 512
_REFUSED = {
    Refusal.TOO_LARGE: WeightsFault.TOO_LARGE,
    Refusal.WRONG_TYPE: WeightsFault.BROKEN_ARCHIVE,
    Refusal.EMPTY: WeightsFault.BROKEN_ARCHIVE,
}


@dataclass(frozen=True, slots=True)
class CheckedLora:
    """A LoRA in a file of its own."""

    path: Path
    size_bytes: int
    sha256: bytes
    """32 bytes."""
    rank: int
    metadata: Mapping[str, str]


async def bring(trained: Trained, downloads: Downloads, folder: Path) -> CheckedLora:
    """The LoRA of a training as a file in an empty folder, which the caller deletes.

    Raises WeightsRefused (final), DownloadRefused (final), DownloadFailed (passing).
    """
    delivered = folder / "delivered"
    if trained.url:
        try:
            await downloads.fetch_to_file(
                trained.url,
                delivered,
                limit_bytes=_LARGEST_ARCHIVE,
                accept=frozenset({SAFETENSORS, TAR, ZIP}),
            )
        except DownloadRefused as refused:
            fault = _REFUSED.get(refused.code)
            if fault is None:
                raise
            raise WeightsRefused(fault, refused.message) from refused
    else:
        await asyncio.to_thread(delivered.write_bytes, trained.content)
    return await asyncio.to_thread(check, delivered, folder / "lora.safetensors")


def check(delivered: Path, lora: Path, *, limit_bytes: int = LARGEST_WEIGHTS) -> CheckedLora:
    """Check a safetensors file, or the one in a tar or zip, and leave it as a file of its own; not for the event loop.

    What was delivered is used up. Raises WeightsRefused; then neither file is left.
    """
    try:
        with delivered.open("rb") as file:
            media_type = sniff(file.read(_SNIFFED_BYTES))
            file.seek(0)
            if media_type is None:
                raise WeightsRefused(WeightsFault.BROKEN_ARCHIVE, "neither weights nor an archive")
            if media_type != SAFETENSORS:
                with opened_weights(file, media_type) as packed:
                    _copy(packed, lora, limit_bytes)
        if media_type == SAFETENSORS:
            delivered.rename(lora)
        return _checked(lora, limit_bytes)
    except WeightsRefused:
        lora.unlink(missing_ok=True)
        raise
    finally:
        delivered.unlink(missing_ok=True)


def _copy(packed: IO[bytes], lora: Path, limit_bytes: int) -> None:
    """Write out what is packed; the bytes that come are counted, whatever the archive says of their number."""
    size = 0
    with lora.open("wb") as file:
        while piece := packed.read(_PIECE_BYTES):
            size += len(piece)
            if size > limit_bytes:
                raise WeightsRefused(WeightsFault.TOO_LARGE, f"more than {limit_bytes} bytes")
            file.write(piece)


def _checked(lora: Path, limit_bytes: int) -> CheckedLora:
    size = lora.stat().st_size
    if size > limit_bytes:
        raise WeightsRefused(WeightsFault.TOO_LARGE, f"{size} bytes where {limit_bytes} may come")
    with lora.open("rb") as file:
        try:
            header = read_header(file, size)
            rank = rank_of(header.tensors)
        except (BrokenSafetensors, NotALora) as fault:
            raise WeightsRefused(WeightsFault.NOT_A_LORA, str(fault)) from fault
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").digest()
    return CheckedLora(lora, size, digest, rank, header.metadata)
