"""A painter whose portraits are as alike as a test says, and eyes that see it in the colour."""

import asyncio
import io
import math
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from config.failpoints import Failpoints
from db.pool import Database
from repository.admin import AdminRepository, GlobalStatistics
from repository.files import File
from repository.ledger import LedgerRepository
from repository.tasks import Lane, Task
from repository.users import User, UserRepository, UserStatistics
from repository.vendor_calls import VendorCall, VendorCallRepository
from services.accounts import Accounts
from services.doorbell import Doorbell
from services.generation import Generations
from services.orders import (
    PORTRAIT_MODEL,
    AnyOrder,
    DatasetOrder,
    ImageOrder,
    LoraSource,
    LoraUse,
    TextToImageOrder,
)
from services.photos.figures import EMBEDDING_LENGTH, PortraitFigures, embedding_to_bytes
from services.photos.likeness import HALF_ALIKE, SLOPE
from services.storage import Storage
from services.tasks import Tasks
from tests.integration.heart.conftest import ObedientBackend, SmallHouse
from tests.integration.runners import task_runner
from workers.attempt import Attempt
from workers.backends.base import BackendCall, Failed, Finished, NeverHeard, Picture, Progress, StillRunning, VendorRef
from workers.eyes.errors import EyesFailed
from workers.likeness import LikenessScoring

SEED = 100
"""Of the orders here: their pictures have this seed and the following ones."""
FACE = (0.0,) * EMBEDDING_LENGTH
SHARPNESS = 0.9
SCALE = 200
"""Steps of red from a likeness of 0 to one of 1."""
COST = 38_000


@dataclass
class Painter(ObedientBackend):
    """Paints each seed as alike as it is told, and knows its calls after a crash."""

    alike: dict[int, float | None] = field(default_factory=dict)
    """By seed; None: no face. Others are very alike."""
    taken: dict[str, VendorRef] = field(default_factory=dict)
    fails: dict[int, Failed] = field(default_factory=dict)
    """By seed, what cannot be painted."""
    away_after: int | None = None
    """So many calls are taken; then nobody can be reached."""

    async def submit(self, call: BackendCall, order: AnyOrder) -> VendorRef:
        if len(self.submitted) == self.away_after:
            self.away = "all"
        assert str(call.call_id) not in self.taken, "the same call twice"
        ref = await super().submit(call, order)
        self.taken[str(call.call_id)] = ref
        return ref

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        async for item in super().follow(ref):
            order = self._orders[ref.vendor_ref]
            assert isinstance(order, ImageOrder)
            assert order.seed is not None
            if order.seed in self.fails:
                yield self.fails[order.seed]
                return
            if isinstance(item, Finished):
                pictures = [self.portrait(order.seed + place) for place in range(len(item.outputs))]
                yield Finished(tuple(pictures), cost_microusd=COST)
            else:
                yield item

    async def resolve(self, call: BackendCall) -> StillRunning | NeverHeard:
        self._reach("resolve")
        ref = self.taken.get(str(call.call_id))
        return StillRunning(ref) if ref is not None else NeverHeard()

    def portrait(self, seed: int) -> Picture:
        alike = self.alike.get(seed, 0.9)
        colour = (0, 0, 255) if alike is None else (round(alike * SCALE), 200, 0)
        buffer = io.BytesIO()
        Image.new("RGB", (64, 64), colour).save(buffer, "PNG")
        return Picture(buffer.getvalue(), "image/png", 64, 64, seed)


@dataclass
class ColourEyes:
    """See how alike a portrait is by its colour."""

    faults: list[Exception] = field(default_factory=list)
    """Raised first, one a look."""
    asleep: asyncio.Event | None = None
    """No look ends before it is set."""
    blind_after: int | None = None
    """So many looks succeed, and no other."""
    looks: int = 0

    async def look_at_portrait(self, content: bytes) -> PortraitFigures:
        self.looks += 1
        if self.asleep is not None:
            await self.asleep.wait()
        if self.faults:
            raise self.faults.pop(0)
        if self.blind_after is not None and self.looks > self.blind_after:
            raise EyesFailed("died")
        with Image.open(io.BytesIO(content)) as image:
            red, _, blue = image.convert("RGB").getpixel((32, 32))
        if blue > 128:
            return figures(None)
        return figures(red / SCALE)


def figures(alike: float | None) -> PortraitFigures:
    """A portrait with a face so alike to FACE, or without one."""
    embedding = None
    if alike is not None:
        within = min(max(alike, 0.001), 0.999)
        embedding = (HALF_ALIKE + SLOPE * math.log(1 / within - 1), *FACE[1:])
    return PortraitFigures(SHARPNESS, embedding)


