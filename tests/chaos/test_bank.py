"""A bank holiday: people buy, spend, want money back and leave while the bot and the workers are shot at.

Every Star that Telegram took is in the books once, every Star that went back is taken back once, at every second of
it. CHAOS_SEED repeats a run as far as the machine lets it.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import httpx
import pytest

from config.settings import SANDBOX_TOKEN
from tests.chaos.house import WORKERS, ChaosHouse, wait_until
from tests.chaos.invariants import settle_down
from tests.chaos.patrons import PROMO_CODE, Patron
from tests.chaos.till import Reading, Till, find_violations_at_rest, list_charges

PEOPLE = 20
BY_A_LINK = 10
"""Of them those who come by a link of the others."""
CALM = (1.0, 6.0)
"""Seconds between two blows: the shortest and the longest."""
QUIET_WITHIN = 400.0
LIST_SETTLED_WITHIN = 240.0
"""Seconds: a transaction is young for a minute, and a minute lies between two rounds."""


@pytest.mark.long
@pytest.mark.parametrize("seconds", [60, 300])
def test_every_star_is_in_the_books_once_whatever_dies_meanwhile(house, selfie, seed, seconds):
    rng = random.Random(seed)
    asyncio.run(offer_promo_code(house))
    till, over = Till(house), threading.Event()
    with httpx.Client(base_url=house.sandbox_url, timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        patrons = [Patron(house.new_person(client, f"P{n}"), f"p{n}", selfie) for n in range(PEOPLE)]
        with ThreadPoolExecutor(PEOPLE + 1) as crowd:
            list(crowd.map(come, patrons[BY_A_LINK:]))
            links = [patron.link for patron in patrons if patron.link]
            assert len(links) == PEOPLE - BY_A_LINK, "everybody has a link"
            list(crowd.map(lambda patron: come(patron, [rng.choice(links)]), patrons[:BY_A_LINK]))
            till.look(client)
            watching = crowd.submit(till.watch)
            try:
                lives = [crowd.submit(patron.live, over, rng.random(), patrons) for patron in patrons]
                shoot(house, random.Random(rng.random()), seconds)
                over.set()
                house.make_peace()
                for life in lives:
                    life.result()
                settle_down(house, QUIET_WITHIN)
                wait_until(lambda: is_list_settled(house, client), LIST_SETTLED_WITHIN, "the end of Telegram's list")
            finally:
                over.set()
                till.stop()
            watching.result()
        settle_down(house, QUIET_WITHIN)
        reading = till.look(client)
        balance = client.get(f"/bot{SANDBOX_TOKEN}/getMyStarBalance").raise_for_status().json()["result"]["amount"]
    kept = sum(payment["amount"] for payment in reading.payments if payment["refunded_at"] is None)
    at_rest = [*find_violations_at_rest(reading), *asyncio.run(find_open_ends(house))]
    story = describe(till, patrons, reading, house)
    print(story)  # noqa: T201 - says what a run that was weathered was like
    seen = [f"{second:.0f} s: {violation}" for violation, second in till.violations.items()]
    assert [*seen, *at_rest] == [], "\n".join([f"(CHAOS_SEED={seed})", *seen, *at_rest, house.story()])
    assert balance == kept, "Telegram holds what the books say"
    assert len(reading.charges) >= seconds / 3, "too few payments to prove anything"


def come(patron: Patron, links: Sequence[str] = ()) -> None:
    """The first word, and the own link."""
    patron.arrive(links)
    patron.show_link()


def shoot(house: ChaosHouse, rng: random.Random, seconds: float) -> None:
    """Kill a process, send updates again or lose an answer about a refund, and again, for so many seconds."""
    over = threading.Event()
    end = threading.Timer(seconds, over.set)
    end.start()
    try:
        while not over.wait(rng.uniform(*CALM)):
            match rng.choices(("bot", "worker", "again", "refund"), (4, 3, 4, 1)):
                case ["bot"]:
                    house.kill("bot")
                case ["worker"]:
                    house.kill(rng.choice(WORKERS))
                case ["again"]:
                    send_again(house, rng.randint(1, 40))
                case _:
                    house.break_telegram(
                        method="refundStarPayment", **rng.choice(({"lost": True}, {"error_code": 502}))
                    )
    finally:
        end.cancel()


def send_again(house: ChaosHouse, updates: int) -> None:
    """The last updates come once more, behind newer ones."""
    answer = httpx.post(f"{house.sandbox_url}/sim/faults", json={"redeliver": updates}, timeout=5)
    house.struck["updates again"] += int(answer.raise_for_status().json()["redelivered"])


async def ask(house: ChaosHouse, query: str) -> list[asyncpg.Record]:
    """A question to the database, past everything."""
    connection = await asyncpg.connect(house.database_dsn)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def offer_promo_code(house: ChaosHouse) -> None:
    """A code that runs out before everybody has used it."""
    await ask(house, f"""INSERT INTO "PromoCode" (code, tokens, uses_left) VALUES ('{PROMO_CODE}', 25, 12)""")  # noqa: S608 - ours


def is_list_settled(house: ChaosHouse, telegram: httpx.Client) -> bool:
    """Whether the house has judged everything that Telegram lists."""
    listed = sum(1 + charge.is_given_back for charge in list_charges(telegram).values())
    judged = asyncio.run(ask(house, """SELECT count(*) FROM "StarTransaction" WHERE verdict <> 'waiting'"""))
    return listed == judged[0][0]


async def find_open_ends(house: ChaosHouse) -> list[str]:
    """What must have come to an end when nothing is under way, and alarms that are no longer than that."""
    rows = await ask(
        house,
        """
        SELECT 'tokens of ' || user_id || ' are still held' AS what FROM "User" WHERE tokens_held <> 0
        UNION ALL
        SELECT 'Telegram was not told of refund ' || refund_id || ', it is ' || state FROM "Refund"
        WHERE state IN ('sending', 'failed')
        UNION ALL
        SELECT 'a transaction at Telegram is ' || verdict || ': ' || stars || ' Stars' FROM "StarTransaction"
        WHERE verdict NOT IN ('matched', 'recovered')
        UNION ALL
        SELECT 'the admins hear of ' || kind || ', ' || subject FROM "AdminEvent"
        WHERE kind IN ('ledger_gap', 'star_gap', 'task_gap', 'refund_failed')
        """,
    )
    return [row["what"] for row in rows]


def describe(till: Till, patrons: list[Patron], reading: Reading, house: ChaosHouse) -> str:
    """What happened, in a few lines."""
    did = sum((patron.did for patron in patrons), Counter[str]())
    back = sum(charge.is_given_back for charge in reading.charges.values())
    longest = {what: round(seconds) for what, seconds in till.longest.items()}
    return "\n".join(
        [
            f"{len(reading.charges)} payments at Telegram, {back} of them went back; "
            f"{sum(payment['charge_id'] is None for payment in reading.payments)} of people who are erased",
            f"looked {till.looks} times; seconds until booked and taken back at most: {longest}",
            f"mismatches: {dict(Counter(payment['mismatch'] for payment in reading.payments if payment['mismatch']))}",
            f"people: {dict(sorted(did.items()))}",
            f"broken: {dict(sorted(house.struck.items()))}",
        ]
    )
