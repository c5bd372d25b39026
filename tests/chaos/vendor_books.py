"""What vendors say that they took and billed, held against what the house says: every picture and cent by name."""

import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from PIL import Image

from tests.chaos.invariants import Books, Row, find_violations_of_tasks, read_rows
from tests.chaos.vendor_house import VendorHouse
from workers.results.notes import read_note

LOST_AT_VENDOR = "expired"
"""The code of a call that the vendor billed and has no pictures of: the one that may be made again."""
FEWER = ("partial", "partly_blocked", "output_blocked", "output_spoilt", "nothing_made", "deadline", "gave_up", None)
"""How a task may end whose calls brought more than was delivered; None only where its person stopped it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a vendor did for one call, by its own books."""

    vendor: str
    state: str
    made: int
    """Pictures that there are, blocked ones too."""
    blocked: int
    """Of these, held back by the vendor's own check."""
    billed_microusd: int
    seeds: tuple[int, ...] = ()
    """Of its pictures, where the vendor tells each."""


@dataclass(frozen=True)
class Reckoning:
    """Everything that must fit together, read in quiet."""

    books: Books
    deeds: Mapping[UUID, Sequence[Deed]]
    """By call id: more than one is one too many."""
    spending: Mapping[date, int]
    kept_outputs: int
    """Rows of steps that are kept for tasks under way."""
    held_back: Counter[UUID]
    """By task, how often a worker said that it gave an output up: spoilt or blocked."""
    carried_secrets: Sequence[str]
    """Fetches of files that carried what belongs to nobody but the vendor's API."""
    trap_visits: int


async def read_reckoning(house: VendorHouse) -> Reckoning:
    """Read everything."""
    connection = await asyncpg.connect(house.database_dsn)
    try:
        spending = {row["day"]: row["microusd"] for row in await connection.fetch('SELECT * FROM "VendorSpending"')}
        kept = await connection.fetchval('SELECT count(*) FROM "CallOutput"')
    finally:
        await connection.close()
    deeds: defaultdict[UUID, list[Deed]] = defaultdict(list)
    for call_id, deed in [*_runware_deeds(house), *_replicate_deeds(house)]:
        deeds[call_id].append(deed)
    held_back = Counter(
        UUID(event["task_id"]) for event in house.worker_events("output.spoilt", "output.blocked") if "task_id" in event
    )
    fetches = house.ask("runware", "files/requests")["requests"]
    downloads = house.ask("replicate", "files/requests")["requests"]
    return Reckoning(
        books=await read_rows(house.database_dsn, house.files),
        deeds=deeds,
        spending=spending,
        kept_outputs=kept,
        held_back=held_back,
        carried_secrets=[
            *(fetch["path"] for fetch in fetches if fetch["has_authorization"] or fetch["has_key"]),
            *(fetch["name"] for fetch in downloads if fetch["authorization"]),
        ],
        trap_visits=house.trap.visits,
    )


def _runware_deeds(house: VendorHouse) -> Iterator[tuple[UUID, Deed]]:
    ledger = house.folder / "data" / "sandbox" / "runware" / "ledger.jsonl"
    states = {row["taskUUID"]: row["state"] for row in house.ask("runware", "ledger")["tasks"]}
    for line in ledger.read_bytes().splitlines():
        told = orjson.loads(line)
        if told["event"] != "taken":
            continue
        task = told["task"]
        made = [result for result in task["results"] if result["error"] is None]
        yield (
            UUID(task["uuid"]),
            Deed(
                "runware",
                states[task["uuid"]],
                len(made),
                sum(bool(result["is_nsfw"]) for result in made),
                sum(round(result["cost"] * 1_000_000) for result in made),
                tuple(result["seed"] for result in made) if task["type"] == "imageInference" else (),
            ),
        )


def _replicate_deeds(house: VendorHouse) -> Iterator[tuple[UUID, Deed]]:
    for entry in house.ask("replicate", "ledger")["entries"]:
        output: Any = house.prediction(entry["id"])["output"]
        made = len(output) if isinstance(output, list) else int(output is not None)
        billed = round((entry["billed"] or 0) * 1_000_000)
        yield UUID(entry["dream_photo_call"]), Deed("replicate", str(entry["status"]), made, 0, billed)


