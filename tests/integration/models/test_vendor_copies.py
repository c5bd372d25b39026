"""What lies at vendors is deleted there, however long that takes; what cannot be deleted is told of."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from services.models.vendor_copies import VendorCopies
from tests.integration.models.conftest import ANNA
from workers.backends.base import BackendUnreachable
from workers.vendor_copies import delete_due

pytestmark = pytest.mark.asyncio


@dataclass
class Vendor:
    """Deletes what it is asked to, after so many times of not being there."""

    deletes: bool = True
    away: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def delete_copy(self, kind: str, vendor_id: str) -> bool:
        self.asked.append((kind, vendor_id))
        if self.away:
            self.away -= 1
            raise BackendUnreachable("no route")
        return self.deletes


@pytest.fixture
def copies(house) -> VendorCopies:
    return VendorCopies(house.db)


async def states(house) -> list[tuple[str, str]]:
    rows = await house.db.reading.fetch("""SELECT state, vendor_id FROM "VendorCopy" ORDER BY copy_id""")
    return [tuple(row) for row in rows]


async def test_what_is_deleted_keeps_no_name_and_what_stays_keeps_it_with_the_reason(house, copies, owning, anna):
    gone = await owning.copy(None, "replicate", "model", "owner/name:1", "doomed")
    await owning.copy(None, "runware", "model", "air:1", "doomed")
    replicate, runware = Vendor(), Vendor(deletes=False)
    assert await delete_due(copies, {"replicate": replicate, "runware": runware}) == 2
    assert replicate.asked == [("model", "owner/name:1")]
    assert await states(house) == [("deleted", f"deleted-{gone}"), ("stays", "air:1")]
    assert await house.db.reading.fetchval("""SELECT error FROM "VendorCopy" WHERE state = 'stays'""")
    assert await delete_due(copies, {"replicate": replicate, "runware": runware}) == 0, "each is asked for once"


async def test_what_nobody_has_a_use_for_goes_and_what_is_in_use_stays(house, copies, owning, anna):
    owned = await owning.train(ANNA)
    training = await owning.train(ANNA, status="training", task_status="running", trigger="bbbb2222")
    await owning.copy(owned.version_id, "replicate", "model", "in use")
    await owning.copy(owned.version_id, "replicate", "photos", "photos of what is over")
    await owning.copy(training.version_id, "replicate", "photos", "photos in use")
    await owning.copy(None, "replicate", "model", "orphan")
    vendor = Vendor()
    assert await delete_due(copies, {"replicate": vendor}) == 2
    assert sorted(vendor.asked) == [("model", "orphan"), ("photos", "photos of what is over")]


async def test_a_vendor_that_is_away_is_asked_again_after_pauses_that_grow(house, copies, owning, anna):
    await owning.copy(None, "replicate", "model", "m", "doomed")
    vendor = Vendor(away=3)
    for attempt in range(3):
        assert await delete_due(copies, {"replicate": vendor}) == 0
        row = await house.db.reading.fetchrow("""SELECT attempt, error, due_at - now() AS pause FROM "VendorCopy" """)
        assert (row["attempt"], row["error"]) == (attempt + 1, "no route")
        assert timedelta(minutes=2**attempt - 0.5) < row["pause"] <= timedelta(minutes=2**attempt)
        assert await delete_due(copies, {"replicate": vendor}) == 0
        assert len(vendor.asked) == attempt + 1, "not before its time"
        await house.db.reading.execute("""UPDATE "VendorCopy" SET due_at = now()""")
    await house.db.reading.execute("""UPDATE "VendorCopy" SET attempt = 100""")
    vendor.away = 1
    await delete_due(copies, {"replicate": vendor})
    pause = await house.db.reading.fetchval("""SELECT due_at - now() FROM "VendorCopy" """)
    assert timedelta(hours=11) < pause <= timedelta(hours=12), "and never gives up"
    await house.db.reading.execute("""UPDATE "VendorCopy" SET due_at = now()""")
    assert await delete_due(copies, {"replicate": vendor}) == 1


async def test_a_vendor_that_is_not_set_up_any_more_waits_until_it_is(house, copies, owning, anna):
    await owning.copy(None, "replicate", "model", "m", "doomed")
    assert await delete_due(copies, {}) == 0
    assert await states(house) == [("doomed", "m")]


async def test_two_workers_never_ask_for_the_same_at_once(copies, owning, anna):
    for number in range(4):
        await owning.copy(None, "replicate", "model", f"m{number}", "doomed")
    first, second = await copies.claim(), await copies.claim()
    assert len(first) == 4
    assert second == []


async def test_a_fault_of_ours_over_one_copy_takes_neither_the_others_nor_the_worker(house, copies, owning, anna):
    class Broken(Vendor):
        async def delete_copy(self, kind: str, vendor_id: str) -> bool:
            raise KeyError(vendor_id)

    await owning.copy(None, "replicate", "model", "m", "doomed")
    await owning.copy(None, "runware", "model", "n", "doomed")
    assert await delete_due(copies, {"replicate": Broken(), "runware": Vendor()}) == 1
    row = await house.db.reading.fetchrow("""SELECT state, error, due_at > now() AS later FROM "VendorCopy" """)
    assert tuple(row) == ("doomed", "our fault: KeyError", True)
