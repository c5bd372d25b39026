"""What must be true once everything is quiet again, whatever happened before: the end conditions of a house."""

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from db.pool import Database
from repository.ledger import LedgerGap, LedgerRepository
from tests.chaos.house import ChaosHouse, wait_until
from tests.chaos.people import Customer, all_stops, is_card, key_of
from tests.chaos.pictures import Origin, read_origin
from tests.chaos.vendor import COST_OF_PICTURE, Job, State

FINAL = ("completed", "failed", "cancelled")
CLOSED = ("unknown", "failed", "done")
"""States of a call of which nothing more is expected: the house knows whether it has to pay for it, or that it may."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Books:
    """Everything that the house, the vendor and the chats say, read at one moment."""

    tasks: dict[UUID, Row]
    holds: dict[UUID, Row]
    calls: dict[UUID, Row]
    files: Sequence[Row]
    notifications: dict[UUID, Row]
    people: dict[int, Row]
    ledger: Sequence[Row]
    generations: dict[UUID, Row]
    stories: dict[UUID, list[str]]
    """The kinds of each task's events, in order."""
    progress_messages: int
    gaps: list[LedgerGap]
    jobs: dict[UUID, Job]
    chats: dict[int, "Chat"]
    customers: dict[int, Customer]
    stored: Path
    """Where the local storage keeps its bytes."""

    @property
    def deleted(self) -> set[UUID]:
        """The tasks whose pictures their person deleted."""
        return {task_id for customer in self.customers.values() for task_id in customer.deleted}

    def files_of(self, task_id: UUID) -> list[Row]:
        """A task's pictures, in order."""
        return [file for file in self.files if file["task_id"] == task_id]

    def calls_of(self, task_id: UUID) -> list[UUID]:
        """A task's calls."""
        return [call_id for call_id, call in self.calls.items() if call["task_id"] == task_id]

    def is_excused(self, user_id: int) -> bool:
        """Whether Telegram kept the bot from this person."""
        customer = self.customers.get(user_id)
        return customer is None or customer.excused


@dataclass(frozen=True)
class Chat:
    """What a person has in front of them."""

    origins: Counter[Origin]
    strangers: int
    """Pictures of the bot that no vendor made, but for those on cards of orders."""
    stops: Mapping[int, UUID]
    """The task that a message still offers to stop, by message id."""


def settle_down(house: ChaosHouse, seconds: float) -> None:
    """Wait until every update is handled, every task has ended and everybody has been told."""

    async def still_open() -> str:
        connection = await asyncpg.connect(house.database_dsn)
        try:
            row = await connection.fetchrow(
                """
                SELECT (SELECT count(*) FROM "Task" WHERE status IN ('queued', 'running')) AS tasks,
                       (SELECT count(*) FROM "Notification" WHERE closed_at IS NULL) AS untold,
                       (SELECT count(*) FROM "ProgressMessage" JOIN "Task" USING (task_id) JOIN "User" u USING (user_id)
                        WHERE u.blocked_bot_at IS NULL) AS shown,
                       (SELECT count(*) FROM "Refund" WHERE state = 'sending') AS refunds,
                       (SELECT count(*) FROM "ErasableFile") AS erasable,
                       (SELECT count(*) FROM "Erasure" WHERE completed_at IS NULL) AS erasures
                """
            )
        finally:
            await connection.close()
        assert row is not None
        left = {**dict(row), "updates": house.pending_updates()}
        return ", ".join(f"{count} {name}" for name, count in left.items() if count)

    remaining = "nothing"

    def is_quiet() -> bool:
        nonlocal remaining
        remaining = asyncio.run(still_open())
        return not remaining

    try:
        wait_until(is_quiet, seconds, "quiet")
    except BaseException as error:
        error.add_note(f"still open: {remaining}\n{house.story()}")
        raise


def assert_end_conditions(house: ChaosHouse, customers: Sequence[Customer], *, about: str = "") -> Books:
    """Check every end condition and list whatever is broken in one assertion; returns what was read."""
    books = asyncio.run(read_books(house, customers))
    violations = list(find_violations(books))
    assert not violations, "\n".join(
        [f"{len(violations)} end conditions are broken {about}", *violations, house.story()]
    )
    return books


def find_violations(books: Books) -> Iterator[str]:
    """One line for each thing that must not be."""
    yield from find_violations_of_tasks(books)
    yield from _orders_are_those_asked_for(books)
    yield from _vendor_and_house_agree(books)
    yield from _pictures_are_the_vendors(books)
    yield from _everybody_was_told(books)
    yield from _pictures_reach_their_person_alone(books)


