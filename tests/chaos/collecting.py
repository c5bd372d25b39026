"""Photos for a model, without a bot: `python -m tests.chaos.collecting ACTION TELEGRAM_ID`.

Each action is asked for again after a death, as an update is handled again, and must then have happened once.
"""

import argparse
import asyncio
from datetime import timedelta

from config.settings import Settings, settings_or_exit
from db.pool import Database
from repository.training_sets import TrainingSet
from repository.users import User
from services.accounts import Accounts
from services.doorbell import Doorbell, open_arq
from services.erasable import ErasableFiles
from services.photos.analyses import PhotoAnalyses
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.sets import TrainingSets
from tests.integration.sets.conftest import selfie

ACTIONS = "consent begin photo look describe discard withdraw track claim show"
MESSAGE_ID = 77
_LEASE = timedelta(seconds=1)


class Collector:
    """One person at their photos."""

    def __init__(self, person: User, consents: Consents, sets: TrainingSets, analyses: PhotoAnalyses) -> None:
        self._person = person
        self._consents = consents
        self._sets = sets
        self._analyses = analyses

    async def do(self, action: str) -> None:
        """Carry out one of ACTIONS."""
        match action:
            case "consent":
                await self._consents.give(self._person)
            case "withdraw":
                await self._consents.withdraw(self._person)
            case "begin":
                await self._sets.begin(self._person)
            case _:
                current = await self._sets.current(self._person.user_id)
                if current is not None:  # discarded before the death
                    await self._with(current, action)

    async def _with(self, current: TrainingSet, action: str) -> None:
        set_id = current.set_id
        match action:
            case "photo":
                key = f"training:{self._person.user_id}"
                await self._sets.add_photo(self._person, set_id, selfie(1), source_key=key, place=1)
            case "look":
                for photo in (await self._sets.view(self._person, set_id)).photos:
                    await self._analyses.request(self._person.user_id, photo.file.file_id)
            case "describe":
                await self._sets.describe(self._person, set_id, name="Me")
            case "discard":
                await self._sets.discard(self._person, set_id)
            case "track":
                await self._sets.track_card(set_id, MESSAGE_ID)
            case "claim":
                await self._sets.claim_stale_cards(_LEASE, 100)
            case "show":
                await self._sets.card_shown(set_id, current.revision)


async def collect(settings: Settings, action: str, user_id: int) -> None:
    """Carry out one action of one person."""
    async with await Database.connect(settings.database_dsn, failpoints=settings.failpoints) as db:
        person = await Accounts(db, settings.default_locale).get(user_id)
        assert person is not None
        storage = Storage.open(settings.storage_base, settings.s3, failpoints=settings.failpoints)
        arq = await open_arq(settings.redis_dsn)
        doorbell = Doorbell(arq, settings.namespace)
        collector = Collector(
            person,
            Consents(db, ErasableFiles(db, storage), Tasks(db, doorbell)),
            TrainingSets(db, storage, doorbell, Photos(db, storage, settings.max_upload_mb)),
            PhotoAnalyses(db, doorbell),
        )
        try:
            await collector.do(action)
        finally:
            await arq.aclose()


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.collecting", description=__doc__)
    parser.add_argument("action", choices=ACTIONS.split())
    parser.add_argument("telegram_id", type=int)
    chosen = parser.parse_args()
    asyncio.run(collect(settings_or_exit(), chosen.action, chosen.telegram_id))


if __name__ == "__main__":
    main()
