"""Storms: people order pictures while processes die, freeze and lose each other. Then everything is as it should be.

The seed decides who orders what and what breaks when; CHAOS_SEED repeats one. What the machine makes of it differs a
little from run to run, as it does outside.
"""

import asyncio
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from db.pool import Database
from repository.ledger import LedgerRepository
from tests.chaos.house import ChaosHouse
from tests.chaos.invariants import Books, assert_end_conditions, settle_down
from tests.chaos.people import Customer, Wish
from tests.chaos.weather import Forbidden, Weather

TOKENS = 5000
"""Given to everybody: nobody goes without for lack of tokens."""
QUIET_WITHIN = 400.0
"""Seconds: what failed again and again is tried again after five minutes at the latest."""
BLOCKING = 0.03
"""Share of the orders before which their person blocks the bot for some seconds."""
ENOUGH = 0.8
"""Share of the orders that must have been placed for a storm to prove anything."""


@dataclass(frozen=True)
class Storm:
    """How long and how hard."""

    seconds: float
    people: int
    orders: int
    calm: tuple[float, float]
    """Seconds between two faults: the shortest and the longest."""

    def orders_of(self, place: int) -> int:
        """How many orders fall to a person, counted from 0."""
        return self.orders // self.people + (place < self.orders % self.people)


@pytest.mark.long
def test_sixty_seconds_of_chaos_cost_nobody_a_token_or_a_picture(house, selfie, seed):
    storm = Storm(seconds=60, people=10, orders=40, calm=(0.8, 3.0))
    go_through(storm, house, selfie, seed)


@pytest.mark.long
def test_ten_minutes_of_chaos_cost_nobody_a_token_or_a_picture(house, selfie, seed):
    storm = Storm(seconds=600, people=40, orders=300, calm=(0.5, 4.0))
    go_through(storm, house, selfie, seed)


def go_through(storm: Storm, house: ChaosHouse, selfie: bytes, seed: int) -> None:
    """Let people order through the storm, wait for quiet, and look at everything."""
    rng = random.Random(seed)
    with httpx.Client(base_url=house.sandbox_url, timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        customers = [Customer(house.new_person(client, f"P{n}"), f"p{n}", selfie) for n in range(storm.people)]
        with ThreadPoolExecutor(8) as doors:
            list(doors.map(Customer.greet, customers))
        asyncio.run(give_tokens(house, customers))
        forbidden = Forbidden(house, {customer.user_id: customer for customer in customers})
        weather = Weather(house, random.Random(rng.random()))
        with ThreadPoolExecutor(storm.people + 1) as crowd:
            watching = crowd.submit(forbidden.watch)
            try:
                lives = [
                    crowd.submit(order_all, customer, storm.seconds, storm.orders_of(place), rng.random())
                    for place, customer in enumerate(customers)
                ]
                weather.rage(storm.seconds, storm.calm)
                peace = time.monotonic()
                house.make_peace()
                placed = sum(life.result() for life in lives)
                settle_down(house, QUIET_WITHIN)
                quiet_after = time.monotonic() - peace
            finally:
                forbidden.stop()
            watching.result()
    books = assert_end_conditions(house, customers, about=f"(CHAOS_SEED={seed})")
    print(f"quiet after {quiet_after:.0f} s", describe(books, placed, house), sep="\n")  # noqa: T201 - says what a storm that was weathered was like
    assert placed >= storm.orders * ENOUGH, f"only {placed} of {storm.orders} orders were placed (CHAOS_SEED={seed})"


def order_all(customer: Customer, seconds: float, orders: int, seed: float) -> int:
    """One person's orders, spread over the storm; returns how many were placed."""
    rng, pause = random.Random(seed), threading.Event()
    placed = 0
    for wish in [Wish.drawn(rng, customer.name, number) for number in range(orders)]:
        pause.wait(rng.uniform(0, 1.5 * seconds / orders))
        if rng.random() < BLOCKING:
            customer.block_for(rng.uniform(1, 4))
        placed += customer.order(wish)
    return placed


async def give_tokens(house: ChaosHouse, customers: list[Customer]) -> None:
    """Enough for everything, through the books."""
    async with await Database.connect(house.database_dsn) as db:
        for customer in customers:
            await LedgerRepository(db.reading).adjust(customer.user_id, TOKENS, f"chaos:{customer.user_id}")


def describe(books: Books, placed: int, house: ChaosHouse) -> str:
    """What happened, in a few lines."""
    endings = Counter(f"{task['status']} {task['error_code'] or ''}".strip() for task in books.tasks.values())
    calls = Counter(f"{call['state']}" for call in books.calls.values())
    shown = sum(sum(chat.origins.values()) for chat in books.chats.values())
    once = sum(len(chat.origins) for chat in books.chats.values())
    return "\n".join(
        [
            f"{placed} orders placed, {len(books.tasks)} tasks: {dict(endings)}",
            f"{len(books.jobs)} calls at the vendor, in the books: {dict(calls)}",
            f"{once} pictures delivered, {shown - once} of them twice; "
            f"{sum(customer.excused for customer in books.customers.values())} people excused",
            f"attempts: {dict(sorted(Counter(task['attempt'] for task in books.tasks.values()).items()))}",
            f"broken: {dict(sorted(house.struck.items()))}",
        ]
    )
