"""What vendors say that they trained, took and keep, held against what the house says of its models."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from config.settings import SANDBOX_VENDOR_KEY
from db.pool import Database
from services.erasable import ErasableFiles
from services.models.vendor_copies import VendorCopies
from services.storage import Storage
from tests.chaos.invariants import FINAL, Books, Row, find_violations_of_money, read_rows
from tests.chaos.vendor_house import VendorHouse
from workers.backends.hints import Hints
from workers.backends.replicate import ReplicateBackend
from workers.backends.runware import RunwareBackend
from workers.vendor_copies import delete_due

OURS = "dream-photo/dream-photo-models"
"""The model at the stand-in for Replicate whose versions are people's models."""
SEEN = """
    CREATE TABLE seen (call_id uuid PRIMARY KEY, task_id uuid NOT NULL, step integer NOT NULL);
    CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO seen VALUES (NEW.call_id, NEW.task_id, NEW.step) ON CONFLICT DO NOTHING;
        RETURN NEW;
    END $$;
    CREATE TRIGGER see AFTER INSERT ON "VendorCall" FOR EACH ROW EXECUTE FUNCTION see();
    """
"""Remembers every call: those of people who are erased too, of whom the house knows nothing any more."""
ROUNDS = 3
"""Tries at what must be deleted at vendors, after which a vendor in peace has deleted it."""
LATER = timedelta(days=3)
"""After which what nobody named has gone from the storage."""


@dataclass(frozen=True)
class TrainingBooks:
    """Everything that must fit together, read in quiet."""

    books: Books
    seen: Mapping[UUID, tuple[UUID, int]]
    """By call, those of erased people too: its task and step."""
    versions: Sequence[Row]
    """Of models, each with its model's status, version in use and person."""
    serving: Mapping[int, Mapping[str, str]]
    """By version and backend, the name there."""
    copies: Sequence[Row]
    told: Counter[UUID]
    """Messages about the end of a task."""
    trained: Sequence[Mapping[str, Any]]
    """Trainings in the ledger of the vendor that trains."""
    kept_versions: frozenset[str]
    """`owner/name:version` of every model that is there still."""
    kept_archives: frozenset[str]
    """Photos at the vendor that belong to a training."""
    uploads: Sequence[Mapping[str, Any]]
    """Models that the other vendor was given."""
    stored: frozenset[str]
    """Keys in the storage."""
    named: frozenset[str]
    """Keys that a row names."""
    left_open: Mapping[str, int]
    """Rows of work that should be done."""
    people: frozenset[int]


async def sweep_up(house: VendorHouse) -> None:
    """Do at once what takes workers minutes or a day: copies that wait for another try, strays in the storage."""
    hints = Hints()
    runware = RunwareBackend(
        SANDBOX_VENDOR_KEY, f"{house.vendor_urls['runware'].replace('http', 'ws', 1)}/v1", hints=hints
    )
    replicate = ReplicateBackend(SANDBOX_VENDOR_KEY, house.vendor_urls["replicate"], hints=hints)
    async with await Database.connect(house.database_dsn) as db, aclosing(runware), aclosing(replicate):
        copies = VendorCopies(db)
        await copies.doom_unused()
        for _ in range(ROUNDS):
            await db.reading.execute("""UPDATE "VendorCopy" SET due_at = now() WHERE state = 'doomed'""")
            await delete_due(copies, {"runware": runware, "replicate": replicate})
        erasable = ErasableFiles(db, Storage.open(house.files.as_uri()))
        await erasable.erase_noted()
        await erasable.erase_strays(datetime.now(UTC) + LATER)


