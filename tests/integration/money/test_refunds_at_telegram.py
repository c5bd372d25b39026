"""What Telegram does with a refund, or has done by itself: told late, twice, or after a death, it counts once."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from arq import ArqRedis

from db.pool import Database
from repository.refunds import RefundOrigin, RefundState
from repository.users import UserRepository
from services.doorbell import Doorbell
from services.erasures import Erasures
from services.money.payments import Payments
from services.money.refunds import Refunds
from services.storage import Storage
from services.tasks import Tasks
from tests.conftest import ROOT
from tests.integration.money.buyers import STARS, TOKENS, WELCOME, Shop, open_shop
from tests.integration.money.conftest import Meet

ANNA = 700_300_300
"""An id that stands nowhere by chance."""

DIE = """
import asyncio, sys
from pathlib import Path
from config.failpoints import Failpoints
from db.pool import Database
from repository.users import UserRepository
from services.doorbell import Doorbell, open_arq
from services.money.refunds import Refunds

async def do(dsn, redis_dsn, folder, step, number):
    async with await Database.connect(dsn, failpoints=Failpoints(Path(folder))) as db:
        refunds = Refunds(db, Doorbell(await open_arq(redis_dsn), "test"))
        if step == "request":
            await refunds.request(await UserRepository(db.reading).get_user(7), int(number))
        elif step == "decide":
            await refunds.decide(int(number), True)
        elif step == "honour":
            await refunds.honour("charge-1")
        else:
            [to_send] = await refunds.claim(1)
            await (refunds.sent(to_send) if step == "sent" else refunds.refused(to_send, "CHARGE_NOT_FOUND"))

asyncio.run(do(*sys.argv[1:]))
"""


@pytest.fixture
def shop(database: Database, arq: ArqRedis, payments: Payments, meet: Meet) -> Shop:
    return open_shop(database, arq, payments, meet)


@pytest.fixture
def refunds(shop: Shop) -> Refunds:
    return shop.refunds


@pytest.fixture
def erasures(database: Database, arq: ArqRedis, tmp_path: Path) -> Erasures:
    storage = Storage.open((tmp_path / "files").as_uri())
    return Erasures(database, Tasks(database, Doorbell(arq, "test")), storage, arq, "test")


async def under_way(shop: Shop, user_id: int = 7) -> int:
    """A refund that Telegram must be told of; its payment."""
    person, payment_id = await shop.bought(user_id)
    assert (await shop.refunds.request(person, payment_id)).state is RefundState.SENDING
    return payment_id


async def traces(shop: Shop) -> list[str]:
    """Every row that still names somebody or their charge."""
    found = []
    tables = await shop.db.reading.fetch(
        """SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
    )
    for (table,) in tables:
        rows = await shop.db.reading.fetch(f"""SELECT t::text FROM "{table}" t""")  # noqa: S608
        found += [f"{table}: {row[0]}" for row in rows if str(ANNA) in row[0] or "charge-1" in row[0]]
    return found


async def test_when_telegram_has_answered_everybody_hears_of_it_and_nothing_names_the_charge(
    shop: Shop, refunds: Refunds
) -> None:
    payment_id = await under_way(shop)
    [to_send] = await refunds.claim(5)
    assert (to_send.user_id, to_send.charge_id, to_send.attempt) == (7, "charge-1", 1)
    assert await refunds.sent(to_send)
    assert not await refunds.sent(to_send)
    assert await shop.told("refund_done") == [
        {"payment_id": payment_id, "tokens": TOKENS, "owed": 0, "amount": STARS, "currency": "XTR"}
    ]
    assert await shop.open_events() == []
    noted = await shop.db.reading.fetchval("SELECT details FROM \"AdminEvent\" WHERE kind = 'refund'")
    assert noted["origin"] == "self"
    named = await shop.db.reading.fetchrow('SELECT user_id, charge_id FROM "Refund"')
    assert named is not None
    assert tuple(named) == (None, None)


async def test_a_claimed_refund_is_nobody_elses_until_its_lease_runs_out(
    shop: Shop, database: Database, arq: ArqRedis
) -> None:
    await under_way(shop)
    hasty = Refunds(database, Doorbell(arq, "test"), lease=timedelta())
    [first] = await hasty.claim(5)
    [second] = await shop.refunds.claim(5)
    assert await shop.refunds.claim(5) == []
    assert second.attempt == first.attempt + 1
    assert not await shop.refunds.sent(first), "it fell silent for too long: another process decides"
    assert not await shop.refunds.refused(first, "CHARGE_NOT_FOUND")
    assert await shop.refunds.sent(second)


