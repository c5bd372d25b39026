"""One training from the photos to the model: `python -m tests.chaos.training_once TELEGRAM_ID FOLDER`.

In a database and a storage of its own, so that nobody else takes it up. Begun again after a death it goes on to its
end, and says whether there is one model, one training that a vendor was asked for, and one price.
"""

import argparse
import asyncio
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from config.settings import Settings, settings_or_exit
from db.migrate import migrate
from db.pool import Database
from repository.tasks import Lane, TaskStatus
from services.accounts import Accounts
from services.doorbell import Doorbell, open_arq
from services.erasable import ErasableFiles
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from tests.integration.training.conftest import PRICE, ObedientVendor, TrainingHouse
from workers.attempt import Attempt
from workers.backends.base import BackendCall, Failed, Finished, NeverHeard, StillRunning, Unknown, VendorRef


class LastingVendor(ObedientVendor):
    """Knows what it was asked for, through every death of its process."""

    folder: Path = Path()

    async def submit(self, call: BackendCall, order) -> VendorRef:  # type: ignore[no-untyped-def]
        ref = await super().submit(call, order)
        (self.folder / f"{order.kind.value}-{call.call_id}").write_text(order.model_dump_json())
        return ref

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        known = self.known(f"train-{call.call_id}")
        return Finished((), self.cost_microusd, trained=self.brings) if known else NeverHeard()

    def known(self, pattern: str) -> list[Path]:
        """The calls that were ever taken."""
        return list(self.folder.glob(pattern))


async def train(settings: Settings, user_id: int, folder: Path) -> None:
    """Go on with the training of this person, or begin it."""
    dsn = await _own_database(settings, user_id)
    async with await Database.connect(dsn) as plain, await Database.connect(dsn, failpoints=settings.failpoints) as db:
        storage = Storage.open((folder / "files").as_uri(), failpoints=settings.failpoints)
        arq = await open_arq(settings.redis_dsn)
        doorbell = Doorbell(arq, f"training:{user_id}")
        vendor = LastingVendor("replicate")
        vendor.folder = folder
        house = TrainingHouse(
            db=plain,
            doorbell=doorbell,
            accounts=Accounts(plain, "ru"),
            consents=Consents(plain, ErasableFiles(plain, storage), Tasks(plain, doorbell)),
            sets=TrainingSets(plain, storage, doorbell, Photos(plain, storage, 20)),
            tasks=Tasks(db, doorbell),
            storage=storage,
            vendor=vendor,
            registrar=ObedientVendor("runware"),
            places=TrainingPlaces(("replicate",), ("replicate",), ()),
        )
        try:
            await _bring_to_its_end(house, db, user_id)
            assert len(vendor.known("train-*")) == 1, "a vendor was asked twice"
            assert await house.spent(user_id) == (0, PRICE)
            assert await plain.reading.fetchval("""SELECT status FROM "Model" """) == "ready"
        finally:
            await arq.aclose()


async def _bring_to_its_end(house: TrainingHouse, watched: Database, user_id: int) -> None:
    person = await house.person(user_id)
    known: UUID | None = await house.db.reading.fetchval("""SELECT task_id FROM "Task" WHERE kind = 'train'""")
    task = await house.tasks.get(user_id, known) if known is not None else await house.asked(person)
    await house.db.reading.execute(
        """UPDATE "Task" SET lease_until = now() - interval '1 second' WHERE status = 'running'"""
    )
    await house.tasks.sweep()
    if not (await house.now(task)).status.is_final:
        await house.db.reading.execute("""UPDATE "Task" SET due_at = now() WHERE status = 'queued'""")
        (claimed,) = await house.tasks.claim(Lane.TRAINING, 1)
        house.db, plain = watched, house.db
        await house.runner().run(Attempt(claimed))
        house.db = plain
    assert (await house.now(task)).status is TaskStatus.COMPLETED


async def _own_database(settings: Settings, user_id: int) -> str:
    """Made and migrated where it is missing."""
    name = f"training_{user_id}"
    admin = await asyncpg.connect(settings.database_dsn)
    try:
        if not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
            await admin.execute(f'CREATE DATABASE "{name}"')
    finally:
        await admin.close()
    dsn = urlsplit(settings.database_dsn)._replace(path=f"/{name}").geturl()
    await migrate(dsn, "sandbox")
    return dsn


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.training_once", description=__doc__)
    parser.add_argument("telegram_id", type=int)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(train(settings_or_exit(), chosen.telegram_id, chosen.folder))


if __name__ == "__main__":
    main()