def find_violations(reckoning: Reckoning) -> Iterator[str]:
    """One line for each thing that must not be."""
    yield from find_violations_of_tasks(reckoning.books)
    yield from _every_call_is_known_on_both_sides(reckoning)
    yield from _nothing_is_bought_twice(reckoning)
    yield from _every_bill_has_its_name(reckoning)
    yield from _every_picture_has_its_name(reckoning)
    yield from _files_are_whole(reckoning)
    yield from _spending_is_what_was_booked(reckoning)
    for name in reckoning.carried_secrets:
        yield f"the fetch of {name} carried a secret"
    if reckoning.trap_visits:
        yield f"{reckoning.trap_visits} connections came to a private address"
    if reckoning.kept_outputs:
        yield f"{reckoning.kept_outputs} outputs are still kept for tasks that have ended"


def _every_call_is_known_on_both_sides(reckoning: Reckoning) -> Iterator[str]:
    calls = reckoning.books.calls
    for call_id, deeds in reckoning.deeds.items():
        call = calls.get(call_id)
        if call is None:
            yield f"a vendor took call {call_id}, which the house never noted: {deeds}"
        elif len(deeds) > 1:
            yield f"call {call_id} was taken {len(deeds)} times: {deeds}"
        elif deeds[0].vendor != call["backend"]:
            yield f"call {call_id} is {call['backend']}'s for the house, and {deeds[0].vendor} took it"
    for call_id, call in calls.items():
        deed = _deed(reckoning, call_id)
        if call["state"] not in ("done", "failed", "unknown"):
            yield f"call {call_id} is left {call['state']}: {deed}"
        if call["state"] == "done" and (deed is None or not deed.made):
            yield f"call {call_id} is done for the house: {deed}"


def _nothing_is_bought_twice(reckoning: Reckoning) -> Iterator[str]:
    by_step: defaultdict[tuple[UUID, int], list[Row]] = defaultdict(list)
    for call in reckoning.books.calls.values():
        by_step[call["task_id"], call["step"]].append(call)
    for (task_id, step), calls in by_step.items():
        made = [call for call in calls if (deed := _deed(reckoning, call["call_id"])) is not None and deed.made]
        if len(made) > 1:
            yield f"step {step} of task {task_id} was made {len(made)} times: {[_say(reckoning, c) for c in made]}"
        for call in sorted(calls, key=lambda one: one["created_at"])[:-1]:
            if call["state"] != "failed":
                yield f"step {step} of task {task_id} was tried again after {_say(reckoning, call)}"


def _every_bill_has_its_name(reckoning: Reckoning) -> Iterator[str]:
    for call_id, call in reckoning.books.calls.items():
        deed = _deed(reckoning, call_id)
        billed = deed.billed_microusd if deed is not None else 0
        if call["booked_microusd"] < billed:
            yield f"{billed} microusd were billed and {call['booked_microusd']} booked: {_say(reckoning, call)}"
        task = reckoning.books.tasks[call["task_id"]]
        was_cut_short = _was_cut_short(task)
        is_told = call["backend"] == "runware" and call["state"] == "done" and not was_cut_short
        if is_told and call["booked_microusd"] != billed:  # Replicate tells no price
            yield f"{billed} microusd were billed and {call['booked_microusd']} booked: {_say(reckoning, call)}"
        if call["state"] == "unknown" and not was_cut_short:
            yield f"{_say(reckoning, call)}, and its task ended as {task['status']} {task['error_code']}"
        if call["state"] == "failed" and billed and call["error_code"] != LOST_AT_VENDOR and not was_cut_short:
            yield f"the vendor billed what the house calls failed: {_say(reckoning, call)}"


def _every_picture_has_its_name(reckoning: Reckoning) -> Iterator[str]:
    for task_id, task in reckoning.books.tasks.items():
        done = [c for c in reckoning.books.calls.values() if c["task_id"] == task_id and c["state"] == "done"]
        deeds = [deed for call in done if (deed := _deed(reckoning, call["call_id"])) is not None]
        files = reckoning.books.files_of(task_id)
        made, blocked = sum(deed.made for deed in deeds), sum(deed.blocked for deed in deeds)
        missing = made - len(files)
        if len(files) != task["units_made"]:
            yield f"task {task_id} has {task['units_made']} units and {len(files)} files"
        if missing < 0:
            yield f"task {task_id} has {len(files)} pictures, and its calls made {made}"
        if missing > blocked + reckoning.held_back[task_id] and not _was_cut_short(task):
            yield f"{missing} pictures of task {task_id} are gone without a word: {[_say(reckoning, c) for c in done]}"
        is_whole = task["status"] == "completed" and task["error_code"] is None
        if missing and (is_whole or task["error_code"] not in FEWER):
            yield f"task {task_id} ended as {task['status']} {task['error_code']} with {missing} pictures missing"
        if is_whole and len(files) != task["units"]:
            yield f"task {task_id} is completed with {len(files)} of {task['units']} pictures"


