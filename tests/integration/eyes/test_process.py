"""The process that looks: started late, gone early, and a photo that harms it harms nothing else."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from services.photos.figures import PhotoFigures
from services.photos.likeness import distance
from tests.conftest import ROOT
from tests.integration.eyes.pictures import PHOTOS, encoded
from workers.eyes.errors import EyesFailed
from workers.eyes.eyes import Eyes

HOPPER = (PHOTOS / "hopper.jpg").read_bytes()


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


async def test_the_same_photo_gives_the_same_figures_in_another_process(eyes: Eyes) -> None:
    other = Eyes()
    try:
        one, two = await asyncio.gather(eyes.look(HOPPER), other.look(HOPPER))
    finally:
        await other.aclose()
    assert isinstance(one, PhotoFigures)
    assert one == two


async def test_a_portrait_is_looked_at_by_the_same_process_as_photos(eyes: Eyes) -> None:
    photo, portrait = await asyncio.gather(eyes.look(HOPPER), eyes.look_at_portrait(HOPPER))
    assert photo.embedding is not None
    assert portrait.embedding is not None
    assert distance(photo.embedding, portrait.embedding) < 0.2, "the same person, seen more calmly"
    assert portrait.sharpness == pytest.approx(photo.sharpness, abs=0.001)


async def test_a_portrait_without_a_face_has_no_embedding(eyes: Eyes) -> None:
    assert (await eyes.look_at_portrait(encoded(Image.new("RGB", (800, 600), "teal")))).embedding is None


def test_who_asks_loads_no_library_of_pictures() -> None:
    program = "import sys, workers.eyes.eyes; assert not {'cv2', 'numpy', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
