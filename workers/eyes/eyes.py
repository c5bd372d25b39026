"""Photos are looked at in a process of its own, which is started when the first one comes."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from services.photos.figures import PhotoFigures, PortraitFigures
from workers.eyes.errors import EyesFailed, UnreadablePhoto
from workers.eyes.frames import LENGTH, MAX_FRAME_BYTES, Figures, Question, read_answer, request

SECONDS_A_PHOTO = 60.0
"""Longer than any photo takes, the start of the process with it: about a second on an idle machine."""
IDLE_SECONDS = 60.0
"""After this time without a photo the process goes and gives its memory back."""
PHOTOS_A_PROCESS = 500
RECYCLED_ABOVE_MB = 600.0
"""A process that ever took so much memory is replaced after that photo."""

_ROOT = Path(__file__).parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
"""Of the environment; secrets are no business of a program that decodes strangers' files."""


class Eyes:
    """Measures photos, one at a time; who comes while one is looked at waits in turn."""

    def __init__(
        self,
        *,
        seconds_a_photo: float = SECONDS_A_PHOTO,
        idle_seconds: float = IDLE_SECONDS,
        photos_a_process: int = PHOTOS_A_PROCESS,
    ) -> None:
        self._seconds_a_photo = seconds_a_photo
        self._idle_seconds = idle_seconds
        self._photos_a_process = photos_a_process
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._leaving: set[asyncio.Task[int]] = set()
        self._idle: asyncio.TimerHandle | None = None
        self._looked_at = 0
        self._closed = False
        self.peak_mb = 0.0
        """The most memory that any process of these eyes said it took."""

    @property
    def pid(self) -> int | None:
        """The process that looks, or None where there is none now."""
        return self._process.pid if self._process is not None else None

    async def look(self, content: bytes) -> PhotoFigures:
        """Measure a photo (JPEG, PNG, WebP, HEIC).

        Raises UnreadablePhoto for bytes that are no photo, and EyesFailed where the process died or took too long:
        the next photo gets a fresh one.
        """
        seen = await self._seen(Question.PHOTO, content)
        assert isinstance(seen, PhotoFigures)
        return seen

    async def look_at_portrait(self, content: bytes) -> PortraitFigures:
        """Measure whom a finished portrait shows, more closely than `look` does. Raises as `look` does."""
        seen = await self._seen(Question.PORTRAIT, content)
        assert isinstance(seen, PortraitFigures)
        return seen

    async def aclose(self) -> None:
        """Wait for the photo in hand, then end the process. Those that wait behind it hear EyesFailed."""
        self._closed = True
        async with self._turn:
            self._leave()
        await asyncio.gather(*self._leaving)

    async def _seen(self, question: Question, content: bytes) -> Figures:
        if len(content) > MAX_FRAME_BYTES:
            raise UnreadablePhoto(f"{len(content)} bytes")
        async with self._turn:
            if self._closed:
                raise EyesFailed("closed")
            self._stop_idling()
            answered = False
            try:
                async with asyncio.timeout(self._seconds_a_photo):
                    process = await self._opened()
                    seen, peak_mb = await _ask(process, question, content)
                answered = True
            except (OSError, asyncio.IncompleteReadError) as fault:  # TimeoutError is an OSError
                raise EyesFailed(type(fault).__name__) from fault
            finally:
                if not answered:  # also where the caller was cancelled: the answer would be taken for the next photo's
                    self._kill()
            self._after(peak_mb)
        if isinstance(seen, UnreadablePhoto):
            raise seen
        return seen

    async def _opened(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "workers.eyes",
                stdin=PIPE,
                stdout=PIPE,
                cwd=_ROOT,
                env={
                    **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    "OPENBLAS_NUM_THREADS": "1",  # numpy's threads are never used here, but take memory
                },
            )
            self._looked_at = 0
        return self._process

    def _after(self, peak_mb: float) -> None:
        """Replace a process that has done enough, or let it go when nothing more comes."""
        self._looked_at += 1
        self.peak_mb = max(self.peak_mb, peak_mb)
        if self._looked_at >= self._photos_a_process or peak_mb > RECYCLED_ABOVE_MB:
            self._leave()
        else:
            self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._leave)

    def _leave(self) -> None:
        """Close the process's input: it ends by itself."""
        self._stop_idling()
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            self._await_end(process)

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            self._await_end(process)

    def _await_end(self, process: Process) -> None:
        end = asyncio.ensure_future(process.wait())
        self._leaving.add(end)
        end.add_done_callback(self._leaving.discard)

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


async def _ask(process: Process, question: Question, content: bytes) -> tuple[Figures | UnreadablePhoto, float]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request(question, content))
    await process.stdin.drain()
    record, embedding = [await _frame(process.stdout) for _ in range(2)]
    return read_answer(record, embedding)


async def _frame(stream: asyncio.StreamReader) -> bytes:
    return await stream.readexactly(LENGTH.unpack(await stream.readexactly(LENGTH.size))[0])
