"""What goes through the pipes between a worker and the process that looks: lengths, then bytes."""

import json
import struct
from typing import Any, BinaryIO

from services.photos.figures import PhotoFigures, embedding_to_bytes
from workers.eyes.errors import UnreadablePhoto

LENGTH = struct.Struct(">I")
MAX_FRAME_BYTES = 64 * 1024 * 1024


def framed(content: bytes) -> bytes:
    """The bytes with their length before them."""
    return LENGTH.pack(len(content)) + content


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, or None where the other side has closed."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = LENGTH.unpack(head)[0]
    content = stream.read(length)
    return content if len(content) == length else None


def answer(seen: PhotoFigures | UnreadablePhoto, peak_mb: float) -> bytes:
    """Two frames: a record, and the embedding or nothing."""
    record: dict[str, Any] = {"peak_mb": peak_mb}
    if isinstance(seen, UnreadablePhoto):
        return framed(json.dumps({**record, "unreadable": str(seen)}).encode()) + framed(b"")
    embedding = b"" if seen.embedding is None else embedding_to_bytes(seen.embedding)
    return framed(json.dumps({**record, "figures": seen.to_json()}).encode()) + framed(embedding)


def read_answer(record: bytes, embedding: bytes) -> tuple[PhotoFigures | UnreadablePhoto, float]:
    """What answer made of two frames."""
    fields = json.loads(record)
    if "unreadable" in fields:
        return UnreadablePhoto(fields["unreadable"]), fields["peak_mb"]
    return PhotoFigures.from_json(fields["figures"], embedding or None), fields["peak_mb"]