async def test_many_processes_share_what_is_due(shop: Shop) -> None:
    for number in range(1, 7):
        person, payment_id = await shop.bought(number, f"charge-{number}")
        await shop.refunds.request(person, payment_id)
    claimed = await asyncio.gather(*(shop.refunds.claim(2) for _ in range(6)))
    ids = [refund.refund_id for batch in claimed for refund in batch]
    assert len(ids) == len(set(ids)) == 6


async def test_a_postponed_refund_waits_and_is_never_given_up(shop: Shop, refunds: Refunds) -> None:
    payment_id = await under_way(shop)
    for _ in range(30):
        [to_send] = await refunds.claim(5)
        await refunds.postpone(to_send, timedelta(), "Telegram is away")
    await refunds.postpone((await refunds.claim(5))[0], timedelta(hours=1))
    assert await refunds.claim(5) == []
    assert (await shop.refund_of(payment_id)).state is RefundState.SENDING


async def test_a_refusal_for_good_gives_the_tokens_back_and_the_admins_hear_of_it(shop: Shop, refunds: Refunds) -> None:
    inviter = await shop.meet(8)
    person, payment_id = await shop.bought()
    reward = await shop.reward(payment_id, inviter.user_id, 15, "waiting")
    cancelled_before = await shop.reward(payment_id, person.user_id, 15, "cancelled")
    await refunds.request(person, payment_id)
    [to_send] = await refunds.claim(5)
    assert await refunds.refused(to_send, "Bad Request: CHARGE_NOT_FOUND")
    assert not await refunds.refused(to_send, "Bad Request: CHARGE_NOT_FOUND")
    assert await shop.balance() == (WELCOME + TOKENS, 0)
    assert (await shop.standing_of(payment_id)).refunded_at is None
    assert await shop.open_events() == [("refund_failed", f"payment {payment_id}")]
    assert len(await shop.told("refund_declined")) == 1
    assert await shop.state_of_reward(reward) == "waiting", "it may be paid out after all"
    assert await shop.state_of_reward(cancelled_before) == "cancelled"
    assert await shop.books_add_up()


async def test_after_a_refusal_it_is_asked_for_anew_as_a_case_and_may_succeed(shop: Shop, refunds: Refunds) -> None:
    payment_id = await under_way(shop)
    [to_send] = await refunds.claim(5)
    await refunds.refused(to_send, "Bad Request: BALANCE_TOO_LOW")
    requested = await refunds.request(await shop.person(), payment_id)
    assert requested.state is RefundState.CASE
    assert await refunds.decide((await shop.refund_of(payment_id)).refund_id, True)
    assert await shop.balance() == (WELCOME, 0)
    [again] = await refunds.claim(5)
    assert await refunds.refused(again, "Bad Request: BALANCE_TOO_LOW")
    assert await shop.balance() == (WELCOME + TOKENS, 0)
    await refunds.request(await shop.person(), payment_id)
    await refunds.decide((await shop.refund_of(payment_id)).refund_id, True)
    [last] = await refunds.claim(5)
    assert await refunds.sent(last)
    assert await shop.balance() == (WELCOME, 0)
    assert await shop.open_events() == []
    assert await shop.books_add_up()


