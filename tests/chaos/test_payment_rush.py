"""A thousand payments at once: everybody has their tokens within a minute, on the two cores of a small machine."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import asyncpg
import httpx
import pytest

from tests.chaos.house import ChaosHouse, wait_until
from tests.chaos.invariants import settle_down
from tests.chaos.patrons import Patron
from tests.chaos.till import find_violations_at_rest, read

PEOPLE = 1000
WITHIN = 60.0
"""Seconds."""
QUIET_WITHIN = 300.0
"""Seconds until everybody has read that their tokens are there: Telegram lets a bot say so much, and no more."""
DOORS = 16
"""People who ask for their invoice at a time."""
HANDS = 6
"""People who pay at a time."""


@pytest.mark.long
def test_a_thousand_payments_are_in_the_books_within_a_minute(house, selfie):
    limits = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=house.sandbox_url, timeout=60, limits=limits) as client:
        with ThreadPoolExecutor(DOORS) as doors, unhurried(client):
            bills = list(doors.map(lambda number: with_invoice(house, client, number, selfie), range(PEOPLE)))
        with ThreadPoolExecutor(HANDS) as hands:
            began = time.monotonic()
            paid = list(hands.map(lambda bill: bill[0].pay(bill[1]), bills))
            agreed_after = time.monotonic() - began
            wait_until(lambda: asyncio.run(count_payments(house)) == PEOPLE, WITHIN, "the last payment")
            seconds = time.monotonic() - began
        settle_down(house, QUIET_WITHIN)
        thanked_after = time.monotonic() - began
        reading = asyncio.run(read(house, client))
    told = f"agreed to in {agreed_after:.1f} s, booked in {seconds:.1f} s, all told in {thanked_after:.1f} s"
    print(f"{PEOPLE} payments: {told}")  # noqa: T201 - the measure
    assert all(paid)
    assert len(reading.booked) == PEOPLE
    assert list(find_violations_at_rest(reading)) == []
    assert seconds < WITHIN
    assert house.deaths == 0
    errors = [line for part in house.parts.values() for line in part.log_text().splitlines() if "[error" in line]
    assert errors == []


def with_invoice(house: ChaosHouse, client: httpx.Client, number: int, selfie: bytes) -> tuple[Patron, int]:
    """Somebody new, and the message of their invoice."""
    patron = Patron(house.new_person(client, f"P{number}"), f"p{number}", selfie)
    patron.arrive([])
    bill = patron.invoice(number % 3)
    assert bill is not None, f"no invoice for person {number}"
    return patron, bill


@contextmanager
def unhurried(telegram: httpx.Client) -> Iterator[None]:
    """Telegram's limits for a bot's messages are off for what goes before."""
    telegram.post("/sim/settings", json={"flood_rate": 0}).raise_for_status()
    try:
        yield
    finally:
        telegram.post("/sim/settings", json={"flood_rate": 1}).raise_for_status()


async def count_payments(house: ChaosHouse) -> int:
    """Those in the books."""
    connection = await asyncpg.connect(house.database_dsn)
    try:
        return int(await connection.fetchval('SELECT count(*) FROM "Payment"'))
    finally:
        await connection.close()
