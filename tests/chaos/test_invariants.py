"""The end conditions see what they are there for: a small world in order, and one thing at a time that is not."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.chaos.invariants import Books, Chat, find_violations
from tests.chaos.people import Customer, Wish
from tests.chaos.pictures import Origin, paint, read_origin
from tests.chaos.vendor import COST_OF_PICTURE, Job
from tests.e2e.conftest import Person

TASK, CALL, OTHER_CALL = (UUID(int=number) for number in (1, 2, 3))
ANN, BOB = 100, 200
PICTURES = [paint(Origin(CALL, index)) for index in range(2)]


def job(call_id: UUID, pictures: int = 2) -> Job:
    made = [hashlib.sha256(paint(Origin(call_id, index))).hexdigest() for index in range(pictures)]
    return Job(call_id, "job-1", 2, 0.0, 1.0, makes=pictures, ended_at=1.0, sha256=made)


def person(user_id: int, left: int, spent: int) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "account_id": user_id + 1,
        "tokens_left": left,
        "tokens_held": 0,
        "tokens_spent": spent,
    }


def entry(kind: str, debit: str, credit: str, amount: int, account_id: int, task_id: UUID | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "debit_account": debit,
        "credit_account": credit,
        "amount": amount,
        "account_id": account_id,
        "task_id": task_id,
    }


def call(call_id: UUID, state: str, created_at: int = 0) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "task_id": TASK,
        "state": state,
        "step": 0,
        "created_at": created_at,
        "vendor_ref": "job-1",
        "cost_microusd": 2 * COST_OF_PICTURE if state == "done" else 0,
    }


@pytest.fixture
def books(tmp_path) -> Books:
    """Ann has ordered two pictures, paid ten tokens and got both; Bob has only come by."""
    for index, content in enumerate(PICTURES):
        (tmp_path / f"{index}.jpg").write_bytes(content)
    client: Any = None
    return Books(
        tasks={
            TASK: {
                "task_id": TASK,
                "user_id": ANN,
                "status": "completed",
                "units": 2,
                "units_made": 2,
                "unit_price": 5,
                "idempotency_key": "draft:1",
            }
        },
        holds={TASK: {"tokens": 10, "captured": 10, "settled_at": 1}},
        calls={CALL: call(CALL, "done")},
        files=[
            {
                "user_id": ANN,
                "task_id": TASK,
                "kind": "output",
                "position": index,
                "sha256": hashlib.sha256(content).digest(),
                "storage_key": f"{index}.jpg",
            }
            for index, content in enumerate(PICTURES)
        ],
        notifications={TASK: {"closed_at": 1, "outcome": "delivered"}},
        people={ANN: person(ANN, left=20, spent=10), BOB: person(BOB, left=30, spent=0)},
        ledger=[
            entry("welcome", "bonus", "wallet:101", 30, 101, None),
            entry("welcome", "bonus", "wallet:201", 30, 201, None),
            entry("hold", "wallet:101", "held:101", 10, 101, TASK),
            entry("capture", "held:101", "sales", 10, 101, TASK),
        ],
        generations={TASK: {"status": "completed"}},
        stories={TASK: ["requested", "claimed", "completed"]},
        progress_messages=0,
        gaps=[],
        jobs={CALL: job(CALL)},
        chats={
            ANN: Chat(Counter(Origin(CALL, index) for index in range(2)), 0, {}),
            BOB: Chat(Counter(), 0, {}),
        },
        customers={
            ANN: Customer(Person(client, ANN), "ann", b"", pressed={1: Wish("a fox")}),
            BOB: Customer(Person(client, BOB), "bob", b""),
        },
        stored=tmp_path,
    )


def with_task(books: Books, **changed: Any) -> Books:
    return replace(books, tasks={TASK: {**books.tasks[TASK], **changed}})


def with_call(books: Books, state: str) -> Books:
    return replace(books, calls={CALL: call(CALL, state)})


def with_chat(books: Books, user_id: int, origins: Counter[Origin]) -> Books:
    return replace(books, chats={**books.chats, user_id: replace(books.chats[user_id], origins=origins)})


def foreign(file: Any, stored: Path) -> dict[str, Any]:
    """The same row, its bytes being a picture of another task."""
    content = paint(Origin(OTHER_CALL, 0))
    (stored / file["storage_key"]).write_bytes(content)
    return {**file, "sha256": hashlib.sha256(content).digest()}


def made_twice(books: Books) -> Books:
    """A second call for the same task, whose first the house does not know as failed."""
    return replace(
        books,
        calls={OTHER_CALL: call(OTHER_CALL, "unknown"), CALL: call(CALL, "done", created_at=1)},
        jobs={CALL: job(CALL), OTHER_CALL: job(OTHER_CALL)},
    )


BROKEN: dict[str, Callable[[Books], Books]] = {
    "is still running": lambda books: with_task(books, status="running"),
    "is not settled": lambda books: replace(books, holds={TASK: {"tokens": 10, "captured": 10, "settled_at": None}}),
    "captured 10 of 5": lambda books: with_task(books, units_made=1),
    "ledger has capture [10, 10]": lambda books: replace(books, ledger=[*books.ledger, books.ledger[-1]]),
    "left, held, spent are": lambda books: replace(books, people={ANN: person(ANN, 25, 10), BOB: books.people[BOB]}),
    "was never asked for": lambda books: with_task(books, idempotency_key="draft:7"),
    "there is no task": lambda books: replace(
        books, customers={**books.customers, BOB: replace(books.customers[BOB], pressed={9: Wish("a hat")})}
    ),
    "never noted": lambda books: replace(books, jobs={**books.jobs, OTHER_CALL: job(OTHER_CALL)}),
    "is left sent": lambda books: with_call(books, "sent"),
    "not those that its calls brought, in order": lambda books: with_call(books, "unknown"),
    "never heard of it": lambda books: replace(books, jobs={}),
    "was made twice": made_twice,
    "not those that its calls brought": lambda books: replace(books, jobs={CALL: job(CALL, pictures=1)}),
    "that none of its calls made": lambda books: replace(books, files=[foreign(books.files[0], books.stored)]),
    "are gone or others": lambda books: replace(books, stored=books.stored / "elsewhere"),
    "has not been told": lambda books: replace(books, notifications={}),
    "was undeliverable": lambda books: replace(
        books, notifications={TASK: {"closed_at": 1, "outcome": "undeliverable"}}
    ),
    "pictures [1] of task": lambda books: with_chat(books, ANN, Counter([Origin(CALL, 0)])),
    "which belongs to 100": lambda books: with_chat(books, BOB, Counter([Origin(CALL, 0)])),
    "which belongs to None": lambda books: with_chat(books, BOB, Counter([Origin(OTHER_CALL, 0)])),
    "the story of completed": lambda books: replace(books, stories={TASK: ["requested", "completed", "completed"]}),
    "still offers to stop completed": lambda books: replace(
        books, chats={**books.chats, ANN: replace(books.chats[ANN], stops={7: TASK})}
    ),
}
"""What is said of a world, and how it came to that."""


def test_a_world_in_order_has_no_violations(books):
    assert list(find_violations(books)) == []


@pytest.mark.parametrize("said", BROKEN)
def test_each_end_condition_is_missed_when_it_is_broken(books, said):
    assert said in "\n".join(find_violations(BROKEN[said](books)))


def test_an_album_that_came_twice_breaks_nothing(books):
    twice = Counter({Origin(CALL, index): 2 for index in range(2)})
    assert list(find_violations(with_chat(books, ANN, twice))) == []


def test_a_first_call_that_is_known_as_failed_may_be_followed_by_another(books):
    calls = {OTHER_CALL: call(OTHER_CALL, "failed"), CALL: call(CALL, "done", created_at=1)}
    after_all = replace(books, calls=calls, jobs={CALL: job(CALL), OTHER_CALL: job(OTHER_CALL)})
    assert list(find_violations(after_all)) == []


def test_a_picture_tells_its_call_however_it_was_encoded(tmp_path):
    from sandbox.telegram.photos import make_renditions

    renditions = make_renditions(PICTURES[1])
    assert [read_origin(rendition.content) for rendition in renditions[1:]] == [Origin(CALL, 1)] * (len(renditions) - 1)
