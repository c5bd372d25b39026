"""Telegram's Stars beside our books: read again and again while money moves, and once more when it rests."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from config.settings import SANDBOX_TOKEN
from tests.chaos.house import ChaosHouse
from tests.property.money_books import what_is_wrong

LOOK_EVERY = 1.0
"""Seconds between two looks."""
GRACE = 120.0
"""Seconds that a payment or a refund may be under way: a bot that is shot at while it starts hears nothing so long."""
PAGE, OVERLAP = 100, 10
"""Of Telegram's list: two of the same second may change their places between two pages."""

Row = Mapping[str, Any]


@dataclass
class Charge:
    """A payment as Telegram lists it."""

    stars: int
    is_given_back: bool = False


@dataclass(frozen=True)
class Reading:
    """The books at one moment, and what Telegram knew a little later: never less than they."""

    wrong: Sequence[str]
    payments: Sequence[Row]
    """With the state of their refund."""
    frozen: int
    charges: Mapping[str, Charge]
    booked: frozenset[str]
    """Those of Telegram's charges that were ever booked, their payer erased or not."""

    @property
    def missing(self) -> set[str]:
        """Charges that are not in the books."""
        return set(self.charges) - self.booked

    @property
    def kept(self) -> set[str]:
        """Charges that Telegram gave back, and whose payer still has what they bought."""
        return {
            payment["charge_id"]
            for payment in self.payments
            if payment["charge_id"] in self.charges
            and self.charges[payment["charge_id"]].is_given_back
            and payment["refunded_at"] is None
        }


@dataclass
class Till:
    """Looks, and remembers every violation and since when something is under way."""

    house: ChaosHouse
    violations: dict[str, float] = field(default_factory=dict)
    """Each with the second of its first sight."""
    looks: int = 0
    longest: dict[str, float] = field(default_factory=dict)
    """Seconds that something was under way at most, by what was waited for."""
    _since: dict[tuple[str, str], float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _began: float = field(default_factory=time.monotonic)

    def watch(self) -> None:
        """Look until told to stop."""
        with httpx.Client(base_url=self.house.sandbox_url, timeout=30) as telegram:
            while not self._over.wait(LOOK_EVERY):
                self.look(telegram)

    def stop(self) -> None:
        """That is enough."""
        self._over.set()

    def look(self, telegram: httpx.Client) -> Reading:
        """One look."""
        reading = asyncio.run(read(self.house, telegram))
        now = time.monotonic()
        self.looks += 1
        under_way = {("booked", charge) for charge in reading.missing}
        under_way |= {("taken back", charge) for charge in reading.kept}
        self._since = {one: self._since.get(one, now) for one in under_way}
        for (awaited, _), since in self._since.items():
            self.longest[awaited] = max(self.longest.get(awaited, 0.0), now - since)
        late = [f"{charge} is not {what}" for (what, charge), since in self._since.items() if now - since > GRACE]
        for violation in [*find_violations(reading), *late]:
            self.violations.setdefault(violation, now - self._began)
        return reading


def find_violations(reading: Reading) -> Iterator[str]:
    """What must not be, not even for a moment."""
    yield from reading.wrong
    if reading.frozen:
        yield f"{reading.frozen} people are frozen"
    if len(reading.payments) != len(reading.booked):
        yield f"{len(reading.payments)} payments are booked of {len(reading.booked)} charges"
    stars = sum(reading.charges[charge].stars for charge in reading.booked)
    if (booked := sum(payment["amount"] for payment in reading.payments)) != stars:
        yield f"{booked} Stars are booked of {stars}"
    for payment in reading.payments:
        if payment["mismatch"] is None and not payment["is_as_sold"]:
            yield f"payment {payment['payment_id']} did not bring what was sold"
        if payment["charge_id"] is None:  # its payer is erased
            continue
        charge = reading.charges.get(payment["charge_id"])
        if charge is None or charge.stars != payment["amount"]:
            yield f"payment {payment['payment_id']} is not in Telegram's list as it was booked"
        elif payment["state"] == "done" and not charge.is_given_back:
            yield f"payment {payment['payment_id']} is called refunded, and Telegram has it"


def find_violations_at_rest(reading: Reading) -> Iterator[str]:
    """What must not be once nothing is under way."""
    yield from find_violations(reading)
    yield from (f"{charge} was never booked" for charge in reading.missing)
    yield from (f"{charge} went back and was never taken back" for charge in reading.kept)
    back = sum(charge.stars for charge in reading.charges.values() if charge.is_given_back)
    times = sum(charge.is_given_back for charge in reading.charges.values())
    refunded = [payment["amount"] for payment in reading.payments if payment["refunded_at"] is not None]
    if (len(refunded), sum(refunded)) != (times, back):
        yield f"{len(refunded)} refunds over {sum(refunded)} Stars are booked, Telegram made {times} over {back}"


async def read(house: ChaosHouse, telegram: httpx.Client) -> Reading:
    """The books in one snapshot, then Telegram's list, then which of its charges that snapshot knows."""
    connection = await asyncpg.connect(house.database_dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            wrong = await what_is_wrong(connection)
            payments = await connection.fetch(
                """
                SELECT payment_id, p.amount, p.charge_id, p.refunded_at, p.mismatch, r.state,
                       EXISTS (SELECT FROM "Product" o JOIN "ProductPrice" c ON c.product_code = o.code
                               WHERE (o.tokens, c.currency, c.amount) = (p.tokens, p.currency, p.amount)) AS is_as_sold
                FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id)
                """
            )
            frozen = await connection.fetchval('SELECT count(*) FROM "User" WHERE frozen_at IS NOT NULL')
            charges = list_charges(telegram)
            booked = await connection.fetch(
                """
                SELECT charge FROM unnest($1::text[]) AS charge
                WHERE EXISTS (SELECT FROM "SpentKey" WHERE digest = spent_key('charge:' || charge))
                """,
                list(charges),
            )
    finally:
        await connection.close()
    return Reading(wrong, payments, frozen, charges, frozenset(row["charge"] for row in booked))


def list_charges(telegram: httpx.Client) -> dict[str, Charge]:
    """Everything in Telegram's list of Star transactions."""
    charges: dict[str, Charge] = {}
    offset = 0
    while True:
        answer = telegram.get(f"/bot{SANDBOX_TOKEN}/getStarTransactions", params={"offset": offset, "limit": PAGE})
        page = answer.raise_for_status().json()["result"]["transactions"]
        for transaction in page:
            charge = charges.setdefault(transaction["id"], Charge(transaction["amount"]))
            charge.is_given_back |= "receiver" in transaction
        if len(page) < PAGE:
            return charges
        offset += PAGE - OVERLAP
