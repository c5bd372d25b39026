"""Storms over real vendors' wires: everything at both breaks at random while workers die, and nothing is bought twice.

The seed decides what is ordered, what breaks when and which worker dies when; CHAOS_SEED repeats one.
"""

import asyncio
import io
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest
from PIL import Image

from db.pool import Database
from repository.ledger import LedgerRepository
from repository.tasks import Lane
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell, open_arq
from services.generation import Generations
from services.orders import AnyOrder, DatasetOrder, ImageToImageOrder, TaskKind, TextToImageOrder, UpscaleOrder
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from tests.chaos.house import LEASE_SECONDS, wait_until
from tests.chaos.vendor_books import describe, find_violations, read_reckoning
from tests.chaos.vendor_house import VENDORS, VendorHouse, open_vendor_house
from tests.chaos.vendor_weather import HURRIED, Plan, PlannedOrder

TOKENS = 100_000
"""Given to everybody: nobody goes without for lack of tokens."""
PEOPLE = 5
NAMESPACE = "dreamphoto:sandbox"
TIME_LIMITS = f"""
    CREATE FUNCTION shorten() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.correlation_id LIKE '{HURRIED}%' THEN NEW.time_limit := interval '4 seconds'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER shorten BEFORE INSERT ON "Task" FOR EACH ROW EXECUTE FUNCTION shorten();
    """
"""Some orders have little time from their first moment, so that no worker knows of another deadline."""


@dataclass(frozen=True)
class Storm:
    """How long and how hard."""

    worker: str
    """The workers' module."""
    preferred: tuple[str, str]
    """The vendor that each of the two workers asks first."""
    seconds: float
    orders: int
    quiet_within: float
    """Seconds from peace until every order has ended."""


def test_a_storm_over_both_vendors_buys_nothing_twice_and_loses_nothing(seed):
    go_through(Storm("tests.chaos.storm_worker", VENDORS, seconds=15, orders=40, quiet_within=90), seed)


@pytest.mark.long
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_long_storm_over_a_vendor_buys_nothing_twice_and_loses_nothing(seed, vendor):
    """The workers are those of production, with all their patience; the other vendor is their way out."""
    go_through(Storm("workers.main", (vendor, vendor), seconds=200, orders=300, quiet_within=420), seed)


def go_through(storm: Storm, seed: int) -> None:
    """Order through the storm, wait for quiet, and look at everything."""
    with open_vendor_house(storm.worker, storm.preferred) as house:
        plan = Plan.drawn(
            seed,
            seconds=storm.seconds,
            orders=storm.orders,
            people=PEOPLE,
            preferred=storm.preferred,
            trap_url=house.trap.url,
        )
        asyncio.run(Rage(house, plan).go())
        struck = {vendor: house.struck(vendor) for vendor in VENDORS}
        house.make_peace()
        peace = time.monotonic()
        try:
            wait_until(lambda: asyncio.run(open_tasks(house)) == 0, storm.quiet_within, "quiet")
        except BaseException as error:
            error.add_note(f"CHAOS_SEED={seed}\n{house.story()}")
            raise
        quiet_after = time.monotonic() - peace
        reckoning = asyncio.run(read_reckoning(house))
        print(  # noqa: T201 - says what a storm that was weathered was like
            describe(reckoning),
            *(f"struck at {vendor}: {counts}" for vendor, counts in struck.items()),
            f"{len(plan.kills)} kills, quiet after {quiet_after:.0f} s",
            sep="\n",
        )
        violations = list(find_violations(reckoning))
        assert not violations, "\n".join(
            [f"{len(violations)} end conditions are broken (CHAOS_SEED={seed})", *violations, house.story()]
        )
    assert len(reckoning.books.tasks) == storm.orders
    assert all(struck.values())