async def test_a_refusal_pays_back_the_debt_as_well_and_what_was_paid_of_it(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await shop.spend(100)
    await refunds.request(person, payment_id)
    await refunds.decide((await shop.refund_of(payment_id)).refund_id, True)
    assert await shop.balance() == (0, 70)
    await UserRepository(shop.db.reading).update_tokens(7, 5)
    [to_send] = await refunds.claim(5)
    await refunds.refused(to_send, "Bad Request: CHARGE_NOT_FOUND")
    assert await shop.balance() == (WELCOME + TOKENS - 100 + 5, 0)
    assert await shop.books_add_up()


async def test_money_that_telegram_gave_back_by_itself_takes_the_tokens_with_it(shop: Shop, refunds: Refunds) -> None:
    await shop.meet(8)
    _, payment_id = await shop.bought()
    waiting = await shop.reward(payment_id, 8, 15, "waiting")
    vested = await shop.reward(payment_id, 7, 5, "vested")
    await shop.spend(100)
    answers = await asyncio.gather(*(refunds.honour("charge-1") for _ in range(10)))
    assert sum(answers) == 1
    refund = await shop.refund_of(payment_id)
    assert (refund.state, refund.origin) == (RefundState.DONE, RefundOrigin.TELEGRAM)
    assert (refund.tokens_taken, refund.tokens_owed) == (85, 65)
    assert await shop.balance() == (0, 70), "the share that was earned by it is owed too"
    assert [await shop.state_of_reward(reward) for reward in (waiting, vested)] == ["cancelled", "cancelled"]
    assert len(await shop.told("refund_done")) == 1
    assert (await shop.standing_of(payment_id)).refunded_at is not None
    assert await shop.books_add_up()


async def test_the_word_of_telegram_about_our_own_refund_takes_nothing_twice(shop: Shop, refunds: Refunds) -> None:
    payment_id = await under_way(shop)
    [to_send] = await refunds.claim(5)
    assert await refunds.honour("charge-1")
    assert not await refunds.sent(to_send)
    assert not await refunds.refused(to_send, "CHARGE_NOT_FOUND")
    assert not await refunds.honour("charge-1")
    assert await shop.balance() == (WELCOME, 0)
    assert len(await shop.told("refund_done")) == 1
    assert (await shop.refund_of(payment_id)).origin is RefundOrigin.SELF


async def test_the_word_and_the_answer_at_once_count_once(shop: Shop, refunds: Refunds) -> None:
    await under_way(shop)
    [to_send] = await refunds.claim(5)
    answers = await asyncio.gather(refunds.sent(to_send), refunds.honour("charge-1"), refunds.honour("charge-1"))
    assert sum(answers) == 1
    assert len(await shop.told("refund_done")) == 1


@pytest.mark.parametrize("before", ["case", "declined", "failed"])
async def test_money_that_went_back_after_all_takes_the_tokens_whatever_was_said_before(
    shop: Shop, refunds: Refunds, before: str
) -> None:
    person, payment_id = await shop.bought()
    if before == "failed":
        await refunds.request(person, payment_id)
        await refunds.refused((await refunds.claim(5))[0], "Bad Request: CHARGE_NOT_FOUND")
    else:
        await shop.age(payment_id, 30)
        await refunds.request(person, payment_id)
        if before == "declined":
            await refunds.decide((await shop.refund_of(payment_id)).refund_id, False)
    assert await shop.balance() == (WELCOME + TOKENS, 0)
    assert await refunds.honour("charge-1")
    assert await shop.balance() == (WELCOME, 0)
    assert await shop.open_events() == []
    assert not await refunds.decide((await shop.refund_of(payment_id)).refund_id, True)
    assert await shop.books_add_up()


async def test_a_request_and_telegrams_own_refund_at_once_are_one(shop: Shop, refunds: Refunds) -> None:
    person, payment_id = await shop.bought()
    await asyncio.gather(
        refunds.honour("charge-1"), refunds.request(person, payment_id), refunds.honour("charge-1"),
        return_exceptions=True,
    )  # fmt: skip
    assert await shop.balance() == (WELCOME, 0)
    assert await shop.written("Refund") == 1
    assert await shop.books_add_up()


async def test_the_refund_of_a_charge_that_nobody_knows_changes_nothing(shop: Shop, refunds: Refunds) -> None:
    await shop.bought()
    assert not await refunds.honour("another")
    assert not await refunds.honour("")
    assert await shop.written("Refund") == 0


async def test_an_erasure_loses_no_refund_under_way_and_its_end_names_nobody(
    shop: Shop, refunds: Refunds, erasures: Erasures
) -> None:
    await under_way(shop, ANNA)
    await erasures.erase(await shop.person(ANNA))
    assert {trace.split(":")[0] for trace in await traces(shop)} == {"Refund"}, "what Telegram must still be told"
    [to_send] = await refunds.claim(5)
    assert (to_send.user_id, to_send.charge_id) == (ANNA, "charge-1")
    assert await refunds.sent(to_send)
    assert await traces(shop) == []
    assert await shop.books_add_up()


@pytest.mark.parametrize("end", ["honoured", "refused"])
async def test_however_the_refund_of_an_erased_person_ends_it_names_nobody(
    shop: Shop, refunds: Refunds, erasures: Erasures, end: str
) -> None:
    await under_way(shop, ANNA)
    await erasures.erase(await shop.person(ANNA))
    if end == "honoured":
        assert await refunds.honour("charge-1")
        assert not await refunds.honour("charge-1")
    else:
        assert await refunds.refused((await refunds.claim(5))[0], "Bad Request: USER_ID_INVALID")
        assert [kind for kind, _ in await shop.open_events()] == ["refund_failed"]
    assert await traces(shop) == []


async def test_who_is_erased_and_comes_back_is_told_nothing_of_an_old_refund(
    shop: Shop, refunds: Refunds, erasures: Erasures
) -> None:
    payment_id = await under_way(shop, ANNA)
    await erasures.erase(await shop.person(ANNA))
    back = await shop.meet(ANNA)
    assert await refunds.sent((await refunds.claim(5))[0])
    assert await shop.told("refund_done", ANNA) == []
    assert await refunds.own(back) == []
    assert (await shop.standing_of(payment_id)).user_id is None


async def test_an_erasure_ends_the_cases_of_the_person(shop: Shop, refunds: Refunds, erasures: Erasures) -> None:
    person, payment_id = await shop.bought(ANNA)
    await shop.age(payment_id, 30)
    await refunds.request(person, payment_id)
    await erasures.erase(person)
    assert await shop.open_events() == []
    assert await refunds.cases(5) == []
    assert not await refunds.decide((await shop.refund_of(payment_id)).refund_id, True)
    assert await traces(shop) == []


async def test_an_erasure_and_requests_at_once_leave_whole_books(
    shop: Shop, refunds: Refunds, erasures: Erasures
) -> None:
    person, payment_id = await shop.bought(ANNA)
    await asyncio.gather(
        erasures.erase(person), *(refunds.request(person, payment_id) for _ in range(4)), return_exceptions=True
    )
    await erasures.go_on()
    for to_send in await refunds.claim(5):
        assert await refunds.sent(to_send)
    assert await traces(shop) == []
    assert await shop.books_add_up()


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    ("step", "write"),
    [
        ("request", "refund.request"),
        ("decide", "refund.decide"),
        ("honour", "refund.honour"),
        ("sent", "refund.claim"),
        ("sent", "refund.close"),
        ("refused", "refund.close"),
    ],
)
async def test_a_death_at_any_step_neither_loses_nor_doubles_anything(
    shop: Shop, refunds: Refunds, database_dsn: str, redis_dsn: str, tmp_path: Path, step: str, write: str, side: str
) -> None:
    person, payment_id = await shop.bought()
    number = payment_id
    if step == "decide":
        await shop.age(payment_id, 30)
    if step in ("decide", "sent", "refused"):
        await refunds.request(person, payment_id)
        number = (await shop.refund_of(payment_id)).refund_id
    folder = tmp_path / "points"
    folder.mkdir()
    (folder / f"{write}.{side}").touch()
    died = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DIE, database_dsn, redis_dsn, str(folder), step, str(number)),
        cwd=ROOT,
        env=dict(os.environ),
    )
    assert await died.wait() == -signal.SIGKILL
    assert await shop.books_add_up()
    await shop.db.reading.execute("""UPDATE "Refund" SET lease_until = now() - interval '1 second'""")
    match step:
        case "request":
            await refunds.request(person, payment_id)
        case "decide":
            assert await refunds.decide(number, True) == (side == "before")
        case "honour":
            assert await refunds.honour("charge-1") == (side == "before")
    for to_send in await refunds.claim(5):
        assert await (refunds.refused(to_send, "CHARGE_NOT_FOUND") if step == "refused" else refunds.sent(to_send))
    refund = await shop.refund_of(payment_id)
    if step == "refused":
        assert refund.state is RefundState.FAILED
        assert await shop.balance() == (WELCOME + TOKENS, 0)
        assert len(await shop.told("refund_declined")) == 1
    else:
        assert refund.state is RefundState.DONE
        assert await shop.balance() == (WELCOME, 0)
        assert len(await shop.told("refund_done")) == 1
    assert await shop.books_add_up()
