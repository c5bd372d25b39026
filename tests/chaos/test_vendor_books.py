"""The reckoning with vendors sees what it is there for: a small world in order, and one thing at a time that is not."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from tests.chaos.invariants import Books
from tests.chaos.vendor_books import Deed, Reckoning, find_violations
from tests.chaos.vendor_house import VENDORS
from tests.chaos.vendor_weather import FAULTS, Plan
from workers.results import PictureNote, tagged

TASK, CALL, OTHER_CALL = (UUID(int=number) for number in (1, 2, 3))
ANN = -1
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEED = Deed("runware", "success", made=2, blocked=0, billed_microusd=2600, seeds=(5, 6))


def picture(seed: int, backend: str = "runware") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (seed, 80, 120)).save(buffer, "JPEG")
    return tagged(buffer.getvalue(), "image/jpeg", PictureNote("a fox", None, seed, "runware:100@1", backend))


def call(call_id: UUID, state: str = "done", *, minute: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "task_id": TASK,
        "state": state,
        "step": 0,
        "backend": "runware",
        "error_code": None,
        "booked_microusd": 2600,
        "created_at": NOON.replace(minute=minute),
        **changed,
    }


def file(seed: int) -> dict[str, Any]:
    return {
        "user_id": ANN,
        "task_id": TASK,
        "kind": "output",
        "position": seed,
        "seed": seed,
        "sha256": hashlib.sha256(picture(seed)).digest(),
        "storage_key": f"{seed}.jpg",
    }


@pytest.fixture
def reckoning(tmp_path) -> Reckoning:
    """Ann has ordered two pictures of five tokens at Runware, and got both."""
    for seed in (5, 6):
        (tmp_path / f"{seed}.jpg").write_bytes(picture(seed))
    moves = (
        ("welcome", "bonus", "wallet:9", 30),
        ("hold", "wallet:9", "held:9", 10),
        ("capture", "held:9", "sales", 10),
    )
    books = Books(
        tasks={
            TASK: {
                "task_id": TASK,
                "user_id": ANN,
                "status": "completed",
                "error_code": None,
                "units": 2,
                "units_made": 2,
                "unit_price": 5,
            }
        },
        holds={TASK: {"tokens": 10, "captured": 10, "settled_at": 1}},
        calls={CALL: call(CALL)},
        files=[file(5), file(6)],
        notifications={},
        people={ANN: {"account_id": 9, "tokens_left": 20, "tokens_held": 0, "tokens_spent": 10}},
        ledger=[
            {
                "kind": kind,
                "debit_account": debit,
                "credit_account": credit,
                "amount": amount,
                "account_id": 9,
                "task_id": None if kind == "welcome" else TASK,
            }
            for kind, debit, credit, amount in moves
        ],
        generations={TASK: {"status": "completed"}},
        stories={TASK: ["requested", "claimed", "completed"]},
        progress_messages=0,
        gaps=[],
        jobs={},
        chats={},
        customers={},
        stored=tmp_path,
    )
    return Reckoning(books, {CALL: [DEED]}, {NOON.date(): 2600}, 0, Counter(), [], 0)


def with_books(reckoning: Reckoning, **changed: Any) -> Reckoning:
    return replace(reckoning, books=replace(reckoning.books, **changed))


def with_calls(reckoning: Reckoning, *calls: dict[str, Any]) -> Reckoning:
    return with_books(reckoning, calls={one["call_id"]: one for one in calls})


def with_deed(reckoning: Reckoning, **changed: Any) -> Reckoning:
    return replace(reckoning, deeds={CALL: [replace(DEED, **changed)]})


def with_task(reckoning: Reckoning, **changed: Any) -> Reckoning:
    return with_books(reckoning, tasks={TASK: {**reckoning.books.tasks[TASK], **changed}})


def with_bytes(reckoning: Reckoning, content: bytes, **changed: Any) -> Reckoning:
    """The first picture is another one, and its row knows it."""
    (reckoning.books.stored / "5.jpg").write_bytes(content)
    first = {**file(5), "sha256": hashlib.sha256(content).digest(), **changed}
    return with_books(reckoning, files=[first, file(6)])


def bought_twice(reckoning: Reckoning) -> Reckoning:
    """The first call is noted as failed, and the vendor made it all the same."""
    calls = call(OTHER_CALL, "failed", error_code="vendor_error"), call(CALL, minute=1)
    return replace(with_calls(reckoning, *calls), deeds={CALL: [DEED], OTHER_CALL: [DEED]})


BROKEN: dict[str, Callable[[Reckoning], Reckoning]] = {
    "is still running": lambda world: with_task(world, status="running"),
    "never noted": lambda world: replace(world, deeds={CALL: [DEED], OTHER_CALL: [DEED]}),
    "was taken 2 times": lambda world: replace(world, deeds={CALL: [DEED, DEED]}),
    "and replicate took it": lambda world: with_deed(world, vendor="replicate"),
    "is left sent": lambda world: with_calls(world, call(CALL, "sent")),
    "is done for the house: None": lambda world: replace(world, deeds={}),
    "was made 2 times": bought_twice,
    "the vendor billed what the house calls failed": bought_twice,
    "was tried again after": lambda world: with_calls(world, call(OTHER_CALL, "unknown"), call(CALL, minute=1)),
    "2600 microusd were billed and 1300 booked": lambda world: with_calls(world, call(CALL, booked_microusd=1300)),
    "2600 microusd were billed and 9000 booked": lambda world: with_calls(world, call(CALL, booked_microusd=9000)),
    "and its task ended as completed": lambda world: with_calls(world, call(CALL, "unknown")),
    "has 2 units and 1 files": lambda world: with_books(world, files=[file(5)]),
    "are gone without a word": lambda world: with_deed(world, made=3),
    "with 1 pictures missing": lambda world: replace(with_deed(world, made=3), held_back=Counter([TASK])),
    "its calls made 1": lambda world: with_deed(world, made=1),
    "is completed with 2 of 3": lambda world: with_task(world, units=3),
    "are gone or others": lambda world: with_books(world, stored=world.books.stored / "elsewhere"),
    "is no whole picture": lambda world: with_bytes(world, picture(5)[:-300]),
    "says that replicate made it": lambda world: with_bytes(world, picture(5, "replicate")),
    "has seed 7, which no call": lambda world: with_bytes(world, picture(5), seed=7),
    "and its spending is 1": lambda world: replace(world, spending={NOON.date(): 1}),
    "carried a secret": lambda world: replace(world, carried_secrets=["/files/1.jpg"]),
    "came to a private address": lambda world: replace(world, trap_visits=1),
    "are still kept for tasks that have ended": lambda world: replace(world, kept_outputs=1),
}
"""What is said of a world, and how it came to that."""


def test_a_world_in_order_has_no_violations(reckoning):
    assert list(find_violations(reckoning)) == []


@pytest.mark.parametrize("said", BROKEN)
def test_each_condition_is_missed_when_it_is_broken(reckoning, said):
    assert said in "\n".join(find_violations(BROKEN[said](reckoning)))


def test_what_the_vendor_billed_and_lost_may_be_made_again(reckoning):
    lost = replace(DEED, made=0, seeds=())
    calls = call(OTHER_CALL, "failed", error_code="expired"), call(CALL, minute=1)
    again = replace(with_calls(reckoning, *calls), deeds={CALL: [DEED], OTHER_CALL: [lost]})
    assert list(find_violations(replace(again, spending={NOON.date(): 5200}))) == []


def test_the_same_seed_is_the_same_storm():
    plans = [
        Plan.drawn(seed, seconds=300, orders=600, people=5, preferred=VENDORS, trap_url="http://127.0.0.1:1/")
        for seed in (7, 7, 8)
    ]
    assert plans[0] == plans[1] != plans[2]
    for vendor in VENDORS:
        assert {one.fault["kind"] for one in plans[0].faults if one.vendor == vendor} == set(FAULTS[vendor])
