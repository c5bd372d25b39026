"""A storage that is full or silent for a while: what is paid for waits for it, and the broom goes on."""

import asyncio
from pathlib import Path

import pytest
from arq import ArqRedis

from repository.marks import MarkRepository
from repository.tasks import TaskStatus
from services.erasable import ErasableFiles
from services.erasures import Erasures
from tests.integration.training.conftest import PRICE, TrainingHouse
from workers import erase


async def test_weights_that_cannot_be_stored_for_a_while_are_not_lost(house: TrainingHouse, tmp_path: Path) -> None:
    in_the_way = tmp_path / "weights"
    in_the_way.write_bytes(b"")
    await house.asked(await house.person())
    for _ in range(4):
        assert (await house.run()).status is TaskStatus.QUEUED
    in_the_way.unlink()
    assert (await house.run()).status is TaskStatus.COMPLETED
    assert house.vendor.kinds == ["train"]
    assert await house.spent() == (0, PRICE)


async def test_the_broom_outlives_a_storage_that_erases_nothing_now(
    house: TrainingHouse, arq: ArqRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "INTERVAL", 0.01)
    in_the_way = tmp_path / "training"
    in_the_way.write_bytes(b"")
    marks = MarkRepository(house.db.reading)
    await marks.note_erasable(["training/of-somebody.jpg"])
    erasures = Erasures(house.db, house.tasks, house.storage, arq, "test")
    broom = asyncio.create_task(erase.keep_erasing(erasures, ErasableFiles(house.db, house.storage)))
    await asyncio.wait({broom}, timeout=0.5)
    assert not broom.done(), "it took the worker with it, and every task in its hands"
    in_the_way.unlink()
    async with asyncio.timeout(20):
        while await marks.get_erasable(1, ""):
            await asyncio.wait({broom}, timeout=0.02)
    broom.cancel()
