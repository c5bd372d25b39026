"""The real services of the money over a real database whose transactions may be cut off, and a Telegram that pays."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from arq import ArqRedis
from redis.asyncio import Redis

from config.failpoints import Write
from db.pool import Connection, Database, Executor
from repository.tasks import Lane
from services.accounts import Accounts
from services.doorbell import Doorbell
from services.erasures import Erasures
from services.generation import Generations
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments
from services.money.promo_codes import PromoCodes
from services.money.referrals import Referrals
from services.money.refunds import Refunds
from services.storage import Storage
from services.tasks import Tasks
from tests.property.house import InTransaction

NAMESPACE = "dreamphoto:money"


class Died(Exception):
    """The process died here."""


@dataclass
class Death:
    """When an operation dies: at which of its writes, before or after it is durable."""

    at_write: int
    is_after: bool
    passed: int = 0

    def is_here(self, *, is_after: bool) -> bool:
        """Whether it dies at this point; counts the writes."""
        if is_after != self.is_after:
            return False
        self.passed += 1
        return self.passed == self.at_write + 1


death_of_operation: ContextVar[Death | None] = ContextVar("death_of_operation", default=None)


class MortalDatabase(Database):
    """A database on whose writes the process may die; a single statement counts as a transaction."""

    @asynccontextmanager
    async def transaction(self, write: Write) -> AsyncIterator[Connection]:
        """As the real one. Raises Died."""
        death = death_of_operation.get()
        async with super().transaction(write) as tx:
            yield tx
            if death is not None and death.is_here(is_after=False):
                raise Died
        if death is not None and death.is_here(is_after=True):
            raise Died

    def writing(self, write: Write) -> Executor:
        """As the real one, where nobody is to die."""
        if death_of_operation.get() is None:
            return super().writing(write)
        return InTransaction(self, write)  # type: ignore[return-value]


@dataclass
class TelegramStars:
    """What Telegram knows of Stars: who paid which charge, and which went back."""

    paid: dict[str, int] = field(default_factory=dict)
    """Stars by charge."""
    given_back: set[str] = field(default_factory=set)

    def give_back(self, charge_id: str) -> str | None:
        """refundStarPayment: None for success, or the error."""
        if charge_id not in self.paid:
            return "CHARGE_NOT_FOUND"
        if charge_id in self.given_back:
            return "CHARGE_ALREADY_REFUNDED"
        self.given_back.add(charge_id)
        return None


@dataclass
class MoneyHouse:
    """The services of a run."""

    db: MortalDatabase
    accounts: Accounts
    payments: Payments
    refunds: Refunds
    referrals: Referrals
    promo_codes: PromoCodes
    generations: Generations
    tasks: Tasks
    erasures: Erasures
    redis: Redis
    telegram: TelegramStars = field(default_factory=TelegramStars)
    numbers: int = 0

    def number(self) -> int:
        """A number that no run has had before."""
        self.numbers += 1
        return self.numbers

    async def clear(self) -> None:
        """End whatever a run left open, so that the next does not meet it."""
        sql = self.db.reading
        await sql.execute(
            """UPDATE "Task" SET status = 'failed', lease_until = NULL WHERE status IN ('queued', 'running')"""
        )
        await sql.execute("""UPDATE "Refund" SET lease_until = NULL, due_at = now() WHERE state = 'sending'""")
        for refund in await self.refunds.claim(100):
            await self.refunds.sent(refund)
        for case in await self.refunds.cases(100):
            assert case.refund_id is not None
            await self.refunds.decide(case.refund_id, approve=False)
        await sql.execute(
            """UPDATE "ReferralReward" SET state = 'cancelled', closed_at = now() WHERE state = 'waiting'"""
        )


@asynccontextmanager
async def open_money_house(database_dsn: str, redis_dsn: str, arq: ArqRedis, folder: Path) -> AsyncIterator[MoneyHouse]:
    """Everything that a run works with."""
    async with await MortalDatabase.connect(database_dsn) as db, Redis.from_url(redis_dsn) as redis:
        doorbell = Doorbell(arq, NAMESPACE)
        tasks = Tasks(db, doorbell)
        await db.reading.execute("""UPDATE "Limit" SET amount = 1000000 WHERE kind = 'promo_tries_an_hour'""")
        yield MoneyHouse(
            db=db,
            accounts=Accounts(db, "en"),
            payments=Payments(db, doorbell, InvoicePayloads("a secret of these runs")),
            refunds=Refunds(db, doorbell),
            referrals=Referrals(db, doorbell),
            promo_codes=PromoCodes(db, redis, NAMESPACE),
            generations=Generations(db, doorbell, Lane.CPU, random.Random(1)),
            tasks=tasks,
            erasures=Erasures(
                db, tasks, await asyncio.to_thread(Storage.open, folder.as_uri(), None), redis, NAMESPACE
            ),
            redis=redis,
        )
