"""The process that looks: started late, gone early, and a photo that harms it harms nothing else."""

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from services.photo_figures import PhotoFigures
from services.photo_verdicts import VerdictCode, judge_alone
from tests.conftest import ROOT
from tests.integration.eyes.pictures import PHOTOS, encoded, portraits
from workers.eyes.errors import EyesFailed, UnreadablePhoto
from workers.eyes.eyes import Eyes

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


async def started(eyes: Eyes) -> int:
    """The id of the process, as soon as there is one."""
    while eyes.pid is None:  # noqa: ASYNC110 - nobody else needs to be told of it
        await asyncio.sleep(0.001)
    return eyes.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_nothing_runs_before_the_first_photo_and_after_the_last(eyes: Eyes) -> None:
    assert eyes.pid is None
    await eyes.look(HOPPER)
    pid = eyes.pid
    assert pid is not None
    await eyes.aclose()
    assert eyes.pid is None
    assert not alive(pid)
    with pytest.raises(EyesFailed):
        await eyes.look(HOPPER)


@pytest.mark.parametrize(
    "content",
    [b"", b"rubbish", HOPPER[:2000], bomb(), animation(), b"\x00\x00\x00\x18ftypheic" + bytes(400)],
    ids=["nothing", "rubbish", "torn", "bomb", "animation", "broken heic"],
)
async def test_what_is_no_photo_is_told_and_harms_nothing(eyes: Eyes, content: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        await eyes.look(content)
    pid = eyes.pid
    assert (await eyes.look(HOPPER)).faces
    assert eyes.pid == pid, "the same process went on"


async def test_heic_of_too_many_pixels_is_not_decoded(eyes: Eyes) -> None:
    with pytest.raises(UnreadablePhoto, match="7000x6000"):
        await eyes.look((PHOTOS / "large.heic").read_bytes())


async def test_odd_pictures_are_measured_all_the_same(eyes: Eyes) -> None:
    dot = await eyes.look(encoded(Image.new("RGB", (1, 1)), "PNG"))
    assert (dot.width, dot.height, dot.faces) == (1, 1, ())
    assert judge_alone(dot).code is VerdictCode.TOO_SMALL
    hair = await eyes.look(encoded(Image.new("L", (3000, 2)), "PNG"))
    assert hair.faces == ()
    portrait = portraits()[0].image
    for image, image_format in ((portrait.convert("CMYK"), "JPEG"), (portrait.convert("RGBA"), "PNG")):
        assert len((await eyes.look(encoded(image, image_format))).faces) == 1


async def test_who_is_killed_in_the_middle_costs_one_try_and_the_next_photo_is_seen(eyes: Eyes) -> None:
    first = asyncio.ensure_future(eyes.look(HOPPER))
    waiting = asyncio.ensure_future(eyes.look(HOPPER))
    os.kill(await started(eyes), signal.SIGKILL)
    with pytest.raises(EyesFailed):
        await first
    assert (await waiting).faces


async def test_a_photo_that_takes_too_long_is_given_up_and_the_next_is_seen() -> None:
    eyes = Eyes(seconds_a_photo=8)
    try:
        await eyes.look(HOPPER)
        stuck = eyes.pid
        assert stuck is not None
        os.kill(stuck, signal.SIGSTOP)
        with pytest.raises(EyesFailed, match="TimeoutError"):
            await eyes.look(HOPPER)
        assert (await eyes.look(HOPPER)).faces
        assert eyes.pid != stuck
    finally:
        await eyes.aclose()
    assert not alive(stuck)


async def test_a_caller_who_goes_away_does_not_get_the_answers_mixed_up(eyes: Eyes) -> None:
    gone = asyncio.ensure_future(eyes.look(HOPPER))
    await started(eyes)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert (await eyes.look(encoded(Image.new("RGB", (800, 600), "teal")))).faces == ()


async def test_many_callers_at_once_each_get_their_own_photo(eyes: Eyes) -> None:
    sizes = [(600 + 10 * number, 700) for number in range(8)]
    seen = await asyncio.gather(*(eyes.look(encoded(Image.new("RGB", size, "teal"))) for size in sizes))
    assert [(figures.width, figures.height) for figures in seen] == sizes


async def test_after_so_many_photos_a_fresh_process_looks() -> None:
    eyes = Eyes(photos_a_process=2)
    pids = set()
    try:
        for _ in range(3):
            await eyes.look(HOPPER)
            pids.add(eyes.pid)
        assert len(pids) == 3, "the first process, none after its second photo, then another"
        assert None in pids
    finally:
        await eyes.aclose()


async def test_who_has_nothing_to_look_at_goes() -> None:
    eyes = Eyes(idle_seconds=0.01)
    try:
        assert (await eyes.look(HOPPER)).faces
        while eyes.pid is not None:  # noqa: ASYNC110 - it goes by itself
            await asyncio.sleep(0.01)
        assert (await eyes.look(HOPPER)).faces
    finally:
        await eyes.aclose()


async def test_memory_stays_bounded(eyes: Eyes) -> None:
    await eyes.look(encoded(Image.new("RGB", (8000, 6000), "teal"), "PNG"))
    assert 100 < eyes.peak_mb < 500


async def test_the_same_photo_gives_the_same_figures_in_another_process(eyes: Eyes) -> None:
    other = Eyes()
    try:
        one, two = await asyncio.gather(eyes.look(HOPPER), other.look(HOPPER))
    finally:
        await other.aclose()
    assert isinstance(one, PhotoFigures)
    assert one == two


def test_who_asks_loads_no_library_of_pictures() -> None:
    program = "import sys, workers.eyes.eyes; assert not {'cv2', 'numpy', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
