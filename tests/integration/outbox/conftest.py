"""Tasks that end as a test says, and an outbox that tells people of it through the sandbox."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from redis.asyncio import Redis

from bot.delivery import Deliverer
from bot.limiter import LimitedSending, Limiter, Rate
from bot.live_progress import LiveProgress
from bot.outbox import Outbox
from bot.progress_turns import ProgressTurns
from bot.texts import Texts
from db.pool import Database
from repository.queue import RunningTask
from repository.tasks import Lane, Task, TaskStatus
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.drafts.drafts import DraftContent, Drafts
from services.generation import Generations
from services.notifications import Notifications
from services.photos.photos import make_thumbnail, store_picture
from services.storage import Storage
from services.task_endings import Ending
from services.tasks import Tasks
from tests.integration.conftest import Telegram
from tests.texts import TEXTS


@dataclass
class Office:
    """Everything between a task's ending and its person."""

    telegram: Telegram
    db: Database
    redis: Redis
    doorbell: Doorbell
    storage: Storage
    accounts: Accounts
    drafts: Drafts
    generations: Generations
    tasks: Tasks
    notifications: Notifications
    turns: ProgressTurns
    texts: Texts
    running: set[asyncio.Task[None]] = field(default_factory=set)
    """Outboxes that deliver now."""

    async def meet(self, first_name: str = "Anna") -> User:
        user_id = await self.telegram.person(first_name, language_code="en")
        return (await self.accounts.register(Profile(user_id, None, first_name, None, "en"))).person

    async def running_task(self, person: User, pictures: int = 1) -> Task:
        """A task that a worker has in hand, and that a message in the chat shows."""
        draft = await self.drafts.begin(person, DraftContent(prompt="a lighthouse", seed=1))
        ordered = await self.generations.request(person, draft.order(), draft.key)
        if pictures > 1:  # more than a draft may ask for, and paid for by nobody
            await self.db.reading.execute(
                """UPDATE "Task" SET units = $2, unit_price = 0 WHERE task_id = $1""", ordered.task_id, pictures
            )
        [task] = await self.tasks.claim(Lane.CPU, 1)
        shown = await self.telegram.bot.send_message(person.user_id, "working on it")
        await self.notifications.show_progress(ordered, person.user_id, shown.message_id)
        return task

    async def end(
        self, task: Task, pictures: int = 1, status: TaskStatus = TaskStatus.COMPLETED, error_code: str | None = None
    ) -> None:
        made = Image.new("RGB", (320, 320), (task.task_id.int % 255, 90, 90))
        buffer = io.BytesIO()
        made.save(buffer, "JPEG")
        content, thumbnail = buffer.getvalue(), make_thumbnail(made)
        files = [
            await store_picture(self.storage, "outputs", content, thumbnail, 320, 320, "image/jpeg")
            for _ in range(pictures)
        ]
        assert await self.tasks.end(task, Ending(status, files, error_code))

    async def ended_task(self, person: User, pictures: int = 1) -> Task:
        task = await self.running_task(person, pictures)
        await self.end(task, pictures)
        return task

    async def renew(self, task: Task, progress: int) -> None:
        assert await self.tasks.renew([RunningTask(task.task_id, task.attempt, progress)])

    def outbox(self, redis: Redis | None = None) -> Outbox:
        deliverer = Deliverer(self.telegram.bot, self.notifications, self.storage, self.texts, self.turns)
        return Outbox(self.notifications, deliverer, redis or self.redis, self.doorbell.outbox_channel)

    def live_progress(self) -> LiveProgress:
        return LiveProgress(
            self.telegram.bot, self.notifications, self.tasks, self.texts, self.turns, asyncio.get_running_loop().time
        )

    @asynccontextmanager
    async def delivering(self, patience: float = 5, redis: Redis | None = None) -> AsyncIterator[None]:
        stop = asyncio.Event()
        running = asyncio.create_task(self.outbox(redis).run(stop, patience))
        self.running.add(running)
        try:
            yield
        finally:
            self.running.remove(running)
            stop.set()
            await asyncio.wait_for(running, 10)

    async def closed(self, *tasks: Task) -> str:
        """How telling of the tasks ended, when it has; the last one's."""
        ids = [task.task_id for task in tasks]
        open_ones = """SELECT count(*) FROM "Notification" WHERE task_id = ANY($1) AND closed_at IS NULL"""
        await self.until(open_ones, ids, becomes=0)
        outcome: str = await self.db.reading.fetchval(
            """SELECT outcome FROM "Notification" WHERE task_id = $1""", ids[-1]
        )
        return outcome

    async def until(self, question: str, *arguments: object, becomes: object) -> None:
        """Ask the database until it says so, while the outbox works."""
        async with asyncio.timeout(20):
            while await self.db.reading.fetchval(question, *arguments) != becomes:
                dead, _ = await asyncio.wait(self.running, timeout=0.01)
                assert not dead, "the outbox ended by itself"

    async def chat(self, person: User) -> list[dict[str, Any]]:
        return await self.telegram.messages(person.user_id)


@pytest.fixture
async def office(
    telegram: Telegram, database: Database, doorbell: Doorbell, redis_dsn: str, tmp_path: Path
) -> AsyncIterator[Office]:
    async with Redis.from_url(redis_dsn) as redis:
        limiter = Limiter(redis, f"test:{uuid4().hex}", 1000, Rate(per_second=1000, burst=100))
        telegram.bot.session.middleware(LimitedSending(limiter))
        yield Office(
            telegram=telegram,
            db=database,
            redis=redis,
            doorbell=doorbell,
            storage=Storage.open((tmp_path / "files").as_uri()),
            accounts=Accounts(database, "ru"),
            drafts=Drafts(database),
            generations=Generations(database, doorbell, Lane.CPU, random.Random(1)),
            tasks=Tasks(database, doorbell),
            notifications=Notifications(database),
            turns=ProgressTurns(),
            texts=TEXTS,
        )


@pytest.fixture
async def anna(office: Office) -> User:
    return await office.meet("Anna")
