"""What asking for a task has in common, whatever is asked for: the key, the person, the hold, the limit, the ring."""

from uuid import UUID

import structlog

from db.pool import Connection, Database
from repository.ledger import LedgerRepository
from repository.tasks import Task, TaskRepository
from repository.users import User, UserRepository
from services.doorbell import Doorbell
from services.errors import AccountFrozen, Banned, KeyReused, NotEnoughTokens, TooManyTasks

_log = structlog.get_logger(__name__)


def same_order(task: Task, fingerprint: bytes) -> Task:
    """The task that is known under a key. Raises KeyReused where something else was asked for under it."""
    if task.order_hash != fingerprint:
        raise KeyReused
    return task


async def known_task(db: Database, person: User, key: str, fingerprint: bytes) -> Task | None:
    """What the person asked for under this key before, or None where it is asked for the first time.

    Raises KeyReused, and for somebody new to it Banned and AccountFrozen.
    """
    known = await TaskRepository(db.reading).find(person.user_id, key)
    if known is not None:
        return same_order(known, fingerprint)
    if person.banned_at is not None:
        raise Banned
    if person.frozen_at is not None:
        raise AccountFrozen
    return None


async def hold_price(tx: Connection, person: User, task_id: UUID, price: int) -> None:
    """Set the price of a task aside; nothing where it costs nothing.

    The person's orders come one after another from here to the end of the transaction. Raises NotEnoughTokens,
    AccountFrozen.
    """
    if not price or await LedgerRepository(tx).hold(person.user_id, task_id, price):
        return
    balance = await UserRepository(tx).get_user(person.user_id)
    if balance is not None and balance.frozen_at is not None:
        raise AccountFrozen
    raise NotEnoughTokens(price=price, tokens_left=balance.tokens_left if balance else 0)


async def check_open_orders(tx: Connection, person: User) -> None:
    """Refuse one order too many, this one counted. Raises TooManyTasks."""
    limit = await TaskRepository(tx).get_exceeded_limit(person.user_id)
    if limit is not None:
        raise TooManyTasks(limit=limit)


async def announce_request(doorbell: Doorbell, task: Task) -> None:
    """Ring and log for a request that is committed."""
    await doorbell.ring(task.lane)
    _log.info(
        "task.requested",
        task_id=str(task.task_id),
        user_id=task.user_id,
        kind=task.kind,
        correlation_id=task.correlation_id,
    )