@dataclass
class Studio(SmallHouse):
    """A house with a person who has a personal model."""

    eyes: ColourEyes
    patience: float = 5.0

    @property
    def painter(self) -> Painter:
        assert isinstance(self.backend, Painter)
        return self.backend

    def scoring(self) -> LikenessScoring:
        return LikenessScoring(self.eyes, self.patience)

    async def model(self, user_id: int = 100, name: str = "Me", *, is_ready: bool = True, has_face: bool = True) -> int:
        """A personal model of theirs, served here."""
        sql = self.db.reading
        model_id = await sql.fetchval(
            """
            INSERT INTO "Model" (user_id, name, trigger_word, status) VALUES ($1, $2, $3, $4) RETURNING model_id
            """,
            user_id,
            name,
            f"trig{random.getrandbits(40):x}",
            "ready" if is_ready else "training",
        )
        version_id = await sql.fetchval(
            """
            INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, weights_key, weights_bytes,
                                        weights_sha256, face)
            VALUES ($1, 1, 'ready', 12, 'flux1', 'models/' || gen_random_uuid(), 1, '\\x00', $2) RETURNING version_id
            """,
            model_id,
            embedding_to_bytes(FACE) if has_face else None,
        )
        if is_ready:
            await sql.execute("""UPDATE "Model" SET version_id = $2 WHERE model_id = $1""", model_id, version_id)
            await sql.execute(
                """INSERT INTO "ModelServing" (version_id, backend, vendor_id) VALUES ($1, 'preview', 'demo')""",
                version_id,
            )
        return int(model_id)

    async def ordered(self, pictures: int = 1, key: str = "a", *, user_id: int = 100, model_id: int = 0) -> Task:
        """An order for portraits at a token a piece, claimed."""
        await self.generations.request(*await self.asked(pictures, user_id=user_id, model_id=model_id), key)
        return await self.claimed()

    async def asked(self, pictures: int = 1, *, user_id: int = 100, model_id: int = 0) -> tuple[User, TextToImageOrder]:
        """Who orders which portraits; each costs a token."""
        person = await self.person(user_id)
        await self.db.reading.execute("""UPDATE "Price" SET tokens = 1""")
        return person, portrait(model_id or await self.model(user_id), pictures)

    async def claimed(self) -> Task:
        await self.db.reading.execute("""UPDATE "Task" SET due_at = now() WHERE status = 'queued'""")
        (task,) = await self.tasks.claim(Lane.CPU, 1)
        return task

    async def work(self, task: Task) -> None:
        """One attempt, to its end."""
        await task_runner(self.db, self.tasks, self.storage, [self.backend], self.scoring()).run(Attempt(task))

    async def crash(self, task: Task) -> Task:
        """Whoever worked on it is dead; returns the task as the next one claims it."""
        await self.lose(task)
        return await self.claimed()

    async def lose(self, task: Task) -> None:
        """Whoever worked on it is dead, and the sweep has found out."""
        await self.db.reading.execute(
            """UPDATE "Task" SET lease_until = now() - interval '1 second' WHERE task_id = $1""", task.task_id
        )
        await self.tasks.sweep()

    async def now(self, task: Task) -> Task:
        """As it stands; the books are in order."""
        assert await LedgerRepository(self.db.reading).find_gaps() == []
        return await self.tasks.get(task.user_id, task.task_id)

    async def calls(self, task: Task) -> list[VendorCall]:
        return await VendorCallRepository(self.db.reading).get_task_calls(task.task_id)

    async def pictures(self, task: Task) -> Sequence[File]:
        return (await self.generations.entry_of_task(task.user_id, task.task_id)).files

    async def own_statistics(self) -> UserStatistics:
        found = await UserRepository(self.db.reading).get_user_statistics(100)
        assert found is not None
        return found

    async def global_statistics(self) -> GlobalStatistics:
        return await AdminRepository(self.db.reading).get_global_statistics()

    async def erasable(self) -> list[str]:
        rows = await self.db.reading.fetch("""SELECT storage_key FROM "ErasableFile" ORDER BY 1""")
        return [row["storage_key"] for row in rows]


def portrait(model_id: int, pictures: int = 1) -> TextToImageOrder:
    """An order for portraits."""
    return TextToImageOrder(
        prompt="at the sea",
        num_images=pictures,
        seed=SEED,
        model=PORTRAIT_MODEL,
        loras=(LoraUse(source=LoraSource.PERSONAL, id=model_id),),
    )


def pack(model_id: int, pictures: int = 6) -> DatasetOrder:
    """An order for a pack of portraits."""
    return DatasetOrder(
        class_label="me",
        num_images=pictures,
        output_size=256,
        seed=SEED,
        model=PORTRAIT_MODEL,
        loras=(LoraUse(source=LoraSource.PERSONAL, id=model_id),),
    )


def studio_over(db: Database, doorbell: Doorbell, files: Path, failpoints: Failpoints | None = None) -> Studio:
    """A house over this database."""
    return Studio(
        db=db,
        accounts=Accounts(db, "ru"),
        generations=Generations(db, doorbell, Lane.CPU, random.Random(1)),
        tasks=Tasks(db, doorbell),
        storage=Storage.open(files.as_uri(), failpoints=failpoints),
        backend=Painter(),
        eyes=ColourEyes(),
    )


@pytest_asyncio.fixture
async def studio(database: Database, doorbell: Doorbell, tmp_path: Path) -> Studio:
    return studio_over(database, doorbell, tmp_path / "files")


@pytest.fixture
def painter(studio: Studio) -> Painter:
    return studio.painter
