"""Promo codes: each person once, nobody beyond the last use, and nothing for those who guess."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from arq import ArqRedis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.pool import Database
from repository.ledger import LedgerRepository
from repository.users import UserRepository
from services.doorbell import Doorbell
from services.erasures import Erasures
from services.errors import (
    AccountFrozen,
    Banned,
    ProductError,
    PromoCodeEarly,
    PromoCodeExists,
    PromoCodeNotForWeb,
    PromoCodeOver,
    PromoCodeSpent,
    PromoCodeTries,
    PromoCodeUnknown,
    PromoCodeUsed,
    PromoCodeWrong,
)
from services.money.promo_codes import PromoCodes, cleaned
from services.storage import Storage
from services.tasks import Tasks
from tests.integration.money.conftest import Meet

WELCOME, TOKENS, TRIES = 30, 25, 10
NOW = datetime.now(UTC)


@pytest.fixture
def promo_codes(database: Database, arq: ArqRedis) -> PromoCodes:
    return PromoCodes(database, arq, "test")


def a_try() -> str:
    """One that was not made before."""
    return uuid4().hex


async def left(database: Database, user_id: int) -> int:
    person = await UserRepository(database.reading).get_user(user_id)
    assert person is not None
    return person.tokens_left


async def uses(database: Database) -> int:
    return int(await database.reading.fetchval('SELECT count(*) FROM "PromoUse"'))


async def keys(database: Database) -> int:
    return int(await database.reading.fetchval('SELECT count(*) FROM "SpentKey"'))


async def test_a_code_brings_its_tokens_however_it_is_typed(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("Spring-26", TOKENS)
    redeemed = await promo_codes.redeem(await meet(7), "  spring-26\n", a_try())
    assert (redeemed.code, redeemed.tokens, redeemed.debt_paid) == ("SPRING-26", TOKENS, 0)
    assert await left(database, 7) == WELCOME + TOKENS
    assert await LedgerRepository(database.reading).find_gaps() == []


async def test_a_code_is_used_once_by_each_however_often_they_press(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("SPRING", TOKENS, uses=5)
    person = await meet(7)
    ended = await asyncio.gather(
        *(promo_codes.redeem(person, "SPRING", a_try()) for _ in range(10)), return_exceptions=True
    )
    assert [type(one) for one in ended].count(PromoCodeUsed) == 9
    assert await left(database, 7) == WELCOME + TOKENS
    assert await database.reading.fetchval('SELECT uses_left FROM "PromoCode"') == 4


async def test_the_try_that_brought_the_tokens_is_answered_the_same_when_it_is_told_again(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("SPRING", TOKENS, uses=1)
    person = await meet(7)
    await database.reading.execute('UPDATE "User" SET tokens_owed = 10, tokens_left = 0')
    told = [await promo_codes.redeem(person, "spring", "message:1") for _ in range(TRIES + 2)]
    assert {(one.tokens, one.debt_paid) for one in told} == {(TOKENS, 10)}
    assert (await left(database, 7), await uses(database)) == (TOKENS - 10, 1)
    with pytest.raises(PromoCodeUsed):
        await promo_codes.redeem(person, "spring", "message:2")
    with pytest.raises(PromoCodeSpent):
        await promo_codes.redeem(await meet(8), "spring", "message:1")


async def test_a_try_that_is_told_twice_at_once_is_answered_twice_and_paid_once(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("SPRING", TOKENS, uses=5)
    person = await meet(7)
    told = await asyncio.gather(*(promo_codes.redeem(person, "SPRING", "message:1") for _ in range(5)))
    assert {one.tokens for one in told} == {TOKENS}
    assert await left(database, 7) == WELCOME + TOKENS
    assert await database.reading.fetchval('SELECT uses_left FROM "PromoCode"') == 4


async def test_the_last_use_of_a_code_goes_to_exactly_one_of_ten(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("LAST", TOKENS, uses=1)
    people = [await meet(user_id) for user_id in range(1, 11)]
    ended = await asyncio.gather(*(promo_codes.redeem(one, "last", a_try()) for one in people), return_exceptions=True)
    assert [type(one) for one in ended].count(PromoCodeSpent) == 9
    assert sum([await left(database, one.user_id) for one in people]) == 10 * WELCOME + TOKENS
    assert await uses(database) == 1
    assert await LedgerRepository(database.reading).find_gaps() == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ("is_active = FALSE", PromoCodeOver),
        ("ends_at = now()", PromoCodeOver),
        ("starts_at = now() + INTERVAL '1 hour'", PromoCodeEarly),
        ("uses_left = 0", PromoCodeSpent),
        ("code = 'OTHER'", PromoCodeUnknown),
    ],
)
async def test_a_code_that_gives_nothing_says_why_and_writes_nothing(
    promo_codes: PromoCodes, meet: Meet, database: Database, changed: str, error: type[ProductError]
) -> None:
    await promo_codes.create("SPRING", TOKENS, uses=3)
    person = await meet(7)
    await database.reading.execute(f'UPDATE "PromoCode" SET {changed}')  # noqa: S608 - a text of this file
    before = await keys(database)
    with pytest.raises(error):
        await promo_codes.redeem(person, "SPRING", a_try())
    assert await left(database, 7) == WELCOME
    assert (await uses(database), await keys(database)) == (0, before)


async def test_who_had_the_tokens_hears_that_rather_than_that_the_code_is_over(
    promo_codes: PromoCodes, meet: Meet
) -> None:
    await promo_codes.create("SPRING", TOKENS, uses=1)
    await promo_codes.redeem(await meet(7), "SPRING", a_try())
    with pytest.raises(PromoCodeUsed):
        await promo_codes.redeem(await meet(7), "SPRING", a_try())


@pytest.mark.parametrize(
    "typed",
    [
        '\'; DROP TABLE "PromoCode";--',
        "🎁🎁🎁",
        "A" * 10_000,
        "",
        "  ",
        "AB",
        "A" * 33,
        "SPRI\x00NG",
        "ｓｐｒｉｎｇ",
        "ßSS",
    ],
)
async def test_what_no_code_can_be_called_is_refused_and_nothing_is_written(
    promo_codes: PromoCodes, meet: Meet, database: Database, typed: str
) -> None:
    await promo_codes.create("SPRING", TOKENS)
    person = await meet(7)
    before = await keys(database)
    with pytest.raises(PromoCodeUnknown):
        await promo_codes.redeem(person, typed, a_try())
    assert (await uses(database), await keys(database)) == (0, before)
    assert await database.reading.fetchval('SELECT count(*) FROM "PromoCode"') == 1


@given(typed=st.text())
@settings(max_examples=300)
def test_whatever_is_typed_becomes_a_code_or_nothing(typed: str) -> None:
    code = cleaned(typed)
    assert code is None or (3 <= len(code) <= 32 and code == cleaned(code.lower()) and code.isascii())


class _Counts:
    """What a run of redemptions must leave behind, told by the rules alone."""

    def __init__(self, uses_left: int) -> None:
        self.uses_left = uses_left
        self.had: set[int] = set()

    def redeem(self, user_id: int) -> bool:
        if user_id in self.had or not self.uses_left:
            return False
        self.had.add(user_id)
        self.uses_left -= 1
        return True


@given(uses_given=st.integers(1, 4), order=st.lists(st.integers(1, 5), max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_people_and_presses_leaves_what_the_rules_say(
    database: Database, arq: ArqRedis, meet: Meet, uses_given: int, order: list[int]
) -> None:
    await arq.flushall()
    code = f"RUN-{uuid4().hex[:20]}"
    promo_codes = PromoCodes(database, arq, "test")
    await promo_codes.create(code, TOKENS, uses_given)
    expected, got = _Counts(uses_given), []
    for user_id in order:
        if order.count(user_id) > TRIES:
            return
        try:
            await promo_codes.redeem(await meet(user_id), code, a_try())
            got.append(True)
        except (PromoCodeUsed, PromoCodeSpent):
            got.append(False)
    assert got == [expected.redeem(user_id) for user_id in order]
    assert await LedgerRepository(database.reading).find_gaps() == []


async def test_guessing_is_slowed_and_the_answer_says_for_how_long(
    promo_codes: PromoCodes, meet: Meet, database: Database
) -> None:
    await promo_codes.create("SPRING", TOKENS)
    person = await meet(7)
    for number in range(TRIES):
        with pytest.raises(PromoCodeUnknown):
            await promo_codes.redeem(person, f"GUESS{number}", a_try())
    with pytest.raises(PromoCodeTries) as slowed:
        await promo_codes.redeem(person, "SPRING", a_try())
    assert slowed.value.fields == {"minutes": 60}
    assert await left(database, 7) == WELCOME
    assert (await promo_codes.redeem(await meet(8), "SPRING", a_try())).tokens == TOKENS


async def test_erasing_oneself_and_coming_back_brings_nothing(
    promo_codes: PromoCodes, meet: Meet, database: Database, arq: ArqRedis, tmp_path: Any
) -> None:
    await promo_codes.create("SPRING", TOKENS)
    await promo_codes.redeem(await meet(7), "SPRING", "message:1")
    storage = Storage.open((tmp_path / "files").as_uri(), None)
    tasks = Tasks(database, Doorbell(arq, "test"), timedelta(seconds=15))
    await Erasures(database, tasks, storage, arq, "test").erase(await meet(7))
    with pytest.raises(PromoCodeUsed):
        await promo_codes.redeem(await meet(7), "SPRING", "message:1")
    assert await left(database, 7) == 0


@pytest.mark.parametrize(("column", "error"), [("banned_at", Banned), ("frozen_at", AccountFrozen)])
async def test_who_is_shut_out_or_frozen_redeems_nothing(
    promo_codes: PromoCodes, meet: Meet, database: Database, column: str, error: type[ProductError]
) -> None:
    await promo_codes.create("SPRING", TOKENS)
    await meet(7)
    await database.reading.execute(f'UPDATE "User" SET {column} = now()')  # noqa: S608 - a name of this file
    with pytest.raises(error):
        await promo_codes.redeem(await meet(7), "SPRING", a_try())


async def test_a_web_account_redeems_nothing(promo_codes: PromoCodes, database: Database) -> None:
    await promo_codes.create("SPRING", TOKENS)
    users = UserRepository(database.reading)
    await users.create_user(-1, None, None, None)
    person = await users.get_user(-1)
    assert person is not None
    with pytest.raises(PromoCodeNotForWeb):
        await promo_codes.redeem(person, "SPRING", a_try())


@pytest.mark.parametrize(
    ("code", "tokens", "uses_given", "ends_at"),
    [
        ("AB", 1, None, None),
        ("with space", 1, None, None),
        ("КОД-1", 1, None, None),
        ("SPRING", 0, None, None),
        ("SPRING", -5, None, None),
        ("SPRING", 10**30, None, None),
        ("SPRING", 1, 0, None),
        ("SPRING", 1, 2**31, None),
        ("SPRING", 1, None, NOW - timedelta(days=1)),
    ],
)
async def test_a_code_that_makes_no_sense_is_not_made(
    promo_codes: PromoCodes, database: Database, code: str, tokens: int, uses_given: int | None, ends_at: datetime
) -> None:
    with pytest.raises(PromoCodeWrong):
        await promo_codes.create(code, tokens, uses_given, NOW, ends_at)
    assert await database.reading.fetchval('SELECT count(*) FROM "PromoCode"') == 0


async def test_of_ten_codes_of_one_name_made_at_once_one_is_made(promo_codes: PromoCodes, database: Database) -> None:
    ended = await asyncio.gather(
        *(promo_codes.create("SPRING", number) for number in range(1, 11)), return_exceptions=True
    )
    assert [type(one) for one in ended].count(PromoCodeExists) == 9
    assert await database.reading.fetchval('SELECT count(*) FROM "PromoCode"') == 1


async def test_one_command_told_ten_times_at_once_makes_one_code_and_is_answered_alike(
    promo_codes: PromoCodes, database: Database
) -> None:
    made = await asyncio.gather(*(promo_codes.create("SPRING", TOKENS, key="1:message:1") for _ in range(10)))
    assert len(set(made)) == 1
    assert await database.reading.fetchval('SELECT count(*) FROM "PromoCode"') == 1
    with pytest.raises(PromoCodeExists):
        await promo_codes.create("SPRING", TOKENS, key="2:message:1")
