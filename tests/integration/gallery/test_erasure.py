"""Nothing of a person is left but the books, whenever the process dies."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from config.failpoints import Write
from repository.erasures import ErasureRepository
from repository.ledger import LedgerRepository
from repository.models import ModelRepository
from repository.payments import PaymentRepository
from repository.referrals import ReferralRepository
from repository.tasks import TaskStatus
from repository.users import UserRepository
from services.accounts import Profile
from services.drafts.drafts import DraftContent, Drafts
from services.erasures import Erasures
from services.errors import ErasureNotFound
from services.orders import DatasetOrder, TextToImageOrder
from services.photos.photos import Photos
from services.storage import StorageAway
from tests.conftest import ROOT
from tests.integration.bot.conftest import draw
from workers.attempt import Attempt

NAMESPACE = "dreamphoto:test"
ANNA, FRIEND = 700_100_100, 700_200_200
"""Ids that stand nowhere by chance."""

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
"""How many statements wait for somebody else's transaction."""

ERASE = """
import asyncio, sys
from pathlib import Path
from config.failpoints import Failpoints
from db.pool import Database
from repository.users import UserRepository
from services.doorbell import Doorbell, open_arq
from services.erasures import Erasures
from services.storage import Storage
from services.tasks import Tasks

async def erase(dsn, redis_dsn, folder, files, user_id):
    points = Failpoints(Path(folder))
    async with await Database.connect(dsn, failpoints=points) as db:
        arq = await open_arq(redis_dsn)
        tasks = Tasks(db, Doorbell(arq, "dreamphoto:test"))
        person = await UserRepository(db.reading).get_user(int(user_id))
        storage = Storage.open(files, failpoints=points)
        await Erasures(db, tasks, storage, arq, "dreamphoto:test").erase(person)

asyncio.run(erase(*sys.argv[1:]))
"""


@pytest.fixture
def erasures(house, arq) -> Erasures:
    return Erasures(house.db, house.tasks, house.storage, arq, NAMESPACE)


async def live(studio, arq, user_id: int = ANNA) -> None:
    """Everything that a person can leave behind."""
    house = studio.house
    person = (await house.accounts.register(Profile(user_id, f"name{user_id}", "Anna", "Karenina", "en"))).person
    db = house.db.reading
    await house.accounts.register(Profile(FRIEND, None, "Friend", None, "en"))
    pictures = await studio.make(f"words of {user_id}", pictures=2, user_id=user_id)
    await db.execute("""UPDATE "Price" SET tokens = 5""")
    await studio.gallery.set_tags(person, pictures[0].file.file_id, ["mine"])
    await studio.gallery.set_notes(person, pictures[0].file.file_id, "a note")
    await studio.gallery.set_favorite(person, pictures[1].file.file_id, True)
    await Photos(house.db, house.storage, 20).take(user_id, draw(), source_key=f"tg:{user_id}")
    await Drafts(house.db).begin(person, DraftContent(prompt="a draft"))
    await ModelRepository(db).create_model(user_id, "Me", "tokme")
    await ReferralRepository(db).create_referral_code(user_id)
    await ReferralRepository(db).process_referral(user_id, FRIEND)
    await PaymentRepository(db).add_payment(user_id, 250, 100, charge_id=f"charge {uuid4()}")
    await house.generations.request(person, DatasetOrder(class_label="me", num_images=2), key="pack")
    waiting = await house.generations.request(person, TextToImageOrder(prompt="waiting"), key="waiting")
    await db.execute(
        """INSERT INTO "ProgressMessage" (task_id, chat_id, message_id) VALUES ($1, $2, 5)""",
        waiting.task_id,
        user_id,
    )
    for key in ("dialog:42:{0}:{0}:state", "album:{0}:77:intake", "limit:{0}", "banned-told:{0}"):
        await arq.set(f"{NAMESPACE}:{key.format(user_id)}", b"1")
    await arq.set(f"{NAMESPACE}:limit:{user_id}9", b"somebody else's")


def stored(folder: Path) -> list[str]:
    return [str(path) for name in ("outputs", "photos") for path in folder.rglob(f"{name}/*")]