def find_violations_of_tasks(books: Books) -> Iterator[str]:
    """The same, of tasks and their tokens alone, whoever ordered them and whoever made them."""
    yield from _tasks_have_ended(books)
    yield from find_violations_of_money(books)


def find_violations_of_money(books: Books) -> Iterator[str]:
    """The same, of tokens alone."""
    yield from _money_is_settled_once(books)
    yield from _balances_follow_the_ledger(books)


def _tasks_have_ended(books: Books) -> Iterator[str]:
    for task_id, task in books.tasks.items():
        if task["status"] not in FINAL:
            yield f"task {task_id} is still {task['status']}"
        generation = books.generations.get(task_id)
        if generation is None:
            yield f"task {task_id} has no gallery entry"
        elif generation["status"] != task["status"]:
            yield f"task {task_id} is {task['status']} and its gallery entry {generation['status']}"
        if task["status"] == "completed" and not task["units_made"]:
            yield f"task {task_id} is completed without a picture"
        story = books.stories.get(task_id, [])
        if story[:1] != ["requested"] or [kind for kind in story if kind in FINAL] != [task["status"]]:
            yield f"the story of {task['status']} task {task_id} is {story}"


def _money_is_settled_once(books: Books) -> Iterator[str]:
    moved: dict[tuple[UUID, str], list[int]] = defaultdict(list)
    known = {person["account_id"] for person in books.people.values()}
    of_the_erased = {entry["task_id"] for entry in books.ledger if entry["account_id"] not in known}
    for entry in books.ledger:
        if entry["task_id"] is not None:
            moved[entry["task_id"], entry["kind"]].append(entry["amount"])
    for task_id, task in books.tasks.items():
        price, charged = task["unit_price"] * task["units"], task["unit_price"] * task["units_made"]
        hold = books.holds.get(task_id)
        if hold is None:
            if price:
                yield f"task {task_id} has no hold"
            continue
        if hold["settled_at"] is None:
            yield f"the hold of task {task_id} is not settled"
        if (hold["tokens"], hold["captured"]) != (price, charged):
            yield f"task {task_id}: held {hold['tokens']} of {price}, captured {hold['captured']} of {charged}"
        for kind, amount in (("hold", price), ("capture", charged), ("release", price - charged)):
            entries = moved.pop((task_id, kind), [])
            if entries != ([amount] if amount else []):
                yield f"task {task_id}: ledger has {kind} {entries}, not {amount}"
    for (task_id, kind), entries in moved.items():
        if task_id not in of_the_erased:
            yield f"ledger moves {entries} as {kind} for {task_id}, which is no task"
    for task_id in {task_id for task_id, _ in moved} & of_the_erased:
        held, back = (sum(moved.get((task_id, kind), [])) for kind in ("hold", "release"))
        if held != back + sum(moved.get((task_id, "capture"), [])):
            yield f"of {held} tokens that were held for a task of somebody who is erased {back} came back"


def _balances_follow_the_ledger(books: Books) -> Iterator[str]:
    for gap in books.gaps:
        yield f"balance and ledger differ: {gap}"
    balance: Counter[str] = Counter()
    spent: Counter[int] = Counter()
    for entry in books.ledger:
        balance[entry["credit_account"]] += entry["amount"]
        balance[entry["debit_account"]] -= entry["amount"]
        if entry["kind"] == "capture":
            spent[entry["account_id"]] += entry["amount"]
    if sum(balance.values()):
        yield f"the ledger sums to {sum(balance.values())}"
    for user_id, person in books.people.items():
        account_id = person["account_id"]
        seen = (person["tokens_left"], person["tokens_held"], person["tokens_spent"])
        told = (balance[f"wallet:{account_id}"], balance[f"held:{account_id}"], spent[account_id])
        if seen != told:
            yield f"person {user_id}: left, held, spent are {seen}, the ledger says {told}"
        if person["tokens_held"]:
            yield f"person {user_id}: {person['tokens_held']} tokens are still held"


def _orders_are_those_asked_for(books: Books) -> Iterator[str]:
    ordered: dict[int, Counter[str]] = defaultdict(Counter)
    for task_id, task in books.tasks.items():
        ordered[task["user_id"]][task["idempotency_key"]] += 1
        customer = books.customers.get(task["user_id"])
        asked = {key_of(draft_id, wish) for draft_id, wish in customer.pressed.items()} if customer else set()
        if task["idempotency_key"] not in asked:
            yield f"task {task_id} was never asked for by person {task['user_id']}: {task['idempotency_key']}"
    for user_id, customer in books.customers.items():
        for draft_id, wish in customer.pressed.items():
            if not ordered[user_id][key_of(draft_id, wish)] and not customer.excused:
                yield f"person {user_id} pressed Make of draft {draft_id} ({wish.words}), and there is no task"