async def read_training_books(house: VendorHouse) -> TrainingBooks:
    """Read everything."""
    connection = await asyncpg.connect(house.database_dsn)
    try:

        async def rows(query: str) -> list[Row]:
            return [dict(row) for row in await connection.fetch(query)]

        seen = {row["call_id"]: (row["task_id"], row["step"]) for row in await rows("SELECT * FROM seen")}
        versions = await rows(
            """
            SELECT v.*, m.user_id, m.status AS model_status, m.version_id AS version_in_use
            FROM "ModelVersion" v JOIN "Model" m USING (model_id)
            """
        )
        serving: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for row in await rows('SELECT * FROM "ModelServing"'):
            serving[row["version_id"]][row["backend"]] = row["vendor_id"]
        copies = await rows('SELECT * FROM "VendorCopy"')
        told = Counter(
            row["task_id"] for row in await rows("""SELECT task_id FROM "Notification" WHERE kind = 'task_ended'""")
        )
        named = await rows(
            """
            SELECT key FROM "File", unnest(ARRAY[storage_key, thumbnail_key, preview_key]) AS key WHERE key IS NOT NULL
            UNION ALL SELECT weights_key FROM "ModelVersion" WHERE weights_key IS NOT NULL
            """
        )
        left_open = await connection.fetchrow(
            """
            SELECT (SELECT count(*) FROM "VendorCopy" WHERE state = 'doomed') AS doomed_copies,
                   (SELECT count(*) FROM "ErasableFile") AS erasable,
                   (SELECT count(*) FROM "CallOutput") AS kept_outputs,
                   (SELECT count(*) FROM "Erasure" WHERE completed_at IS NULL) AS erasures,
                   (SELECT count(*) FROM "VendorCall" WHERE state IN ('prepared', 'sent')) AS open_calls
            """
        )
        people = await rows('SELECT user_id FROM "User"')
    finally:
        await connection.close()
    ledger = house.ask("replicate", "ledger")["entries"]
    kept_versions, kept_archives = await asyncio.to_thread(_kept_at_replicate, house)
    return TrainingBooks(
        books=await read_rows(house.database_dsn, house.files),
        seen=seen,
        versions=versions,
        serving=serving,
        copies=copies,
        told=told,
        trained=[entry for entry in ledger if entry["kind"] == "training"],
        kept_versions=kept_versions,
        kept_archives=kept_archives,
        uploads=[task for task in house.ask("runware", "ledger")["tasks"] if task["taskType"] == "modelUpload"],
        stored=frozenset(str(path.relative_to(house.files)) for path in house.files.rglob("*") if path.is_file()),
        named=frozenset(row["key"] for row in named),
        left_open=dict(left_open or {}),
        people=frozenset(row["user_id"] for row in people),
    )


def _kept_at_replicate(house: VendorHouse) -> tuple[frozenset[str], frozenset[str]]:
    headers = {"Authorization": f"Bearer {SANDBOX_VENDOR_KEY}"}
    with httpx.Client(base_url=house.vendor_urls["replicate"], headers=headers, timeout=30) as client:
        found = client.get(f"/v1/models/{OURS}/versions")
        versions = found.json()["results"] if found.is_success else []
        there = {file["id"] for file in client.get("/v1/files").raise_for_status().json()["results"]}
        used, page = set(), "/v1/trainings"
        while page:
            told = client.get(page).raise_for_status().json()
            used |= {one["input"]["input_images"].rpartition("/")[2] for one in told["results"]}
            page = told["next"]
    return frozenset(f"{OURS}:{version['id']}" for version in versions), frozenset(there & used)


def find_violations_of_trainings(told: TrainingBooks) -> Iterator[str]:
    """One line for each thing that must not be."""
    yield from find_violations_of_money(told.books)
    yield from _nothing_is_trained_twice(told)
    yield from _every_end_fits_its_model(told)
    yield from _everybody_is_told_once(told)
    yield from _what_lies_at_vendors_is_in_use(told)
    yield from _what_is_stored_is_named(told)
    for what, count in told.left_open.items():
        if count:
            yield f"{count} {what} are left"


def _nothing_is_trained_twice(told: TrainingBooks) -> Iterator[str]:
    by_call: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    by_task: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in told.trained:
        call_id = UUID(entry["dream_photo_call"])
        by_call[call_id].append(entry)
        if call_id not in told.seen:
            yield f"a training was created for call {call_id}, which the house never noted: {entry}"
            continue
        if entry["billed"]:
            by_task[told.seen[call_id][0]].append(entry)
        if entry["billed"] is None:
            yield f"the training of call {call_id} goes on at the vendor: {entry}"
    for call_id, entries in by_call.items():
        if len(entries) > 1:
            yield f"call {call_id} was trained {len(entries)} times: {entries}"
    for task_id, entries in by_task.items():
        if len(entries) > 1:
            yield f"task {task_id} was billed for {len(entries)} trainings: {entries}"
    for call in told.books.calls.values():
        billed = sum(round((entry["billed"] or 0) * 1_000_000) for entry in by_call.get(call["call_id"], ()))
        if call["booked_microusd"] < billed - 1:
            yield f"{billed} microusd were billed for call {call['call_id']}, and {call['booked_microusd']} booked"