async def traces(house, arq, tmp_path: Path, user_id: int = ANNA) -> list[str]:
    """Every row, file and key that still speaks of a person, the ledger aside."""
    found = []
    tables = await house.db.reading.fetch(
        """SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
    )
    for (table,) in tables:
        if table == "LedgerEntry":
            continue
        rows = await house.db.reading.fetch(f"""SELECT t::text FROM "{table}" t""")  # noqa: S608
        found += [f"{table}: {row[0]}" for row in rows if str(user_id) in row[0]]
    keys = [key.decode() async for key in arq.scan_iter(match="*")]
    found += [key for key in keys if str(user_id) in key.split(":")]
    return found + stored(tmp_path)


async def assert_nothing_is_left(house, arq, tmp_path: Path) -> None:
    assert await traces(house, arq, tmp_path) == []
    db = house.db.reading
    for table in (
        "Task",
        "Generation",
        "File",
        "FileTag",
        "Draft",
        "Model",
        "Dataset",
        "Notification",
        "TaskEvent",
        "VendorCall",
        "ProgressMessage",
        "ReferralInvite",
        "Hold",
        "ErasableFile",
    ):
        assert await db.fetchval(f"""SELECT count(*) FROM "{table}" """) == 0, table  # noqa: S608
    assert await LedgerRepository(db).find_gaps() == []
    assert await db.fetchval("""SELECT count(*) FROM "Account" WHERE user_id IS NULL""") == 1
    assert await db.fetchval("""SELECT count(*) FROM "Payment" WHERE user_id IS NULL""") == 1
    assert await db.fetchval("""SELECT count(*) FROM "User" """) == 1, "the friend"
    held = await db.fetchval(
        """
        SELECT sum(CASE WHEN credit_account LIKE 'held:%' THEN amount ELSE 0 END)
             - sum(CASE WHEN debit_account LIKE 'held:%' THEN amount ELSE 0 END) FROM "LedgerEntry"
        """
    )
    assert held == 0, "every open order was settled first"


async def test_everything_of_a_person_goes_and_the_receipt_says_what_it_was(studio, erasures, arq, tmp_path):
    await live(studio, arq)
    house = studio.house
    entries = await house.db.reading.fetchval("""SELECT count(*) FROM "LedgerEntry" """)
    person = await UserRepository(house.db.reading).get_user(ANNA)
    assert len(await traces(house, arq, tmp_path)) > 15
    receipt = await erasures.erase(person)
    assert receipt.completed_at is not None
    assert dict(receipt.counts) == {
        "photos": 1, "training_photos": 0, "pictures": 2, "orders": 3, "models": 1, "vendor_copies": 0, "drafts": 1,
        "messages": 3, "invitations": 1, "tokens_left": 130,
    }  # fmt: skip
    await assert_nothing_is_left(house, arq, tmp_path)
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "LedgerEntry" """) == entries + 2  # two releases
    assert await arq.get(f"{NAMESPACE}:limit:{ANNA}9") == b"somebody else's"
    assert await erasures.receipt(receipt.reference.lower()) == receipt
    with pytest.raises(ErasureNotFound):
        await erasures.receipt("DP-00000-00000")


