"""The real services over a real database, with a way to hold a transaction open right before its commit."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
from arq import ArqRedis

from config.failpoints import Write
from db.pool import Connection, Database, Executor
from repository.notifications import Notification
from repository.tasks import Lane, Task
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.generation import Generations
from services.notifications import Notifications
from services.tasks import Tasks
from tests.property.model import OPEN_TASKS, Held, Name

LONG = timedelta(hours=1)
"""A lease that no run outlives: time passes only where a run says so."""
PEOPLE = 3
"""In a run; the last has no Telegram."""


@dataclass
class Pause:
    """Stops one write of one operation right before it is committed."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_once(self) -> None:
        """Wait here, the first time."""
        if not self.reached.is_set():
            self.reached.set()
            await self.released.wait()


pause_of_operation: ContextVar[Pause | None] = ContextVar("pause_of_operation", default=None)


class PausingDatabase(Database):
    """A database whose transactions a test may hold open; a single statement counts as a transaction."""

    @asynccontextmanager
    async def transaction(self, write: Write) -> AsyncIterator[Connection]:
        """As the real one, and then the pause."""
        async with super().transaction(write) as tx:
            yield tx
            pause = pause_of_operation.get()
            if pause is not None:
                await pause.pass_once()

    def writing(self, write: Write) -> Executor:
        """As the real one, where nothing is to be held."""
        if pause_of_operation.get() is None:
            return super().writing(write)
        return InTransaction(self, write)  # type: ignore[return-value]


class InTransaction:
    """Runs single statements, each in a transaction of its own of a database that is not like others."""

    def __init__(self, db: Database, write: Write) -> None:
        self._db = db
        self._write = write

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        async with self._db.transaction(self._write) as tx:
            return await tx.fetch(query, *values)

    async def fetchrow(self, query: str, *values: object) -> asyncpg.Record | None:
        async with self._db.transaction(self._write) as tx:
            return await tx.fetchrow(query, *values)

    async def fetchval(self, query: str, *values: object) -> Any:
        async with self._db.transaction(self._write) as tx:
            return await tx.fetchval(query, *values)

    async def execute(self, query: str, *values: object) -> str:
        async with self._db.transaction(self._write) as tx:
            return await tx.execute(query, *values)


@dataclass
class House:
    """The services, and the people and records of the present run."""

    db: PausingDatabase
    accounts: Accounts
    generations: Generations
    tasks: Tasks
    notifications: Notifications
    people_so_far: int = 0
    people: list[User] = field(default_factory=list)
    records: dict[Held, Task] = field(default_factory=dict)
    """Tasks as workers were given them: an old record is all that a late worker knows."""
    letters: dict[Held, Notification] = field(default_factory=dict)
    """The same for words to people; the attempt is the letter's."""

    async def begin(self) -> None:
        """New people: nothing of an earlier run is theirs."""
        self.people, self.records, self.letters = [], {}, {}
        for number in range(PEOPLE):
            self.people_so_far += 1
            user_id = self.people_so_far if number < PEOPLE - 1 else -self.people_so_far
            registered = await self.accounts.register(Profile(user_id, None, "Ann", None, "en"))
            self.people.append(registered.person)

    async def clear(self) -> None:
        """End whatever a failed run left open, so that the next does not meet it."""
        await self.db.reading.execute(
            """UPDATE "Task" SET status = 'failed', lease_until = NULL WHERE status IN ('queued', 'running')"""
        )
        await self.db.reading.execute(
            """UPDATE "Notification" SET closed_at = now(), outcome = 'delivered' WHERE closed_at IS NULL"""
        )

    def name_of(self, task: Task) -> Name:
        """The request gave it this correlation id."""
        person, key = task.correlation_id.split(":")
        return Name(int(person), int(key))

    def remember(self, tasks: Iterable[Task]) -> list[Held]:
        """Keep what a worker was given."""
        given = {Held(self.name_of(task), task.attempt): task for task in tasks}
        self.records |= given
        return list(given)

    def user_ids(self) -> list[int]:
        """Everybody of this run."""
        return [person.user_id for person in self.people]

    async def set_clock(self, name: Name, column: str, value: str, while_status: Sequence[str]) -> None:
        """Let time pass for one task: its lease, delay, deadline or patience."""
        await self.db.reading.execute(
            f"""UPDATE "Task" SET {column} = {value}
                WHERE user_id = $1 AND idempotency_key = $2 AND status = ANY($3) AND {column} IS NOT NULL""",  # noqa: S608
            self.people[name.person].user_id,
            str(name.key),
            while_status,
        )

    async def somebody_waits_for_a_row(self) -> bool:
        """Whether a statement is held up by another transaction."""
        return bool(
            await self.db.reading.fetchval(
                """
                SELECT EXISTS (SELECT FROM pg_stat_activity
                               WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple'))
                """
            )
        )


@asynccontextmanager
async def open_house(database_dsn: str, arq: ArqRedis) -> AsyncIterator[House]:
    """Everything that a run works with, over one pool of connections."""
    async with await PausingDatabase.connect(database_dsn) as db:
        await db.reading.execute("""UPDATE "Limit" SET amount = $1 WHERE kind = 'open_tasks'""", OPEN_TASKS)
        doorbell = Doorbell(arq, "dreamphoto:property")
        yield House(
            db=db,
            accounts=Accounts(db, "en"),
            generations=Generations(db, doorbell, Lane.CPU, random.Random(1)),
            tasks=Tasks(db, doorbell, LONG),
            notifications=Notifications(db, LONG),
        )
