"""What strangers send, to one process: it is measured or refused, and harms nothing."""

import asyncio
import io
import struct
import zlib

import pytest
from PIL import Image

from services.photos.verdicts import VerdictCode, judge_alone
from tests.integration.eyes.pictures import PHOTOS, encoded, portraits
from workers.eyes.errors import UnreadablePhoto
from workers.eyes.eyes import RECYCLED_ABOVE_MB, Eyes

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOPPER = (PHOTOS / "hopper.jpg").read_bytes()


def bomb() -> bytes:
    """A PNG of 60000 × 60000 pixels in a few bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b""))
    boxes = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(boxes)


def animation() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (300, 300), color) for color in ("red", "blue", "green")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"rubbish", HOPPER[:2000], bomb(), animation(), b"\x00\x00\x00\x18ftypheic" + bytes(400)],
    ids=["nothing", "rubbish", "torn", "bomb", "animation", "broken heic"],
)
async def test_what_is_no_photo_is_told_and_harms_nothing(shared_eyes: Eyes, content: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        await shared_eyes.look(content)
    pid = shared_eyes.pid
    assert (await shared_eyes.look(HOPPER)).faces
    assert shared_eyes.pid == pid, "the same process went on"


async def test_heic_of_too_many_pixels_is_not_decoded(shared_eyes: Eyes) -> None:
    with pytest.raises(UnreadablePhoto, match="7000x6000"):
        await shared_eyes.look((PHOTOS / "large.heic").read_bytes())


async def test_odd_pictures_are_measured_all_the_same(shared_eyes: Eyes) -> None:
    dot = await shared_eyes.look(encoded(Image.new("RGB", (1, 1)), "PNG"))
    assert (dot.width, dot.height, dot.faces) == (1, 1, ())
    assert judge_alone(dot).code is VerdictCode.TOO_SMALL
    hair = await shared_eyes.look(encoded(Image.new("L", (3000, 2)), "PNG"))
    assert hair.faces == ()
    portrait = portraits()[0].image
    for image, image_format in ((portrait.convert("CMYK"), "JPEG"), (portrait.convert("RGBA"), "PNG")):
        assert len((await shared_eyes.look(encoded(image, image_format))).faces) == 1


async def test_many_callers_at_once_each_get_their_own_photo(shared_eyes: Eyes) -> None:
    sizes = [(600 + 10 * number, 700) for number in range(8)]
    seen = await asyncio.gather(*(shared_eyes.look(encoded(Image.new("RGB", size, "teal"))) for size in sizes))
    assert [(figures.width, figures.height) for figures in seen] == sizes


async def test_memory_stays_bounded(shared_eyes: Eyes) -> None:
    await shared_eyes.look(encoded(Image.new("RGB", (8000, 6000), "teal"), "PNG"))
    assert 100 < shared_eyes.peak_mb < RECYCLED_ABOVE_MB, "a process that took more would be replaced"
