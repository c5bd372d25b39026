"""What goes through the pipes between a worker and the process that looks: lengths, then bytes."""

import json
import struct
from enum import StrEnum
from typing import Any, BinaryIO

from services.photos.figures import PhotoFigures, PortraitFigures, embedding_from_bytes, embedding_to_bytes
from workers.eyes.errors import UnreadablePhoto

LENGTH = struct.Struct(">I")
MAX_FRAME_BYTES = 64 * 1024 * 1024


class Question(StrEnum):
    """What is asked of a picture."""

    PHOTO = "photo"
    """All that is to be known of a photo: PhotoFigures."""
    PORTRAIT = "portrait"
    """Whom a finished portrait shows: PortraitFigures."""


Figures = PhotoFigures | PortraitFigures
"""What is said of a picture, each to its question."""


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


def request(question: Question, content: bytes) -> bytes:
    """Two frames: what is asked, and the picture."""
    return framed(question.encode()) + framed(content)


def read_request(stream: BinaryIO) -> tuple[Question, bytes] | None:
    """What request made of two frames, or None where the other side has closed."""
    question, content = read_frame(stream), read_frame(stream)
    return None if question is None or content is None else (Question(question.decode()), content)


def answer(seen: Figures | UnreadablePhoto, peak_mb: float) -> bytes:
    """Two frames: a record, and the embedding or nothing."""
    record: dict[str, Any] = {"peak_mb": peak_mb}
    match seen:
        case UnreadablePhoto():
            return framed(json.dumps({**record, "unreadable": str(seen)}).encode()) + framed(b"")
        case PhotoFigures():
            record["figures"] = seen.to_json()
        case PortraitFigures():
            record["portrait"] = {"sharpness": seen.sharpness}
    embedding = b"" if seen.embedding is None else embedding_to_bytes(seen.embedding)
    return framed(json.dumps(record).encode()) + framed(embedding)


def read_answer(record: bytes, embedding: bytes) -> tuple[Figures | UnreadablePhoto, float]:
    """What answer made of two frames."""
    fields = json.loads(record)
    if "unreadable" in fields:
        return UnreadablePhoto(fields["unreadable"]), fields["peak_mb"]
    if "portrait" in fields:
        numbers = embedding_from_bytes(embedding) if embedding else None
        return PortraitFigures(**fields["portrait"], embedding=numbers), fields["peak_mb"]
    return PhotoFigures.from_json(fields["figures"], embedding or None), fields["peak_mb"]