class Rage:
    """Carries a plan out: orders through the services, faults at the vendors, deaths of workers."""

    def __init__(self, house: VendorHouse, plan: Plan) -> None:
        self._house = house
        self._plan = plan

    async def go(self) -> None:
        """Everything at its time; returns when the last has happened."""
        house, plan = self._house, self._plan
        arq = await open_arq(house.redis_dsn)
        async with await Database.connect(house.database_dsn) as db:
            await db.reading.execute(TIME_LIMITS)
            await db.reading.execute("""UPDATE "Limit" SET amount = 1000 WHERE kind = 'open_tasks'""")
            doorbell = Doorbell(arq, NAMESPACE)
            self._generations = Generations(db, doorbell, Lane.PROVIDER, random.Random(0))
            self._tasks = Tasks(db, doorbell, timedelta(seconds=LEASE_SECONDS))
            self._photos = Photos(db, Storage.open(house.files.as_uri(), {}), 20)
            self._people = await meet(db)
            began = time.monotonic()

            async def at(moment: float, act: Callable[[], Awaitable[None]]) -> None:
                await asyncio.sleep(max(began + moment - time.monotonic(), 0))
                await act()

            async with asyncio.TaskGroup() as storm:
                for number, order in enumerate(plan.orders):
                    storm.create_task(at(order.at, lambda number=number, order=order: self._order(number, order)))
                for fault in plan.faults:
                    storm.create_task(
                        at(fault.at, lambda one=fault: asyncio.to_thread(house.break_vendor, one.vendor, one.fault))
                    )
                for kill in plan.kills:
                    storm.create_task(at(kill.at, lambda one=kill: asyncio.to_thread(house.kill, one.worker)))
        await arq.aclose()

    async def _order(self, number: int, planned: PlannedOrder) -> None:
        person = self._people[planned.person]
        order = await self._composed(person, number, planned)
        name = f"{HURRIED if planned.is_hurried else 'order'}-{number}"
        task = await self._generations.request(person, order, f"storm:{number}", correlation_id=name)
        if planned.stops_after is not None:
            await asyncio.sleep(planned.stops_after)
            await self._tasks.cancel(person.user_id, task.task_id)

    async def _composed(self, person: User, number: int, planned: PlannedOrder) -> AnyOrder:
        words = f"a lighthouse number {number}"
        photo = await self._photos.take(person.user_id, photo_of(number)) if planned.from_photo else None
        file_id = photo.file_id if photo is not None else None
        match planned.kind:
            case TaskKind.DATASET:
                return DatasetOrder(class_label=words, num_images=planned.pictures, file_id=file_id, seed=number * 100)
            case TaskKind.UPSCALE:
                assert file_id is not None
                return UpscaleOrder(file_id=file_id, factor=2)
            case TaskKind.IMAGE_TO_IMAGE:
                assert file_id is not None
                return ImageToImageOrder(
                    prompt=words, file_id=file_id, num_images=planned.pictures, seed=number * 100 + 1
                )
            case _:
                return TextToImageOrder(prompt=words, num_images=planned.pictures, seed=number * 100 + 1)


async def meet(db: Database) -> list[User]:
    """People of the API, whom no bot has to tell anything, with tokens enough."""
    people = []
    for number in range(1, PEOPLE + 1):
        person = (await Accounts(db, "en").register(Profile(-number, None, "Ann", None, "en"))).person
        await LedgerRepository(db.reading).adjust(person.user_id, TOKENS, f"storm:{number}")
        people.append(person)
    return people


def photo_of(number: int) -> bytes:
    """A photo that no other order starts from."""
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((320, 256)).point(lambda value: (value + number) % 256).save(buffer, "JPEG")
    return buffer.getvalue()


async def open_tasks(house: VendorHouse) -> int:
    """How many orders have not ended."""
    connection = await asyncpg.connect(house.database_dsn)
    try:
        return int(await connection.fetchval("""SELECT count(*) FROM "Task" WHERE status IN ('queued', 'running')"""))
    finally:
        await connection.close()
