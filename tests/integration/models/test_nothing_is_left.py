"""A person who has everything is erased; then the whole database, the storage and Redis are searched for them."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from db.pool import Database
from repository.payments import PaymentRepository
from repository.vendor_copies import CopyState
from services.accounts import Profile
from services.drafts.drafts import DraftContent, Drafts
from services.erasures import Erasures
from services.models.vendor_copies import VendorCopies
from services.orders import TextToImageOrder
from services.photos.photos import Photos
from tests.integration.bot.conftest import draw
from tests.integration.models.conftest import BORIS
from tests.integration.models.owning import FACE, Owned, Owning
from tests.integration.models.test_vendor_copies import Vendor
from workers.vendor_copies import delete_due

pytestmark = pytest.mark.asyncio

NAMESPACE = "dreamphoto:test"
CLARA = 734_512_896
TRIGGER = "qwvxzk91"
FIRST, LAST, NICK, MODEL, WISH = "Clarabelle", "Quinterwold", "clq_nick", "Clara-in-spring", "a zeppelin over Ghent"
BOOKS = {"LedgerEntry", "Account", "Payment", "Erasure", "SpentKey"}
"""What stays, without a way back to the person; the test looks into it like everywhere else."""


async def everything(house, owning: Owning, arq) -> tuple[list[Owned], list[str]]:
    """A person with all that a person can have; and the words that must lead nowhere afterwards."""
    person = (await house.accounts.register(Profile(CLARA, NICK, FIRST, LAST, "en"))).person
    db = house.db.reading
    await PaymentRepository(db).add_payment(CLARA, 250, 300, charge_id="charge-of-clara-774")
    await Drafts(house.db).begin(person, DraftContent(prompt=WISH))
    await Photos(house.db, house.storage, 20).take(CLARA, draw(), source_key="tg:AgACphoto774")
    await db.execute("""INSERT INTO "Consent" (user_id, wording) VALUES ($1, 1)""", CLARA)
    first = await owning.train(CLARA, name=MODEL, trigger=TRIGGER, days_ago=3)
    second = await owning.train(CLARA, model_id=first.model_id, trigger=TRIGGER)
    failed = await owning.train(
        CLARA, name=MODEL, trigger="qwvxzk92", status="error", task_status="failed", tokens=250, captured=0
    )
    running = await owning.train(CLARA, name=MODEL, trigger="qwvxzk93", status="training", task_status="running")
    await owning.open_set(CLARA)
    await db.execute("""UPDATE "User" SET default_model_id = $2 WHERE user_id = $1""", CLARA, first.model_id)
    pictures = await owning.pictures(CLARA, first.model_id, 0.8, None)
    lying = ((first, "replicate", "model"), (second, "replicate", "photos"), (second, "runware", "model"))
    for version, backend, kind in lying:
        await owning.copy(version.version_id, backend, kind, f"{backend}-{kind}-{uuid4()}")
    order = TextToImageOrder(prompt=WISH)
    task = await house.generations.request(person, order, key="waiting")
    await db.execute(
        """INSERT INTO "ProgressMessage" (task_id, chat_id, message_id) VALUES ($1, $2, 5)""", task.task_id, CLARA
    )
    await db.execute(
        """
        INSERT INTO "TaskEvent" (task_id, attempt, kind, details) VALUES ($1, 1, 'note', $2)
        """,
        first.task_id,
        {"trigger": TRIGGER},
    )
    await db.execute(
        """INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend, vendor_ref, cost_microusd)
        VALUES ($1, $2, 1, 0, 'replicate', 'training-of-clara', 1500000)""",
        uuid4(),
        first.task_id,
    )
    await db.execute(
        """INSERT INTO "Notification" (user_id, kind, task_id) VALUES ($1, 'task_ended', $2)""", CLARA, failed.task_id
    )
    for key in ("dialog:42:{0}:{0}:state", "dialog:42:{0}:{0}:data", "album:{0}:77:intake", "limit:{0}"):
        await arq.set(f"{NAMESPACE}:{key.format(CLARA)}", MODEL.encode())
    owned = [first, second, failed, running]
    traces = [str(CLARA), FIRST, LAST, NICK, MODEL, WISH, TRIGGER, "qwvxzk9", "charge-of-clara", "training-of-clara"]
    traces += [str(photo) for one in owned for photo in one.photos] + [key for one in owned for key in one.keys]
    traces += [str(one.task_id) for one in owned] + [str(file_id) for file_id in pictures]
    return owned, traces


async def found_in_database(db: Database, traces: Sequence[str], faces: Sequence[bytes]) -> list[str]:
    """Where in any column of any table one of these still stands: `table.column: what`.

    Every column is read as the text that PostgreSQL writes for it, jsonb and bytea too.
    """
    columns = await db.reading.fetch(
        """
        SELECT c.table_name, c.column_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
        """
    )
    wanted = [*traces, *(face.hex() for face in faces)]
    found = []
    for table, column in columns:
        rows = await db.reading.fetch(
            f"""
            SELECT wanted FROM unnest($1::text[]) AS wanted
            WHERE EXISTS (SELECT FROM "{table}" WHERE strpos("{column}"::text, wanted) > 0)
            """,  # noqa: S608
            wanted,
        )
        found += [f"{table}.{column}: {row['wanted'][:60]}" for row in rows]
    return found


async def found_in_redis(arq, traces: Sequence[str]) -> list[str]:
    keys = [key async for key in arq.scan_iter(match="*")]
    values = {key: await arq.get(key) if await arq.type(key) == b"string" else b"" for key in keys}
    return [
        key.decode()
        for key, value in values.items()
        if any(trace.encode() in key or trace.encode() in (value or b"") for trace in traces)
    ]


def stored(folder: Path) -> set[str]:
    names = ("outputs", "photos", "training", "weights")
    return {str(path.relative_to(folder)) for name in names for path in folder.rglob(f"{name}/*") if path.is_file()}


async def test_the_search_finds_what_there_is_before(house, owning, arq, tmp_path):
    _, traces = await everything(house, owning, arq)
    found = await found_in_database(house.db, traces, [FACE])
    where = {one.partition(":")[0] for one in found}
    for column in (
        "User.user_id",
        "User.first_name",
        "Model.trigger_word",
        "Model.name",
        "ModelVersion.weights_key",
        "ModelVersion.face",
        "PhotoAnalysis.embedding",
        "TrainingPhoto.file_id",
        "TrainingSet.name",
        "Consent.user_id",
        "File.storage_key",
        "Task.order_json",
        "TaskEvent.details",
        "VendorCall.vendor_ref",
        "Notification.user_id",
        "ProgressMessage.chat_id",
        "Payment.charge_id",
        "Generation.prompt_text",
        "Draft.content",
    ):
        assert column in where, column
    assert len(await found_in_redis(arq, traces)) >= 4
    assert len(stored(tmp_path)) > 20


async def test_nothing_is_left_of_a_person_who_had_everything(house, owning, arq, tmp_path):
    theirs = await owning.train((await house.person(BORIS)).user_id, trigger="boris001")
    before = stored(tmp_path)
    owned, traces = await everything(house, owning, arq)
    person = await house.accounts.get(CLARA)
    erasures = Erasures(house.db, house.tasks, house.storage, arq, NAMESPACE)
    receipt = await erasures.erase(person)
    assert receipt.completed_at is not None
    counts = receipt.counts
    assert (counts["training_photos"], counts["models"], counts["vendor_copies"]) == (18, 3, 3)
    assert (counts["photos"], counts["pictures"]) == (1, 2)

    assert await found_in_database(house.db, traces, []) == []
    assert await found_in_redis(arq, traces) == []
    assert stored(tmp_path) == before
    # Of faces only that of the other person is left.
    faces = await found_in_database(house.db, [], [FACE])
    assert {one.partition(":")[0] for one in faces} == {"ModelVersion.face", "PhotoAnalysis.embedding"}
    versions = await house.db.reading.fetch("""SELECT version_id FROM "ModelVersion" """)
    assert [row["version_id"] for row in versions] == [theirs.version_id]
    filled = await tables_with_rows_but_for(house.db, BORIS)
    assert filled <= BOOKS | {"VendorCopy"}, filled
    assert owned


async def test_names_at_vendors_stay_no_longer_than_there_is_something_to_delete(house, owning, arq):
    await everything(house, owning, arq)
    erasures = Erasures(house.db, house.tasks, house.storage, arq, NAMESPACE)
    receipt = await erasures.erase(await house.accounts.get(CLARA))
    rows = await house.db.reading.fetch("""SELECT version_id, state, vendor_id FROM "VendorCopy" """)
    assert {(row["version_id"], row["state"]) for row in rows} == {(None, "doomed")}
    assert {fate.state for fate in receipt.copies} == {CopyState.DOOMED}
    await delete_due(VendorCopies(house.db), {"replicate": Vendor(), "runware": Vendor(deletes=False)})
    fates = {(fate.backend, fate.kind.value): fate.state for fate in (await erasures.receipt(receipt.reference)).copies}
    assert fates == {
        ("replicate", "model"): CopyState.DELETED,
        ("replicate", "photos"): CopyState.DELETED,
        ("runware", "model"): CopyState.STAYS,
    }
    names = await house.db.reading.fetch("""SELECT vendor_id FROM "VendorCopy" WHERE state = 'deleted'""")
    assert all(row["vendor_id"].startswith("deleted-") for row in names)


async def tables_with_rows_but_for(db: Database, user_id: int) -> set[str]:
    """Tables that hold rows that a fresh house does not have, those of this other person aside."""
    other = await db.reading.fetchval("""SELECT count(*) FROM "User" WHERE user_id <> $1""", user_id)
    assert other == 0
    watched = (
        *("Task", "Generation", "Dataset", "Draft", "Notification", "TaskEvent", "VendorCall", "ProgressMessage"),
        *("Hold", "ErasableFile", "FileTag", "CallOutput", "Consent", "ReferralInvite", "ModelReceipt"),
        *("LedgerEntry", "Account", "Payment", "Erasure", "VendorCopy"),
    )
    filled = set()
    for table in watched:
        rows = await db.reading.fetch(f"""SELECT t::text FROM "{table}" t""")  # noqa: S608
        if any(str(user_id) not in row[0] for row in rows):
            filled.add(table)
    return filled
