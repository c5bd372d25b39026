"""A house where models are trained: real database, real storage, vendors that do as they are told."""

import asyncio
import io
import json
import random
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from db.pool import Database
from repository.files import File
from repository.ledger import LedgerRepository
from repository.model_versions import ModelVersionRepository, TrainedModel
from repository.tasks import Lane, Task
from repository.users import User
from repository.vendor_calls import VendorCall, VendorCallRepository
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.erasable import ErasableFiles
from services.offers import Offer
from services.orders import AnyOrder, RegisterOrder, StepOrder, SubjectClass, TrainOrder
from services.photos.figures import EMBEDDING_LENGTH, Face, Light, PhotoFigures, embedding_to_bytes
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from services.training.trainings import Training
from tests.integration.heart.conftest import Answer, ObedientBackend
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import BackendCall, Failed, Finished, NeverHeard, Progress, Trained, VendorRef
from workers.run_task import TaskRunner

PRICE = 250
STOP_PRICE = 125
GIVEN = 600
"""Tokens of a person, beside the welcome gift."""


def lora() -> bytes:
    """The smallest safetensors file that is a LoRA."""
    header = json.dumps(
        {
            "layer.lora_A.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
            "layer.lora_B.weight": {"dtype": "F32", "shape": [2, 1], "data_offsets": [8, 16]},
        }
    ).encode()
    return struct.pack("<Q", len(header)) + header + bytes(16)


@dataclass
class ObedientVendor(ObedientBackend):
    """Trains, registers and makes pictures."""

    reads_weights: bool = False
    brings: Trained = field(default_factory=lambda: Trained(content=lora(), vendor_id="owner/model:1"))
    kinds: list[str] = field(default_factory=list)
    """What it was asked for, in order."""
    cost_microusd: int = 1_500_000

    def supports(self, order: AnyOrder | StepOrder, offer: Offer | None) -> bool:
        return offer is not None

    async def submit(self, call, order) -> VendorRef:  # type: ignore[no-untyped-def]
        ref = await super().submit(call, order)
        self.kinds.append(order.kind.value)
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        order = self._orders.get(ref.vendor_ref)
        async for item in super().follow(ref):
            yield self.result(order) if isinstance(item, Finished) and not self._stopped.is_set() else item

    async def resolve(self, call: BackendCall) -> Answer:
        """What it was given has been done meanwhile."""
        self._reach("resolve")
        known = {sent.call_id: number for number, sent in enumerate(self.submitted, 1)}
        if call.call_id not in known:
            return NeverHeard()
        return self.result(self._orders[f"vendor-{known[call.call_id]}"])

    def result(self, order: AnyOrder | StepOrder | None) -> Finished:
        """What comes of an order."""
        match order:
            case TrainOrder():
                return Finished((), self.cost_microusd, trained=self.brings)
            case RegisterOrder():
                return Finished((), 0, served_as=f"dream:{order.model_id}@{order.version}")
            case _:
                return Finished(())


