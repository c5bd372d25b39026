"""Photos looked at for a model: how many a second, what each part of it takes, how much memory."""

import asyncio
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from tests.bench.house import BenchHouse
from tests.bench.photo import STORED, TELEGRAM, portrait
from tests.bench.report import Row
from workers.eyes.decoding import decode
from workers.eyes.eyes import Eyes
from workers.eyes.light import WHOLE_SIDE, light, looks, sharpness
from workers.eyes.looking import Looking

PHOTOS = 40
ROUNDS = 10


async def analysis(house: BenchHouse) -> Row:
    """Many photos asked for at once, of both sizes; then each part alone, in this process."""
    sent, stored = portrait(TELEGRAM), portrait(STORED)
    eyes = Eyes()
    try:
        await eyes.look(sent)
        seen = [await rate(eyes, content) for content in (sent, stored)]
        peak = eyes.peak_mb
    finally:
        await eyes.aclose()
    (sent_rate, sent_cpu), (stored_rate, stored_cpu) = seen
    said = ", ".join(f"{name} {spent:.0f}" for name, spent in parts(sent, stored).items())
    return Row(
        path="photos looked at (faces, likeness, light, sharpness, nudity), all asked for at once",
        seen=f"{sent_rate:.1f}/s of 1280 px, {stored_rate:.1f}/s of 2560 px; processor seconds a photo {sent_cpu:.2f} "
        f"and {stored_cpu:.2f}; its process {peak:.0f} MB at its peak",
        baseline=f"each part alone, ms of processor time: {said}",
        promise="≥ 4/s",
    )


async def rate(eyes: Eyes, content: bytes) -> tuple[float, float]:
    """Photos a second, and seconds of processor time a photo."""
    before, start = processor_seconds(eyes), time.perf_counter()
    await asyncio.gather(*(eyes.look(content) for _ in range(PHOTOS)))
    took = time.perf_counter() - start
    return PHOTOS / took, (processor_seconds(eyes) - before) / PHOTOS


def processor_seconds(eyes: Eyes) -> float:
    """What the process that looks has taken of all cores so far."""
    fields = Path(f"/proc/{eyes.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def parts(sent: bytes, stored: bytes) -> dict[str, float]:
    """Milliseconds of processor time of each part of a look, the median of some rounds."""
    cv2.setNumThreads(1)
    looking = Looking()
    seen = decode(sent)
    face = looking.finder.find(seen.pixels)[0]
    grey = np.asarray(cv2.cvtColor(seen.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    work: dict[str, Callable[[], object]] = {
        "decode 1280": lambda: decode(sent),
        "decode 2560": lambda: decode(stored),
        "faces": lambda: looking.finder.find(seen.pixels),
        "embedding": lambda: looking.embedder.embed(seen.pixels, face.points),
        "nudity": lambda: looking.nudity(seen),
        "light, sharpness, hash": lambda: (sharpness(grey, WHOLE_SIDE), light(grey), looks(grey)),
    }
    return {name: spent(run) for name, run in work.items()}


def spent(run: Callable[[], object]) -> float:
    """Milliseconds of this thread's processor time."""
    run()
    rounds = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        run()
        rounds.append((time.thread_time() - start) * 1000)
    return statistics.median(rounds)
