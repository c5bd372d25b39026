"""A cashier over a real database, and people who buy."""

from collections.abc import Awaitable, Callable

import pytest
from arq import ArqRedis

from db.pool import Database
from repository.users import User
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments

Meet = Callable[[int], Awaitable[User]]


@pytest.fixture
def payloads() -> InvoicePayloads:
    return InvoicePayloads("a secret of this test")


@pytest.fixture
def payments(database: Database, arq: ArqRedis, payloads: InvoicePayloads) -> Payments:
    return Payments(database, Doorbell(arq, "test"), payloads)


@pytest.fixture
def meet(database: Database) -> Meet:
    """Somebody who says a first word, or comes back; they have the welcome tokens."""
    accounts = Accounts(database, "en")

    async def met(user_id: int) -> User:
        return (await accounts.register(Profile(user_id, f"u{user_id}", "Ann", None, "en"))).person

    return met