@dataclass
class TrainingHouse:
    """Everything between a set of photos and a model."""

    db: Database
    doorbell: Doorbell
    accounts: Accounts
    consents: Consents
    sets: TrainingSets
    tasks: Tasks
    storage: Storage
    vendor: ObedientVendor
    registrar: ObedientVendor
    places: TrainingPlaces
    photos: int = 0

    @property
    def training(self) -> Training:
        return Training(self.db, self.doorbell, self.sets, self.places)

    def runner(self, tasks: Tasks | None = None) -> TaskRunner:
        return task_runner(
            self.db,
            tasks or self.tasks,
            self.storage,
            [self.vendor, self.registrar],
            places=self.places,
            weights_url=lambda version_id: f"https://photos.example/{version_id}",
        )

    async def person(self, user_id: int = 100) -> User:
        """Somebody with tokens who has agreed."""
        person = (await self.accounts.register(Profile(user_id, None, "Ann", None, "en"))).person
        await LedgerRepository(self.db.reading).adjust(user_id, GIVEN, f"given:{user_id}")
        await self.consents.give(person)
        return person

    async def add_photo(self, person: User, set_id: int, figures: PhotoFigures | None = None) -> File:
        """A photo that was looked at already: a good one, unless something else is seen on it."""
        self.photos += 1
        file = await self.sets.add_photo(person, set_id, selfie(self.photos), source_key=f"p:{self.photos}")
        seen = figures or good_figures(self.photos)
        assert seen.embedding is not None
        await self.db.reading.execute(
            """
            UPDATE "PhotoAnalysis" SET state = 'done', figures = $2, embedding = $3, done_at = now()
            WHERE file_id = $1
            """,
            file.file_id,
            seen.to_json(),
            embedding_to_bytes(seen.embedding),
        )
        return file

    async def filled_set(self, person: User, model_id: int | None = None, photos: int = 10) -> int:
        """A described set with so many good photos."""
        begun = await self.sets.begin(person, model_id)
        for _ in range(photos):
            await self.add_photo(person, begun.set_id)
        await self.sets.describe(
            person,
            begun.set_id,
            subject_class=SubjectClass.WOMAN,
            characteristics={"hair_length": "long", "glasses": "yes"},
            name="Me",
        )
        return begun.set_id

    async def asked(self, person: User, model_id: int | None = None, key: str = "a") -> Task:
        return await self.training.request(person, await self.filled_set(person, model_id), key)

    async def claimed(self) -> Task:
        await self.db.reading.execute("""UPDATE "Task" SET due_at = now() WHERE status = 'queued'""")
        (task,) = await self.tasks.claim(Lane.TRAINING, 1)
        return task

    async def run(self) -> Task:
        """One attempt at the training that is due, and how it stands after it."""
        task = await self.claimed()
        await self.runner().run(Attempt(task))
        return await self.now(task)

    async def now(self, task: Task) -> Task:
        return await self.tasks.get(task.user_id, task.task_id)

    async def trained(self, task: Task) -> TrainedModel:
        found = await ModelVersionRepository(self.db.reading).get_by_task(task.task_id)
        assert found is not None
        return found

    async def calls(self, task: Task) -> list[VendorCall]:
        return await VendorCallRepository(self.db.reading).get_task_calls(task.task_id)

    async def model_status(self, model_id: int) -> str:
        return str(await self.db.reading.fetchval("""SELECT status FROM "Model" WHERE model_id = $1""", model_id))

    async def copies(self) -> list[tuple[str, str, str]]:
        """Backend, name and state of everything that lies at vendors."""
        rows = await self.db.reading.fetch("""SELECT backend, vendor_id, state FROM "VendorCopy" ORDER BY copy_id""")
        return [(row["backend"], row["vendor_id"], row["state"]) for row in rows]

    async def samples(self) -> list[Task]:
        rows = await self.db.reading.fetch("""SELECT task_id FROM "Task" WHERE idempotency_key LIKE 'samples:%'""")
        return [await self.tasks.get(100, row["task_id"]) for row in rows]

    async def wait_until_blocked(self, waiting: "asyncio.Task[object]") -> None:
        """Until somebody waits for a lock, or is done without one."""
        waits = (
            """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""
        )
        async with asyncio.timeout(20):
            while not waiting.done() and not await self.db.reading.fetchval(waits):
                await asyncio.wait({waiting}, timeout=0.01)

    async def let_days_pass(self, days: int) -> None:
        """Move all that was done so far into the past."""
        for table, column in (("TrainingSet", "updated_at"), ("ModelVersion", "finished_at")):
            await self.db.reading.execute(
                f"""UPDATE "{table}" SET {column} = {column} - $1 * interval '1 day'""",  # noqa: S608
                days,
            )

    async def spent(self, user_id: int = 100) -> tuple[int, int]:
        """Tokens held and spent; whatever happened, the books agree with the balances."""
        assert await LedgerRepository(self.db.reading).find_gaps() == []
        gaps = await self.db.reading.fetch("""SELECT * FROM "TaskBooks" WHERE cardinality(reasons) > 0""")
        assert not gaps
        person = await self.accounts.get(user_id)
        assert person is not None
        return person.tokens_held, person.tokens_spent


def selfie(number: int) -> bytes:
    """A small JPEG like no other."""
    buffer = io.BytesIO()
    image = Image.frombytes("RGB", (16, 16), random.Random(number).randbytes(16 * 16 * 3))
    image.resize((320, 320)).save(buffer, "JPEG")
    return buffer.getvalue()


def good_figures(number: int) -> PhotoFigures:
    """What is seen on a good photo; two numbers are two shots of one person."""
    chance = random.Random(number)
    return PhotoFigures(
        width=1024,
        height=1280,
        sharpness=50.0,
        whole_sharpness=60.0,
        light=Light(mean=130.0, contrast=50.0, dark=0.05, bright=0.02),
        faces=(Face(x=300, y=200, width=400, height=500, score=0.99, yaw=0.0, cut=0.0),),
        nudity=0.01,
        looks=chance.getrandbits(64),
        embedding=tuple(0.1 + chance.uniform(-0.03, 0.03) for _ in range(EMBEDDING_LENGTH)),
    )


@pytest_asyncio.fixture
async def house(database: Database, doorbell: Doorbell, tmp_path: Path) -> TrainingHouse:
    storage = Storage.open(tmp_path.as_uri())
    return TrainingHouse(
        db=database,
        doorbell=doorbell,
        accounts=Accounts(database, "ru"),
        consents=Consents(database, ErasableFiles(database, storage), Tasks(database, doorbell)),
        sets=TrainingSets(database, storage, doorbell, Photos(database, storage, 20)),
        tasks=Tasks(database, doorbell),
        storage=storage,
        vendor=ObedientVendor("replicate"),
        registrar=ObedientVendor("runware"),
        places=TrainingPlaces(("replicate",), ("runware", "replicate"), ("runware",)),
    )


@pytest.fixture
def vendor(house: TrainingHouse) -> ObedientVendor:
    return house.vendor


@pytest.fixture
def registrar(house: TrainingHouse) -> ObedientVendor:
    return house.registrar