async def test_a_task_that_a_worker_is_at_ends_at_once_and_its_pictures_are_erased(studio, erasures, backend, tmp_path):
    house = studio.house
    person = await house.person(ANNA)
    backend.gate = asyncio.Event()
    await house.generations.request(person, TextToImageOrder(prompt="x"), key="a")
    (task,) = await house.tasks.claim((await house.tasks.open_tasks(ANNA))[0].lane, 1)
    running = asyncio.create_task(house.runner().run(Attempt(task)))
    await asyncio.wait_for(backend.working.wait(), 20)
    receipt = await erasures.erase(person)
    assert receipt.completed_at is not None
    backend.gate.set()
    await asyncio.wait_for(running, 20)
    assert stored(tmp_path) == []
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "Task" """) == 0


@pytest.mark.parametrize(
    "point",
    [
        "erasure.request.after",
        "task.cancel.before",
        "task.cancel.after",
        "erasure.rows.before",
        "erasure.rows.after",
        "file.erase.before",
        "file.erase.after",
        "erasable.forget.before",
        "erasable.forget.after",
        "erasure.complete.before",
        "erasure.complete.after",
    ],
)
async def test_an_erasure_that_dies_in_the_middle_goes_on(
    studio, erasures, arq, database_dsn, redis_dsn, tmp_path, point
):
    await live(studio, arq)
    folder = tmp_path / "points"
    folder.mkdir()
    (folder / point).touch()
    died = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ERASE, database_dsn, redis_dsn, str(folder), tmp_path.as_uri(), str(ANNA)),
        cwd=ROOT,
        env=dict(os.environ),
    )
    assert await died.wait() == -signal.SIGKILL
    expected = 0 if point == "erasure.complete.after" else 1
    assert await erasures.go_on() == expected
    await assert_nothing_is_left(studio.house, arq, tmp_path)
    assert await erasures.go_on() == 0


async def test_asked_for_by_many_presses_it_is_done_once(studio, erasures, arq, tmp_path):
    await live(studio, arq)
    person = await UserRepository(studio.house.db.reading).get_user(ANNA)
    receipts = await asyncio.gather(*(erasures.erase(person) for _ in range(6)), return_exceptions=True)
    assert [receipt for receipt in receipts if isinstance(receipt, BaseException)] == []
    await erasures.go_on()
    await assert_nothing_is_left(studio.house, arq, tmp_path)


async def test_who_comes_back_is_somebody_new_without_a_second_gift(studio, erasures, arq):
    await live(studio, arq)
    house = studio.house
    person = await UserRepository(house.db.reading).get_user(ANNA)
    await erasures.erase(person)
    back = await house.accounts.register(Profile(ANNA, "anna", "Anna", None, "en"))
    assert (back.is_new, back.welcome_tokens, back.person.tokens_left) == (True, 0, 0)
    assert (await studio.gallery.pictures(back.person)).pictures == []
    assert await LedgerRepository(house.db.reading).find_gaps() == []
    second = await erasures.erase(back.person)
    assert second.completed_at is not None


@pytest.mark.parametrize("is_by_hand", [False, True])
async def test_a_ban_outlives_an_erasure_and_ends_where_it_is_lifted(house, erasures, is_by_hand):
    sql, profile = house.db.reading, Profile(ANNA, "anna", "Anna", None, "en")
    person = (await house.accounts.register(profile)).person
    if is_by_hand:
        await sql.execute("""UPDATE "User" SET banned_at = now()""")
    else:
        assert await house.accounts.ban(ANNA, True)
    for _ in range(2):  # whoever comes again is erased again, and as banned as before
        await erasures.erase(person)
        back = await house.accounts.register(profile)
        assert (back.is_new, back.is_stranger, back.person.banned_at is not None) == (True, False, True)
        person = back.person
    assert await house.accounts.ban(ANNA, False)
    await erasures.erase(person)
    assert (await house.accounts.register(profile)).person.banned_at is None


async def test_a_ban_can_be_lifted_while_nobody_is_known_under_its_id(house, erasures):
    profile = Profile(ANNA, "anna", "Anna", None, "en")
    person = (await house.accounts.register(profile)).person
    await house.accounts.ban(ANNA, True)
    await erasures.erase(person)
    assert not await house.accounts.ban(ANNA, True), "nobody of this id is here"
    assert await house.accounts.ban(ANNA, False)
    assert not await house.accounts.ban(ANNA, False), "that was all there is"
    assert (await house.accounts.register(profile)).person.banned_at is None


async def test_a_registration_that_waits_for_the_end_of_an_erasure_is_banned_too(house):
    """It reads as the database was before the erasure, and writes after it."""
    profile = Profile(ANNA, "anna", "Anna", None, "en")
    await house.accounts.register(profile)
    await house.accounts.ban(ANNA, True)
    sql = house.db.reading
    async with house.db.transaction(Write.ERASURE_ROWS) as tx:
        repository = ErasureRepository(tx)
        erasure = await repository.request(ANNA, "DP-AAAAA-BBBBB")
        await repository.erase_rows(erasure.erasure_id, ANNA)
        coming = asyncio.create_task(house.accounts.register(profile))
        async with asyncio.timeout(20):
            while not await sql.fetchval(WAITING):
                await asyncio.wait({coming}, timeout=0.01)
    assert (await coming).person.banned_at is not None


async def test_the_pictures_of_others_stay(studio, erasures, arq):
    (theirs,) = await studio.make(user_id=FRIEND)
    await live(studio, arq)
    house = studio.house
    person = await UserRepository(house.db.reading).get_user(ANNA)
    await erasures.erase(person)
    friend = await UserRepository(house.db.reading).get_user(FRIEND)
    assert await house.storage.has(theirs.file.storage_key)
    assert (await studio.gallery.picture(friend, theirs.file.file_id)).status is TaskStatus.COMPLETED


async def test_a_key_that_cannot_be_erased_keeps_no_other_and_nobodys_rows(studio, erasures, arq, tmp_path):
    """A folder where a file should be is what the storage cannot erase."""
    await live(studio, arq)
    house = studio.house
    stuck = [tmp_path / "a" / "stuck", tmp_path / "b" / "stuck"]
    for folder in stuck:
        (folder / "inside").mkdir(parents=True)
    await house.db.reading.execute("""INSERT INTO "ErasableFile" (storage_key) VALUES ('a/stuck'), ('b/stuck')""")
    friend = await UserRepository(house.db.reading).get_user(FRIEND)
    for person in (await UserRepository(house.db.reading).get_user(ANNA), friend):
        with pytest.raises(StorageAway, match="a/stuck"):
            await erasures.erase(person)
    with pytest.raises(StorageAway, match="a/stuck"):
        await erasures.go_on()
    noted = await house.db.reading.fetch("""SELECT storage_key FROM "ErasableFile" ORDER BY storage_key""")
    assert [row["storage_key"] for row in noted] == ["a/stuck", "b/stuck"]
    assert stored(tmp_path) == []
    for folder in stuck:
        (folder / "inside").rmdir()
        folder.rmdir()
    assert await erasures.go_on() == 2
    assert await house.db.reading.fetchval("""SELECT count(*) FROM "ErasableFile" """) == 0
