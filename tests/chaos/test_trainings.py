"""Storms over trainings: everything breaks at the vendors that train and serve, and workers die.

Nobody pays twice, no vendor is paid twice, no model is lost, and of what went wrong nothing is left anywhere. The seed
decides who asks when, what breaks and which worker dies; CHAOS_SEED repeats one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import httpx
import orjson
import pytest

from db.pool import UNAVAILABLE, Database
from repository.ledger import LedgerRepository
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell, open_arq
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.errors import ProductError
from services.orders import SubjectClass
from services.photos.figures import embedding_to_bytes
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from services.training.trainings import Training
from tests.chaos.house import LEASE_SECONDS, wait_until
from tests.chaos.test_vendors import NAMESPACE, TIME_LIMITS, open_tasks
from tests.chaos.training_books import (
    SEEN,
    describe_trainings,
    find_violations_of_trainings,
    read_training_books,
    sweep_up,
)
from tests.chaos.training_weather import PlannedTraining, TrainingPlan
from tests.chaos.vendor_house import VENDORS, VendorHouse, open_vendor_house
from tests.chaos.vendor_weather import HURRIED
from tests.integration.training.conftest import good_figures, selfie

TOKENS = 1000
PHOTOS = 4
TRAINING_SECONDS = 1.5
"""What the vendor takes for a training."""


@dataclass(frozen=True)
class Storm:
    """How long and how hard."""

    worker: str
    """The workers' module."""
    seconds: float
    trainings: int
    quiet_within: float
    """Seconds from peace until every training has ended."""


def test_a_storm_over_trainings_trains_nothing_twice_and_leaves_nothing(seed):
    go_through(Storm("tests.chaos.storm_worker", seconds=6, trainings=10, quiet_within=60), seed)


@pytest.mark.long
def test_a_long_storm_over_trainings_trains_nothing_twice_and_leaves_nothing(seed):
    go_through(Storm("tests.chaos.storm_worker", seconds=90, trainings=120, quiet_within=180), seed)


@pytest.mark.long
def test_a_storm_over_the_workers_of_production_trains_nothing_twice_and_leaves_nothing(seed):
    """With all their patience: a training whose creation was never answered is looked for after a minute."""
    go_through(Storm("workers.main", seconds=60, trainings=60, quiet_within=420), seed)


def go_through(storm: Storm, seed: int) -> None:
    """Have models trained through the storm, wait for quiet, and look at everything."""
    with open_vendor_house(storm.worker, ("runware", "runware")) as house:
        httpx.post(
            f"{house.vendor_urls['replicate']}/sim/settings", json={"training_seconds": TRAINING_SECONDS}
        ).raise_for_status()
        plan = TrainingPlan.drawn(seed, seconds=storm.seconds, trainings=storm.trainings, trap_url=house.trap.url)
        asyncio.run(Rage(house, plan).go())
        struck = {vendor: house.struck(vendor) for vendor in VENDORS}
        house.make_peace()
        peace = time.monotonic()
        try:
            wait_until(lambda: asyncio.run(open_tasks(house)) == 0, storm.quiet_within, "quiet")
            quiet_after = time.monotonic() - peace
            asyncio.run(sweep_up(house))
        except BaseException as error:
            error.add_note(f"CHAOS_SEED={seed}\n{house.story()}")
            raise
        books = asyncio.run(read_training_books(house))
        print(  # noqa: T201 - says what a storm that was weathered was like
            describe_trainings(books),
            *(f"struck at {vendor}: {counts}" for vendor, counts in struck.items()),
            f"{len(plan.kills)} kills, quiet after {quiet_after:.0f} s",
            sep="\n",
        )
        violations = list(find_violations_of_trainings(books))
        assert not violations, "\n".join(
            [f"{len(violations)} end conditions are broken (CHAOS_SEED={seed})", *violations, house.story()]
        )
        gone = sum(one.leaves_after is not None for one in plan.trainings)
        assert len(books.people) == storm.trainings - gone
        trainings = [task for task in books.books.tasks.values() if task["kind"] == "train"]
        assert len(trainings) == storm.trainings - gone
        assert not house.trap.visits
    assert all(struck.values())


