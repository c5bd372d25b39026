"""Solids for tests: stored as a worker stores them, with a picture that turns and its first frame."""

import hashlib
import io
import json
import struct
from uuid import uuid4

from PIL import Image

from config.failpoints import Write
from repository.files import NewFile
from services.storage import Storage

SIDE = 96
"""Pixels of the moving picture."""


def glb(padding: int = 0) -> bytes:
    """The smallest binary glTF: a scene of nothing. padding: bytes more."""
    said = json.dumps({"asset": {"version": "2.0", "extras": "x" * padding}}).encode()
    said += b" " * (-len(said) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(said), len(said), 0x4E4F534A) + said


def turning(frames: int = 4) -> bytes:
    """An animated GIF."""
    pictures = [Image.new("P", (SIDE, SIDE), place * 40 + 10) for place in range(frames)]
    for place, picture in enumerate(pictures):
        picture.putpalette([channel for level in range(256) for channel in (level, place * 60 % 256, 255 - level)])
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0)
    return out.getvalue()


async def store_solid(storage: Storage, *, size_bytes: int | None = None) -> NewFile:
    """A solid in the storage. size_bytes: what its row says, where a test needs a heavy one."""
    file_id, content = uuid4(), glb()
    poster = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), "teal").save(poster, "JPEG")
    file = NewFile(
        file_id=file_id,
        storage_key=f"outputs/{file_id}.glb",
        thumbnail_key=f"outputs/{file_id}.thumb.jpg",
        preview_key=f"outputs/{file_id}.turn.gif",
        media_type="model/gltf-binary",
        width=SIDE,
        height=SIDE,
        size_bytes=size_bytes or len(content),
        sha256=hashlib.sha256(content).digest(),
        seed=1,
    )
    for key, part in zip(file.keys, (content, poster.getvalue(), turning()), strict=True):
        await storage.put(Write.OUTPUT_STORE, key, part)
    return file
