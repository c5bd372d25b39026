"""A house in which people collect photos, and eyes that see what a test tells them."""

import asyncio
import io
import random
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from arq import ArqRedis
from PIL import Image

from db.pool import Database
from repository.files import File
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.photos.analyses import PhotoAnalyses
from services.photos.figures import EMBEDDING_LENGTH, Face, Light, PhotoFigures
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.sets import TrainingSets
from workers.analyse import Analyser, keep_analysing


def selfie(number: int) -> bytes:
    """A small JPEG like no other."""
    buffer = io.BytesIO()
    image = Image.frombytes("RGB", (16, 16), random.Random(number).randbytes(16 * 16 * 3))
    image.resize((320, 320)).save(buffer, "JPEG")
    return buffer.getvalue()


def good_figures(number: int = 0) -> PhotoFigures:
    """What is seen on a good photo; two numbers are two shots of one person."""
    chance = random.Random(number)
    face = Face(x=300, y=200, width=400, height=500, score=0.99, yaw=0.0, cut=0.0)
    return PhotoFigures(
        width=1024,
        height=1280,
        sharpness=0.9,
        whole_sharpness=0.8,
        light=Light(mean=130.0, contrast=50.0, dark=0.05, bright=0.02),
        faces=(face,),
        nudity=0.01,
        looks=chance.getrandbits(64),
        embedding=tuple(0.1 + chance.uniform(-0.03, 0.03) for _ in range(EMBEDDING_LENGTH)),
    )


@dataclass
class ToldEyes:
    """See good photos, unless a test has them fail or wait."""

    faults: list[Exception] = field(default_factory=list)
    """Raised first, one a photo."""
    gate: asyncio.Event | None = None
    """No photo is seen before it is set."""
    looking: asyncio.Event = field(default_factory=asyncio.Event)
    looked: Counter[bytes] = field(default_factory=Counter)
    see: Callable[[int], PhotoFigures] = good_figures
    """Given a number that goes with the bytes: two photos are two shots, to whoever looks."""

    async def look(self, content: bytes) -> PhotoFigures:
        self.looked[content] += 1
        self.looking.set()
        if self.faults:
            raise self.faults.pop(0)
        if self.gate is not None:
            await self.gate.wait()
        return self.see(zlib.crc32(content))


@dataclass
class Collecting:
    """Everything between a photo and its verdict."""

    db: Database
    redis: ArqRedis
    doorbell: Doorbell
    storage: Storage
    folder: Path
    accounts: Accounts
    consents: Consents
    sets: TrainingSets
    analyses: PhotoAnalyses
    erasures: Erasures
    eyes: ToldEyes

    async def person(self, user_id: int = 100) -> User:
        """Somebody who has agreed."""
        person = (await self.accounts.register(Profile(user_id, None, "Ann", None, "en"))).person
        await self.consents.give(person)
        return person

    async def add(self, person: User, set_id: int, number: int, **more: int) -> File:
        """The photo of one Telegram message."""
        return await self.sets.add_photo(person, set_id, selfie(number), source_key=f"training:{number}", **more)

    async def started(self, user_id: int = 100, photos: int = 0) -> tuple[User, int]:
        """A person with an open set and some photos in it."""
        person = await self.person(user_id)
        begun = await self.sets.begin(person)
        for number in range(photos):
            await self.add(person, begun.set_id, number)
        return person, begun.set_id

    def analyser(self, eyes: ToldEyes | None = None, *, lease: timedelta = timedelta(seconds=60)) -> Analyser:
        """A worker's loop, which the doorbell wakes."""
        return Analyser(self.analyses, self.storage, eyes or self.eyes, lease=lease, pause=timedelta(0))

    async def serve(self, analyser: Analyser) -> None:
        """Run a loop until cancelled."""
        await keep_analysing(analyser, self.redis, self.doorbell.analyses_channel)

    async def look_at_all(self, *analysers: Analyser) -> None:
        """Have loops look until no photo waits."""
        loops = [asyncio.create_task(self.serve(analyser)) for analyser in analysers or [self.analyser()]]
        try:
            async with asyncio.timeout(20):
                while await self.count("""SELECT count(*) FROM "PhotoAnalysis" WHERE state = 'waiting'"""):
                    for loop in loops:
                        if loop.done():
                            loop.result()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def count(self, query: str, *values: object) -> int:
        return int(await self.db.reading.fetchval(query, *values))

    async def rows(self) -> dict[str, int]:
        """How many rows are in the tables of this room."""
        queries = {
            "sets": """SELECT count(*) FROM "TrainingSet" """,
            "photos": """SELECT count(*) FROM "TrainingPhoto" """,
            "analyses": """SELECT count(*) FROM "PhotoAnalysis" """,
            "files": """SELECT count(*) FROM "File" WHERE kind = 'training'""",
            "noted": """SELECT count(*) FROM "ErasableFile" """,
        }
        return {name: await self.count(query) for name, query in queries.items()}

    def stored(self) -> set[str]:
        """The names of everything that lies in the storage."""
        return {path.name for path in self.folder.rglob("*") if path.is_file()}

    async def use(self, set_id: int) -> None:
        """Somebody has asked for a training with the set."""
        await self.db.reading.execute("""UPDATE "TrainingSet" SET state = 'used' WHERE set_id = $1""", set_id)

    async def limit(self, kind: str, amount: int) -> None:
        await self.db.reading.execute("""UPDATE "Limit" SET amount = $2 WHERE kind = $1""", kind, amount)

    async def model(self, person: User) -> int:
        """A model that the person has."""
        return await self.count(
            """INSERT INTO "Model" (user_id, name, trigger_word) VALUES ($1, 'Me', $2) RETURNING model_id""",
            person.user_id,
            f"trigger{person.user_id}",
        )


@pytest_asyncio.fixture
async def house(database: Database, arq: ArqRedis, doorbell: Doorbell, tmp_path: Path) -> Collecting:
    folder = tmp_path / "files"
    storage = Storage.open(folder.as_uri())
    tasks = Tasks(database, doorbell)
    return Collecting(
        db=database,
        redis=arq,
        doorbell=doorbell,
        storage=storage,
        folder=folder,
        accounts=Accounts(database, "ru"),
        consents=Consents(database, ErasableFiles(database, storage), tasks),
        sets=TrainingSets(database, storage, doorbell, Photos(database, storage, 20)),
        analyses=PhotoAnalyses(database, doorbell),
        erasures=Erasures(database, tasks, storage, arq, "dreamphoto:test"),
        eyes=ToldEyes(),
    )


@pytest.fixture
def stranger() -> UUID:
    """A file_id that nobody has."""
    return UUID(int=7)


def blurred(number: int) -> PhotoFigures:
    """What is seen on a photo that is out of focus."""
    return replace(good_figures(number), sharpness=0.2)