def _vendor_and_house_agree(books: Books) -> Iterator[str]:
    for call_id, job in books.jobs.items():
        call = books.calls.get(call_id)
        if call is None:
            yield f"the vendor took call {call_id}, which the house never noted"
            continue
        if call["state"] == "done" and job.state is not State.FINISHED:
            yield f"call {call_id} is done for the house, {_say(job)}"
        if call["state"] == "done" and call["cost_microusd"] != COST_OF_PICTURE * job.makes:
            yield f"call {call_id} cost {COST_OF_PICTURE * job.makes} and is booked with {call['cost_microusd']}"
        if call["vendor_ref"] not in (None, job.vendor_ref):
            yield f"call {call_id} is {call['vendor_ref']} for the house and {job.vendor_ref} for the vendor"
    for call_id, call in books.calls.items():
        heard = books.jobs.get(call_id)
        if call["state"] not in CLOSED:
            yield f"call {call_id} of task {call['task_id']} is left {call['state']}, {_say(heard)}"
        elif call["state"] == "done" and heard is None:
            yield f"call {call_id} is done, {_say(heard)}"
    by_step: dict[tuple[UUID, int], list[Row]] = defaultdict(list)
    for call in sorted(books.calls.values(), key=lambda call: call["created_at"]):
        by_step[call["task_id"], call["step"]].append(call)
    for (task_id, step), calls in by_step.items():
        made = [call for call in calls if _has_pictures(books.jobs.get(call["call_id"]))]
        for call in made[:-1]:
            if call["state"] != "failed":
                yield (
                    f"step {step} of task {task_id} was made twice: call {call['call_id']} is {call['state']}, "
                    "and others finished"
                )


def _has_pictures(job: Job | None) -> bool:
    return job is not None and bool(job.sha256)


def _pictures_are_the_vendors(books: Books) -> Iterator[str]:
    for task_id, task in books.tasks.items():
        files = books.files_of(task_id)
        if len(files) != (0 if task_id in books.deleted else task["units_made"]):
            yield f"task {task_id} has {task['units_made']} units and {len(files)} files"
        if not files:
            continue
        for file in files:
            where = books.stored / file["storage_key"]
            if not where.exists() or hashlib.sha256(where.read_bytes()).digest() != file["sha256"]:
                yield f"the bytes of {file['storage_key']} of task {task_id} are gone or others"
        seen = [_origin(books, file) for file in files]
        for origin in seen:
            call = books.calls.get(origin.call_id) if origin is not None else None
            if call is None or call["task_id"] != task_id:
                yield f"task {task_id} has a picture that none of its calls made: {origin}"
        if seen != _finished_origins(books, task_id):
            yield f"the pictures of task {task_id} are not those that its calls brought, in order: {seen}"
    photos = {(file["user_id"], file["sha256"].hex()) for file in books.files if file["kind"] == "photo"}
    for call_id, job in books.jobs.items():
        if call_id not in books.calls:
            continue
        user_id = books.tasks[books.calls[call_id]["task_id"]]["user_id"]
        for photo in job.photos:
            if (user_id, photo) not in photos:
                yield f"call {call_id} was given a photo that is not of person {user_id}"


def _everybody_was_told(books: Books) -> Iterator[str]:
    if books.progress_messages:
        yield f"{books.progress_messages} progress messages are still tracked"
    for task_id, task in books.tasks.items():
        told = books.notifications.get(task_id)
        if told is None or told["closed_at"] is None:
            yield f"the end of task {task_id} has not been told"
        elif told["outcome"] != "delivered" and not books.is_excused(task["user_id"]):
            yield f"the end of task {task_id} was {told['outcome']} to person {task['user_id']}"
    for user_id, chat in books.chats.items():
        for message_id, task_id in chat.stops.items() if not books.is_excused(user_id) else ():
            status = books.tasks[task_id]["status"] if task_id in books.tasks else "no"
            yield f"message {message_id} of person {user_id} still offers to stop {status} task {task_id}"


def _pictures_reach_their_person_alone(books: Books) -> Iterator[str]:
    for task_id, task in books.tasks.items():
        told = books.notifications.get(task_id)
        chat = books.chats.get(task["user_id"])
        files = books.files_of(task_id)
        if not files or told is None or told["outcome"] != "delivered" or chat is None:
            continue
        missing = [file["position"] for file in files if _origin(books, file) not in chat.origins]
        if missing:
            yield f"pictures {missing} of task {task_id} are not in the chat of person {task['user_id']}"
    paid_for = {_origin(books, file): file["user_id"] for file in books.files if file["kind"] == "output"}
    for user_id, chat in books.chats.items():
        if chat.strangers:
            yield f"{chat.strangers} pictures in the chat of person {user_id} come from no vendor"
        for origin in chat.origins:
            if paid_for.get(origin) != user_id:
                yield f"the chat of person {user_id} has {origin}, which belongs to {paid_for.get(origin)}"