def _files_are_whole(reckoning: Reckoning) -> Iterator[str]:
    books = reckoning.books
    for file in books.files:
        if file["kind"] != "output":
            continue
        where = books.stored / file["storage_key"]
        content = where.read_bytes() if where.exists() else b""
        if hashlib.sha256(content).digest() != file["sha256"]:
            yield f"the bytes of {file['storage_key']} are gone or others"
            continue
        try:
            with Image.open(io.BytesIO(content)) as image:
                image.load()
        except (OSError, SyntaxError, ValueError) as error:
            yield f"{file['storage_key']} is no whole picture: {error}"
        note = read_note(content)
        done = [c for c in books.calls.values() if c["task_id"] == file["task_id"] and c["state"] == "done"]
        if note is None or note.backend not in {call["backend"] for call in done}:
            yield f"{file['storage_key']} says that {note and note.backend} made it, and its task knows nothing of that"
        seeds = {s for call in done if (deed := _deed(reckoning, call["call_id"])) is not None for s in deed.seeds}
        if note is not None and note.backend == "runware" and seeds and file["seed"] not in seeds:
            yield f"{file['storage_key']} has seed {file['seed']}, which no call of its task made"


def _spending_is_what_was_booked(reckoning: Reckoning) -> Iterator[str]:
    booked: Counter[date] = Counter()
    for call in reckoning.books.calls.values():
        booked[call["created_at"].astimezone(UTC).date()] += call["booked_microusd"]
    for day in booked.keys() | reckoning.spending.keys():
        if booked[day] != reckoning.spending.get(day, 0):
            yield f"{booked[day]} microusd are booked on {day}, and its spending is {reckoning.spending.get(day, 0)}"


def _was_cut_short(task: Row) -> bool:
    """Whether a vendor may have gone on with what nobody waited for any more."""
    return task["status"] == "cancelled" or task["error_code"] in ("deadline", "gave_up")


def _deed(reckoning: Reckoning, call_id: UUID) -> Deed | None:
    deeds = reckoning.deeds.get(call_id, ())
    return deeds[0] if deeds else None


def _say(reckoning: Reckoning, call: Row) -> str:
    words = f"call {call['call_id']} of {call['backend']} is {call['state']} {call['error_code'] or ''}".strip()
    return f"{words}, {_deed(reckoning, call['call_id'])}"


def describe(reckoning: Reckoning) -> str:
    """What became of everything, in a few lines."""
    books = reckoning.books
    endings = Counter(f"{task['status']} {task['error_code'] or ''}".strip() for task in books.tasks.values())
    calls = Counter(f"{c['backend']} {c['state']} {c['error_code'] or ''}".strip() for c in books.calls.values())
    deeds = [deed for deeds in reckoning.deeds.values() for deed in deeds]
    made = Counter(deed.vendor for deed in deeds for _ in range(deed.made))
    billed = Counter(dict.fromkeys(made, 0))
    for deed in deeds:
        billed[deed.vendor] += deed.billed_microusd
    states: defaultdict[str, int] = defaultdict(int)
    for call_id, of_call in reckoning.deeds.items():
        states[books.calls[call_id]["state"]] += sum(deed.made for deed in of_call)
    delivered = sum(file["kind"] == "output" for file in books.files)
    return "\n".join(
        [
            f"{len(books.tasks)} tasks: {dict(sorted(endings.items()))}",
            f"calls: {dict(sorted(calls.items()))}",
            f"pictures made: {dict(made)}, by the state of their call: {dict(states)}",
            f"delivered: {delivered}, given up or held back: {states['done'] - delivered}",
            f"billed microusd: {dict(billed)}, booked: {sum(reckoning.spending.values())}",
            f"attempts: {dict(sorted(Counter(task['attempt'] for task in books.tasks.values()).items()))}",
        ]
    )