def _every_end_fits_its_model(told: TrainingBooks) -> Iterator[str]:
    by_task = {version["task_id"]: version for version in told.versions}
    for task_id, task in told.books.tasks.items():
        story = [kind for kind in told.books.stories.get(task_id, []) if kind in FINAL]
        if story != [task["status"]]:
            yield f"{task['kind']} {task_id} is {task['status']}, and its story has the ends {story}"
        if task["kind"] != "train":
            continue
        version = by_task.get(task_id)
        if version is None:
            yield f"training {task_id} has no version"
            continue
        serving = told.serving.get(version["version_id"], {})
        about = f"training {task_id} ended {task['status']} {task['error_code'] or ''}:"
        if task["status"] == "completed":
            if (version["status"], version["model_status"]) != ("ready", "ready") or not serving:
                yield f"{about} version {version['status']}, model {version['model_status']}, served by {serving}"
            if version["version_in_use"] != version["version_id"] or not version["weights_key"]:
                yield f"{about} it is not in use, or has no weights"
            if task["units_made"] != task["units"]:
                yield f"{about} {task['units_made']} of {task['units']} units are charged"
            continue
        if (version["status"], version["model_status"]) != ("error", "error") or serving or version["weights_key"]:
            yield f"{about} version {version['status']}, model {version['model_status']}, served by {serving}"
        charged = task["units_made"]
        if charged and (task["status"] != "cancelled" or charged != version["stop_units"]):
            yield f"{about} {charged} of {task['units']} units are charged"


def _everybody_is_told_once(told: TrainingBooks) -> Iterator[str]:
    for task_id, task in told.books.tasks.items():
        is_free_sample = task["idempotency_key"].startswith("samples:")
        wanted = 0 if is_free_sample and not told.books.files_of(task_id) else 1
        if told.told[task_id] != wanted:
            yield f"{task['kind']} {task_id}, {task['status']}, is told {told.told[task_id]} times"


def _what_lies_at_vendors_is_in_use(told: TrainingBooks) -> Iterator[str]:
    ready = {version["version_id"] for version in told.versions if version["status"] == "ready"}
    kept = {c["vendor_id"] for c in told.copies if c["state"] == "kept" and c["version_id"] in ready}
    at_replicate = {c["vendor_id"] for c in told.copies if c["backend"] == "replicate" and c["state"] == "kept"}
    for name in told.kept_versions - at_replicate:
        yield f"{name} lies at the vendor, and nobody knows of it"
    for name in at_replicate - told.kept_versions:
        yield f"{name} should lie at the vendor, and is not there"
    for copy in told.copies:
        if copy["state"] == "kept" and copy["vendor_id"] not in kept:
            yield f"{copy['kind']} {copy['vendor_id']} at {copy['backend']} is kept for no model that is in use"
    for archive in told.kept_archives:
        yield f"the photos {archive} of a training still lie at the vendor"
    known = {c["vendor_id"] for c in told.copies if c["backend"] == "runware" and c["state"] in ("kept", "stays")}
    for upload in told.uploads:
        names = {upload["model"], f"calls/{upload['taskUUID']}"}
        if upload["upload_status"] == "ready" and not names & known:
            yield f"{upload['model']} was uploaded, and nobody knows of it"


def _what_is_stored_is_named(told: TrainingBooks) -> Iterator[str]:
    for key in told.stored - told.named:
        yield f"{key} is stored, and no row names it"
    for key in told.named - told.stored:
        yield f"{key} is named, and not stored"


def describe_trainings(told: TrainingBooks) -> str:
    """What became of everything, in a few lines."""
    tasks = told.books.tasks.values()
    endings = Counter(f"{task['kind']} {task['status']} {task['error_code'] or ''}".strip() for task in tasks)
    attempts = Counter(task["attempt"] for task in tasks if task["kind"] == "train")
    calls = Counter(
        f"{c['backend']} {c['step']} {c['state']} {c['error_code'] or ''}" for c in told.books.calls.values()
    )
    at_vendor = Counter(f"{entry['status']}{' billed' if entry['billed'] else ''}" for entry in told.trained)
    copies = Counter(f"{copy['backend']} {copy['state']}" for copy in told.copies)
    return "\n".join(
        [
            f"tasks: {dict(sorted(endings.items()))}",
            f"attempts at trainings: {dict(sorted(attempts.items()))}",
            f"calls: {dict(sorted(calls.items()))}",
            f"trainings at the vendor: {dict(sorted(at_vendor.items()))}, copies: {dict(sorted(copies.items()))}",
        ]
    )