def _finished_origins(books: Books, task_id: UUID) -> list[Origin]:
    """What the calls of a task that are done have made, in the order of its steps."""
    calls = [books.calls[call_id] for call_id in books.calls_of(task_id)]
    done = sorted((call for call in calls if call["state"] == "done"), key=lambda call: call["step"])
    return [
        Origin(call["call_id"], index)
        for call in done
        if call["call_id"] in books.jobs
        for index in range(books.jobs[call["call_id"]].makes)
    ]


def _origin(books: Books, file: Row) -> Origin | None:
    """Which call made a stored picture, as its pixels say; None where it is gone, or somebody else's."""
    where = books.stored / file["storage_key"]
    return read_origin(where.read_bytes()) if where.exists() else None


def _say(job: Job | None) -> str:
    if job is None:
        return "and the vendor never heard of it"
    return f"and the vendor's {job.vendor_ref} is {job.state.value} with {len(job.sha256)} of {job.asked} pictures"


async def read_books(house: ChaosHouse, customers: Iterable[Customer]) -> Books:
    """Read everything."""
    known = {customer.user_id: customer for customer in customers}
    rows = await read_rows(house.database_dsn, house.folder / "data" / "sandbox" / "files")
    chats = await asyncio.to_thread(_read_chats, house, list(known))
    return replace(rows, jobs=house.vendor_jobs(), chats=chats, customers=known)


async def read_rows(database_dsn: str, stored: Path) -> Books:
    """Read what the database says; of vendors and chats nothing."""
    connection = await asyncpg.connect(database_dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):

            async def rows(query: str) -> list[Row]:
                return [dict(row) for row in await connection.fetch(query)]

            tasks = await rows('SELECT * FROM "Task"')
            holds = await rows('SELECT * FROM "Hold"')
            calls = await rows('SELECT * FROM "VendorCall"')
            files = await rows(
                'SELECT f.*, g.task_id FROM "File" f LEFT JOIN "Generation" g USING (generation_id) ORDER BY position'
            )
            notifications = await rows('SELECT * FROM "Notification"')
            people = await rows('SELECT * FROM "User" LEFT JOIN "Account" USING (user_id)')
            ledger = await rows('SELECT * FROM "LedgerEntry"')
            generations = await rows('SELECT * FROM "Generation" WHERE task_id IS NOT NULL')
            events = await rows('SELECT task_id, kind FROM "TaskEvent" ORDER BY event_id')
            progress = await connection.fetchval(  # those of people who stopped the bot wait for their return
                """
                SELECT count(*) FROM "ProgressMessage" JOIN "Task" USING (task_id) JOIN "User" u USING (user_id)
                WHERE u.blocked_bot_at IS NULL
                """
            )
    finally:
        await connection.close()
    stories: dict[UUID, list[str]] = defaultdict(list)
    for event in events:
        stories[event["task_id"]].append(event["kind"])
    async with await Database.connect(database_dsn) as db:
        gaps = await LedgerRepository(db.reading).find_gaps()
    return Books(
        tasks={row["task_id"]: row for row in tasks},
        holds={row["task_id"]: row for row in holds},
        calls={row["call_id"]: row for row in calls},
        files=files,
        notifications={row["task_id"]: row for row in notifications},
        people={row["user_id"]: row for row in people},
        ledger=ledger,
        generations={row["task_id"]: row for row in generations},
        stories=stories,
        progress_messages=progress,
        gaps=gaps,
        jobs={},
        chats={},
        customers={},
        stored=stored,
    )


def _read_chats(house: ChaosHouse, user_ids: list[int]) -> dict[int, Chat]:
    with httpx.Client(base_url=house.sandbox_url, timeout=30) as client:

        def origin_of(message: dict[str, Any]) -> Origin | None:
            return read_origin(client.get(message["photo"]["url"]).raise_for_status().content)

        chats = {}
        for user_id in user_ids:
            messages = client.get(f"/sim/users/{user_id}/chat").raise_for_status().json()["messages"]
            pictures = [message for message in messages if message["from"] == "bot" and message["photo"]]
            shown = [origin_of(message) for message in pictures if not is_card(message)]
            chats[user_id] = Chat(
                origins=Counter(origin for origin in shown if origin is not None),
                strangers=shown.count(None),
                stops=all_stops(messages),
            )
        return chats
