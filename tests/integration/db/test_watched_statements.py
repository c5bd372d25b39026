"""Statements between the two points of a write."""

import gc
import warnings

import pytest

from config.failpoints import Write
from db.pool import Database
from tests.integration.training.dying import Died, Dying


async def test_a_death_before_a_statement_leaves_none_that_nobody_waits_for(database_dsn: str) -> None:
    async with await Database.connect(database_dsn, failpoints=Dying(Write.DRAFT_CHANGE, "before")) as db:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            with pytest.raises(Died):
                await db.writing(Write.DRAFT_CHANGE).fetchval("SELECT 1")
            gc.collect()
        assert [str(warning.message) for warning in warned if "never awaited" in str(warning.message)] == []
        assert await db.writing(Write.DRAFT_CHANGE).fetchval("SELECT 1") == 1