class Rage:
    """Carries a plan out: people through the services, faults at the vendors, deaths of workers."""

    def __init__(self, house: VendorHouse, plan: TrainingPlan) -> None:
        self._house = house
        self._plan = plan

    async def go(self) -> None:
        """Everything at its time; returns when the last has happened."""
        house, plan = self._house, self._plan
        arq = await open_arq(house.redis_dsn)
        async with await Database.connect(house.database_dsn) as db:
            for statement in (TIME_LIMITS, SEEN, _looking()):
                await db.reading.execute(statement)
            await db.reading.execute("""UPDATE "Limit" SET amount = $1 WHERE kind = 'training_photos_min'""", PHOTOS)
            doorbell = Doorbell(arq, NAMESPACE)
            storage = Storage.open(house.files.as_uri())
            self._accounts = Accounts(db, "en")
            self._tasks = Tasks(db, doorbell, timedelta(seconds=LEASE_SECONDS))
            self._consents = Consents(db, ErasableFiles(db, storage), self._tasks)
            self._sets = TrainingSets(db, storage, doorbell, Photos(db, storage, 20))
            self._erasures = Erasures(db, self._tasks, storage, arq, NAMESPACE)
            places = TrainingPlaces(("replicate",), ("runware", "replicate"), ("runware",))
            self._training = Training(db, doorbell, self._sets, places)
            self._db = db
            ready = [await self._collect(number) for number in range(1, len(plan.trainings) + 1)]
            began = time.monotonic()

            async def at(moment: float, act: Callable[[], Awaitable[object]]) -> None:
                await asyncio.sleep(max(began + moment - time.monotonic(), 0))
                await act()

            async with asyncio.TaskGroup() as storm:
                for (person, set_id), planned in zip(ready, plan.trainings, strict=True):
                    storm.create_task(at(planned.at, partial(self._train, person, set_id, planned)))
                for fault in plan.faults:
                    storm.create_task(
                        at(fault.at, partial(asyncio.to_thread, house.break_vendor, fault.vendor, fault.fault))
                    )
                for kill in plan.kills:
                    storm.create_task(at(kill.at, partial(asyncio.to_thread, house.kill, kill.worker)))
        await arq.aclose()

    async def _collect(self, number: int) -> tuple[User, int]:
        """Somebody with tokens, and a set of good photos."""
        person = (await self._accounts.register(Profile(number, None, "Ann", None, "en"))).person
        await LedgerRepository(self._db.reading).adjust(number, TOKENS, f"storm:{number}")
        await self._consents.give(person)
        begun = await self._sets.begin(person)
        for photo in range(PHOTOS):
            content = await asyncio.to_thread(selfie, number * PHOTOS + photo)
            await self._sets.add_photo(person, begun.set_id, content, source_key=f"p:{photo}")
        await self._sets.describe(person, begun.set_id, subject_class=SubjectClass.WOMAN, name=f"Model {number}")
        return person, begun.set_id

    async def _train(self, person: User, set_id: int, planned: PlannedTraining) -> None:
        name = f"{HURRIED if planned.is_hurried else 'training'}-{person.user_id}"
        task = await self._training.request(person, set_id, "storm", correlation_id=name)
        if planned.stops_after is not None:
            await asyncio.sleep(planned.stops_after)
            await self._tasks.cancel(person.user_id, task.task_id)
        if planned.withdraws_after is not None:
            await asyncio.sleep(planned.withdraws_after)
            await self._consents.withdraw(person)
        if planned.leaves_after is not None:
            await asyncio.sleep(planned.leaves_after)
            with suppress(ProductError, *UNAVAILABLE):  # the broom goes on with it
                await self._erasures.erase(person)


def _looking() -> str:
    """Every photo is a good one of somebody's face, from its first moment: no networks are loaded for it."""
    figures = good_figures(1)
    assert figures.embedding is not None
    return f"""
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.state := 'done';
            NEW.done_at := now();
            NEW.figures := jsonb_set('{orjson.dumps(figures.to_json()).decode()}', '{{looks}}',
                                     to_jsonb(substr(md5(NEW.file_id::text), 1, 16)));
            NEW.embedding := '\\x{embedding_to_bytes(figures.embedding).hex()}';
            RETURN NEW;
        END $$;
        CREATE TRIGGER look BEFORE INSERT ON "PhotoAnalysis" FOR EACH ROW EXECUTE FUNCTION look();
        """
