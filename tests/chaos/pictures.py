"""Pictures that say which call made them, in their bytes and in their pixels.

Telegram encodes every photo anew and drops its metadata: what a chat shows can be traced back only by what the
picture shows. Each bit is a square of black or white as large as two JPEG blocks, which survives any quality.
"""

import hashlib
import io
from dataclasses import dataclass
from uuid import UUID

from PIL import Image

CELL = 16
"""Pixels of a bit's side."""
COLUMNS, ROWS = 16, 10
"""Of bits: 16 bytes of the call's id, 1 of the index, 3 of a checksum."""
WIDTH, HEIGHT = COLUMNS * CELL, ROWS * CELL
"""Pixels of every picture."""
_CHECK_BYTES = 3


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a picture came from: a vendor's call, and its place among that call's pictures, from 0."""

    call_id: UUID
    index: int


def paint(origin: Origin) -> bytes:
    """The one JPEG of this origin, always the same bytes."""
    body = origin.call_id.bytes + bytes([origin.index])
    bits = f"{int.from_bytes(body + _checksum(body), 'big'):0{COLUMNS * ROWS}b}"
    plan = Image.new("L", (COLUMNS, ROWS))
    plan.putdata([255 * int(bit) for bit in bits])
    buffer = io.BytesIO()
    plan.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST).convert("RGB").save(
        buffer, "JPEG", quality=90, comment=f"{origin.call_id}/{origin.index}".encode()
    )
    return buffer.getvalue()


def read_origin(content: bytes) -> Origin | None:
    """Which call made a picture, however often it was encoded anew; None for any other picture."""
    with Image.open(io.BytesIO(content)) as image:
        plan = image.convert("L").resize((COLUMNS, ROWS), Image.Resampling.BOX)
    bits = "".join("1" if value > 127 else "0" for value in plan.tobytes())
    whole = int(bits, 2).to_bytes(COLUMNS * ROWS // 8, "big")
    body, check = whole[:-_CHECK_BYTES], whole[-_CHECK_BYTES:]
    if check != _checksum(body):
        return None
    return Origin(UUID(bytes=body[:16]), body[16])


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
