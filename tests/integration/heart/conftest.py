"""A small house for the tests of the heart: real database, real Redis, and a backend that does as it is told."""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from db.pool import Database
from repository.tasks import Lane
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.generation import Generations
from services.offers import Offer
from services.orders import AnyOrder
from services.storage import Storage
from services.tasks import Tasks
from tests.integration.runners import task_runner
from workers.backends.base import (
    CANCELLED,
    BackendCall,
    BackendUnreachable,
    Cancelled,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Picture,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.run_task import TaskRunner

Answer = Finished | Failed | StillRunning | NeverHeard | Unknown


def picture(seed: int = 1) -> Picture:
    """A real, small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (seed % 255, 80, 120)).save(buffer, "JPEG")
    return Picture(buffer.getvalue(), "image/jpeg", 64, 64, seed)


@dataclass
class ObedientBackend:
    """Makes plain pictures; a test tells it what to answer and when to wait."""

    name: str = "preview"
    submitted: list[BackendCall] = field(default_factory=list)
    resolution: Callable[[BackendCall], Answer] = lambda call: NeverHeard()
    failures: list[Failed] = field(default_factory=list)
    """Answered first, one a call."""
    away: str = ""
    """What the vendor cannot be reached for: submit, follow, cancel or all."""
    gate: asyncio.Event | None = None
    """Nothing is finished before it is set."""
    ungated: int = 0
    """So many calls, the first ones, do not wait for the gate."""
    working: asyncio.Event = field(default_factory=asyncio.Event)
    made_when_stopped: int = 0
    bills_what_was_stopped: bool = False
    """It goes on with a stopped call; one without pictures ends as cancelled."""
    costs_when_stopped: int = 0
    """What it then says that this costs, in millionths of a US dollar; 0: it says nothing."""
    reads_weights: bool = False
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _orders: dict[str, AnyOrder] = field(default_factory=dict)

    def supports(self, order: AnyOrder, offer: Offer | None) -> bool:
        return True

    async def submit(self, call: BackendCall, order: AnyOrder) -> VendorRef:
        self._reach("submit")
        self.submitted.append(call)
        ref = VendorRef(call.call_id, f"vendor-{len(self.submitted)}")
        self._orders[ref.vendor_ref] = order
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        yield Progress(40)
        self.working.set()
        self._reach("follow")
        if self.failures:
            yield self.failures.pop(0)
            return
        if self.gate is not None and int(ref.vendor_ref.removeprefix("vendor-")) > self.ungated:
            waits = [asyncio.create_task(self.gate.wait()), asyncio.create_task(self._stopped.wait())]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        order = self._orders.get(ref.vendor_ref)
        count = order.units if order else 1
        if self._stopped.is_set():
            count = self.made_when_stopped
            if not count and self.bills_what_was_stopped:
                yield Failed(ErrorKind.ORDER, CANCELLED, "nobody waits for it", cost_microusd=self.costs_when_stopped)
                return
        yield Finished(tuple(picture(seed) for seed in range(count)), cost_microusd=1300)

    async def resolve(self, call: BackendCall) -> Answer:
        self._reach("resolve")
        return self.resolution(call)

    async def cancel(self, ref: VendorRef) -> Cancelled:
        self._reach("cancel")
        self._stopped.set()
        return Cancelled(still_billed=self.bills_what_was_stopped)

    async def health(self) -> Health:
        return Health(True, "obedient")

    async def aclose(self) -> None:
        """Nothing is held."""

    def _reach(self, what: str) -> None:
        if self.away in (what, "all"):
            raise BackendUnreachable(f"{what}: no route to the vendor")


@dataclass
class SmallHouse:
    """Everything between an order and its ending."""

    db: Database
    accounts: Accounts
    generations: Generations
    tasks: Tasks
    storage: Storage
    backend: ObedientBackend

    def runner(self) -> TaskRunner:
        return task_runner(self.db, self.tasks, self.storage, [self.backend])

    async def person(self, user_id: int = 100) -> User:
        return (await self.accounts.register(Profile(user_id, None, "Ann", None, "en"))).person

    async def balance(self, user_id: int = 100) -> tuple[int, int, int]:
        """Tokens left, held, spent."""
        person = await self.accounts.get(user_id)
        assert person is not None
        return person.tokens_left, person.tokens_held, person.tokens_spent


@pytest_asyncio.fixture
async def house(database: Database, doorbell: Doorbell, tmp_path: Path) -> SmallHouse:
    return SmallHouse(
        db=database,
        accounts=Accounts(database, "ru"),
        generations=Generations(database, doorbell, Lane.CPU, random.Random(1)),
        tasks=Tasks(database, doorbell),
        storage=Storage.open(tmp_path.as_uri()),
        backend=ObedientBackend(),
    )


@pytest.fixture
def backend(house: SmallHouse) -> ObedientBackend:
    return house.backend
