"""Work beside the rest goes on, whatever goes wrong, and what goes wrong is said once."""

import asyncio
from collections.abc import Sequence

import pytest
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from services.repeated import keep_repeating


class Work:
    """Ends as it is told, time after time; after the last one it is seen that everything was done."""

    def __init__(self, ends: Sequence[Exception | None]) -> None:
        self._ends = list(ends)
        self.is_done = asyncio.Event()

    async def do(self) -> None:
        if not self._ends:
            self.is_done.set()
        elif (fault := self._ends.pop(0)) is not None:
            raise fault


async def said(ends: Sequence[Exception | None]) -> list[str]:
    """What was logged until all of it was done."""
    work = Work(ends)
    with capture_logs() as logs:
        repeating = asyncio.create_task(keep_repeating("work", work.do, 0))
        await asyncio.wait_for(work.is_done.wait(), 10)
        repeating.cancel()
        with pytest.raises(asyncio.CancelledError):
            await repeating
    return [entry["event"] for entry in logs]


async def test_what_is_away_is_said_once_and_waited_for():
    assert await said([RedisError("gone"), RedisError("gone"), OSError("gone")]) == ["work.interrupted"]


async def test_a_mistake_of_ours_ends_nothing():
    assert await said([ValueError("ours"), ValueError("ours")]) == ["work.broken"]


async def test_it_is_said_again_after_it_was_well_in_between():
    assert await said([RedisError("gone"), None, RedisError("gone")]) == ["work.interrupted"] * 2
