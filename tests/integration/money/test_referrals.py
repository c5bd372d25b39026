"""Inviting friends: the bonus at the door, the inviter's rewards behind a payment, and what makes them suspicious."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from arq import ArqRedis

from config.failpoints import Write
from db.pool import Database
from repository.ledger import LedgerRepository
from repository.payments import PaymentRepository
from repository.referrals import ReferralRepository
from repository.rewards import RewardRepository
from repository.users import Registration, UserRepository
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell
from services.erasures import Erasures
from services.money.payments import Payments, Receipt
from services.money.referrals import Referrals, invitation_link
from services.storage import Storage
from services.tasks import Tasks
from tests.integration.money.conftest import Meet

WELCOME, INVITED, INVITER, SHARE_PERCENT = 30, 10, 20, 10
TOKENS, STARS = 150, 200
SHARE = TOKENS * SHARE_PERCENT // 100
ANN, BEN, CAT = 7, 8, 9


@pytest.fixture
def referrals(database: Database, arq: ArqRedis) -> Referrals:
    return Referrals(database, Doorbell(arq, "test"))


@pytest.fixture
def erasures(database: Database, arq: ArqRedis, tmp_path: Any) -> Erasures:
    storage = Storage.open((tmp_path / "files").as_uri(), None)
    tasks = Tasks(database, Doorbell(arq, "test"), timedelta(seconds=15))
    return Erasures(database, tasks, storage, arq, "test")


async def come(database: Database, user_id: int, code: str | None) -> Registration:
    return await Accounts(database, "en").register(Profile(user_id, None, "Friend", None, "en"), code)


async def code_of(referrals: Referrals, meet: Meet, user_id: int = ANN) -> str:
    return (await referrals.of_person(await meet(user_id))).code


async def left(database: Database, user_id: int) -> int:
    person = await UserRepository(database.reading).get_user(user_id)
    assert person is not None
    return person.tokens_left


async def pay(payments: Payments, meet: Meet, user_id: int, charge: str) -> int:
    to_send = await payments.invoice(await meet(user_id), "tokens_150")
    received = await payments.receive(user_id, Receipt(to_send.payload, "XTR", STARS, charge))
    assert received is not None
    return received.payment_id


async def refund(database: Database, payment_id: int) -> None:
    """What a refund does to rewards; the rest of it stands elsewhere."""
    async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
        await RewardRepository(tx).cancel_of_payment(payment_id)
        await tx.execute('UPDATE "Payment" SET refunded_at = now() WHERE payment_id = $1', payment_id)


async def rewards(database: Database) -> list[tuple[str, int, str]]:
    rows = await database.reading.fetch('SELECT kind, tokens, state FROM "ReferralReward" ORDER BY kind, reward_id')
    return [tuple(row) for row in rows]


async def let_the_window_pass(database: Database) -> None:
    await database.reading.execute("""UPDATE "ReferralReward" SET vests_at = now() WHERE state = 'waiting'""")


async def events(database: Database, kind: str) -> list[asyncpg.Record]:
    return await database.reading.fetch(
        'SELECT subject, details FROM "AdminEvent" WHERE kind = $1 AND closed_at IS NULL', kind
    )


async def books_add_up(database: Database) -> bool:
    return await LedgerRepository(database.reading).find_gaps() == []


async def set_limit(database: Database, kind: str, amount: int) -> None:
    await database.reading.execute('UPDATE "Limit" SET amount = $2 WHERE kind = $1', kind, amount)


async def test_who_comes_by_a_link_has_the_bonus_at_once(referrals: Referrals, meet: Meet, database: Database) -> None:
    came = await come(database, BEN, await code_of(referrals, meet))
    assert (came.is_new, came.welcome_tokens, came.invited_tokens) == (True, WELCOME + INVITED, INVITED)
    assert (await left(database, BEN), await left(database, ANN)) == (WELCOME + INVITED, WELCOME)
    assert await rewards(database) == [("invited", INVITED, "vested")]
    assert await books_add_up(database)


async def test_a_link_holds_the_code_and_stays_the_same(referrals: Referrals, meet: Meet) -> None:
    code = await code_of(referrals, meet)
    assert await code_of(referrals, meet) == code
    assert invitation_link("a_bot", code) == f"https://t.me/a_bot?start=ref_{code}"


@pytest.mark.parametrize("code", ["NOBODY99", "", '\'; DROP TABLE "User";--'])
async def test_a_code_of_nobody_brings_the_welcome_alone(database: Database, code: str) -> None:
    came = await come(database, BEN, code)
    assert (came.welcome_tokens, came.invited_tokens) == (WELCOME, 0)
    assert await rewards(database) == []


async def test_who_is_here_already_is_nobodys_guest(referrals: Referrals, meet: Meet, database: Database) -> None:
    code = await code_of(referrals, meet)
    await meet(BEN)
    for user_id in (BEN, ANN):
        came = await come(database, user_id, code)
        assert (came.is_new, came.invited_tokens) == (False, 0)
    assert await database.reading.fetchval('SELECT count(*) FROM "ReferralInvite"') == 0
    assert (await left(database, BEN), await left(database, ANN)) == (WELCOME, WELCOME)


async def test_ten_registrations_of_one_person_at_once_bring_one_bonus(
    referrals: Referrals, meet: Meet, database: Database
) -> None:
    code = await code_of(referrals, meet)
    came = await asyncio.gather(*(come(database, BEN, code) for _ in range(10)))
    assert sum(one.is_new for one in came) == 1
    assert await left(database, BEN) == WELCOME + INVITED
    assert await books_add_up(database)


async def test_erasing_oneself_and_coming_back_by_a_link_brings_nothing(
    referrals: Referrals, meet: Meet, database: Database, erasures: Erasures
) -> None:
    code = await code_of(referrals, meet)
    await come(database, BEN, code)
    await erasures.erase(await meet(BEN))
    came = await come(database, BEN, code)
    assert (came.is_new, came.welcome_tokens, came.invited_tokens) == (True, 0, 0)
    assert await database.reading.fetchval('SELECT count(*) FROM "ReferralInvite"') == 0


async def test_no_key_in_the_books_holds_the_id_of_a_person(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    inviter, guest = 700_100_100, 700_200_200
    await come(database, guest, await code_of(referrals, meet, inviter))
    await pay(payments, meet, guest, "charge")
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 2
    keys = [row["idempotency_key"] for row in await database.reading.fetch('SELECT * FROM "LedgerEntry"')]
    assert [key for key in keys if str(inviter) in key or str(guest) in key] == []


async def test_a_web_account_neither_invites_nor_is_invited(database: Database) -> None:
    users, repository = UserRepository(database.reading), ReferralRepository(database.reading)
    for user_id in (-5, ANN):
        await users.create_user(user_id, None, None, None)
    await come(database, BEN, await repository.create_referral_code(-5))
    assert await left(database, BEN) == WELCOME
    assert not await repository.process_referral(ANN, -5)
    assert not await repository.process_referral(-5, ANN)


async def test_a_payment_promises_share_and_bonus_which_wait_for_the_refund_window(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await pay(payments, meet, BEN, "first")
    await pay(payments, meet, BEN, "second")
    waiting = [("inviter", INVITER, "waiting"), ("share", SHARE, "waiting"), ("share", SHARE, "waiting")]
    assert [row for row in await rewards(database) if row[2] == "waiting"] == waiting
    assert await referrals.vest_due() == 0
    days = await database.reading.fetchval(
        """SELECT min(vests_at - created_at) FROM "ReferralReward" WHERE state = 'waiting'"""
    )
    assert days.days == 14
    seen = await referrals.of_person(await meet(ANN))
    assert sum(one.tokens for one in seen.waiting) == INVITER + 2 * SHARE
    assert seen.waiting[0].vests_on is not None


async def test_somebody_nobody_invited_promises_nothing(payments: Payments, meet: Meet, database: Database) -> None:
    await pay(payments, meet, ANN, "charge")
    assert await rewards(database) == []


async def test_what_is_due_is_credited_once_however_many_workers_look(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await pay(payments, meet, BEN, "charge")
    await let_the_window_pass(database)
    vested = await asyncio.gather(*(referrals.vest_due() for _ in range(10)))
    assert sum(vested) == 2
    assert await left(database, ANN) == WELCOME + INVITER + SHARE
    assert await referrals.vest_due() == 0
    seen = await referrals.of_person(await meet(ANN))
    assert (seen.statistics.invited, seen.statistics.paying, seen.statistics.tokens_earned) == (1, 1, INVITER + SHARE)
    assert seen.waiting == []
    told = await database.reading.fetch("""SELECT user_id, details FROM "Notification" WHERE kind = 'reward_vested'""")
    assert sorted((row["user_id"], row["details"]["tokens"]) for row in told) == [(ANN, SHARE), (ANN, INVITER)]
    assert await books_add_up(database)


async def test_a_payment_given_back_takes_its_rewards_along_and_the_bonus_does_not_come_again(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await refund(database, await pay(payments, meet, BEN, "first"))
    await pay(payments, meet, BEN, "second")
    await let_the_window_pass(database)
    await referrals.vest_due()
    assert await left(database, ANN) == WELCOME + SHARE
    states = [state for kind, _, state in await rewards(database) if kind != "invited"]
    assert sorted(states) == ["cancelled", "cancelled", "vested"]


async def test_a_refund_and_the_sweep_at_once_agree_on_who_was_first(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    paid = [await pay(payments, meet, BEN, f"charge {number}") for number in range(6)]
    await let_the_window_pass(database)
    await asyncio.gather(*(refund(database, one) for one in paid), *(referrals.vest_due() for _ in range(3)))
    vested = sum(tokens for kind, tokens, state in await rewards(database) if kind != "invited" and state == "vested")
    assert await left(database, ANN) == WELCOME + vested
    assert "waiting" not in [state for _, _, state in await rewards(database)]
    assert await books_add_up(database)


async def test_an_erased_inviter_gets_nothing_and_an_erased_guest_takes_nothing_away(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments, erasures: Erasures
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await come(database, CAT, await code_of(referrals, meet, BEN))
    for guest in (BEN, CAT):
        await pay(payments, meet, guest, f"charge {guest}")
    await erasures.erase(await meet(ANN))
    await erasures.erase(await meet(CAT))
    states = [state for kind, _, state in await rewards(database) if kind != "invited"]
    assert sorted(states) == ["cancelled", "cancelled", "waiting", "waiting"]
    before = await left(database, BEN)
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 2
    assert await left(database, BEN) == before + INVITER + SHARE


async def test_an_erasure_and_the_sweep_at_once_do_not_wait_for_each_other(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments, erasures: Erasures
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    for number in range(5):
        await pay(payments, meet, BEN, f"charge {number}")
    await let_the_window_pass(database)
    await asyncio.gather(erasures.erase(await meet(ANN)), *(referrals.vest_due() for _ in range(4)))
    assert "waiting" not in [state for _, _, state in await rewards(database)]
    assert await books_add_up(database)


@pytest.mark.parametrize("column", ["banned_at", "frozen_at"])
async def test_rewards_of_who_is_shut_out_or_frozen_wait_until_they_are_not(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments, column: str
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await pay(payments, meet, BEN, "charge")
    await let_the_window_pass(database)
    await database.reading.execute(f'UPDATE "User" SET {column} = now() WHERE user_id = $1', ANN)  # noqa: S608 - a name of this file
    assert await referrals.vest_due() == 0
    await database.reading.execute(f'UPDATE "User" SET {column} = NULL WHERE user_id = $1', ANN)  # noqa: S608 - as above
    assert await referrals.vest_due() == 0, "looked at again in an hour"
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 2


async def test_a_reward_pays_a_debt_first(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await pay(payments, meet, BEN, "charge")
    own = await pay(payments, meet, ANN, "own")
    await UserRepository(database.reading).update_tokens(ANN, -(WELCOME + TOKENS - 140))
    async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
        await LedgerRepository(tx).take_back(ANN, TOKENS, "x", own, all_or_nothing=False)
    await let_the_window_pass(database)
    await referrals.vest_due()
    assert await left(database, ANN) == INVITER + SHARE - 10
    assert await books_add_up(database)


async def test_beyond_the_limit_of_a_day_guests_are_flagged_exactly_and_the_owner_hears_of_it_once(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await set_limit(database, "referral_invites_a_day", 3)
    code = await code_of(referrals, meet)
    came = await asyncio.gather(*(come(database, 100 + number, code) for number in range(10)))
    assert sorted(one.invited_tokens for one in came) == [0] * 7 + [INVITED] * 3
    assert len(await events(database, "referral_flood")) == 1
    flagged = next(one.person.user_id for one in came if one.invited_tokens == 0)
    await pay(payments, meet, flagged, "charge")
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 0, "nothing is credited until the owner has looked"
    assert [one.vests_on for one in (await referrals.of_person(await meet(ANN))).waiting] == [None]
    assert await books_add_up(database)


async def test_the_owner_clears_an_account_and_what_waited_goes_its_way(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await set_limit(database, "referral_invites_a_day", 0)
    await come(database, BEN, await code_of(referrals, meet))
    await pay(payments, meet, BEN, "charge")
    ((subject, _),) = await events(database, "referral_flood")
    assert await referrals.clear(int(subject.removeprefix("account "))) == 1
    assert await events(database, "referral_flood") == []
    assert await referrals.vest_due() == 1, "the guest's bonus; the inviter's wait for the window as ever"
    assert await left(database, BEN) == WELCOME + TOKENS + INVITED
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 2


async def test_invitations_of_another_day_do_not_count(referrals: Referrals, meet: Meet, database: Database) -> None:
    await set_limit(database, "referral_invites_a_day", 1)
    code = await code_of(referrals, meet)
    assert (await come(database, BEN, code)).invited_tokens == INVITED
    await database.reading.execute("""UPDATE "ReferralInvite" SET created_at = now() - INTERVAL '25 hours'""")
    assert (await come(database, CAT, code)).invited_tokens == INVITED
    assert (await come(database, 10, code)).invited_tokens == 0


async def test_flagged_people_who_erase_themselves_free_nothing(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments, erasures: Erasures
) -> None:
    await set_limit(database, "referral_invites_a_day", 0)
    code = await code_of(referrals, meet)
    await come(database, BEN, code)
    await come(database, CAT, code)
    await pay(payments, meet, BEN, "charge")
    await erasures.erase(await meet(BEN))
    await erasures.erase(await meet(ANN))
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 0
    assert {state for _, _, state in await rewards(database)} == {"cancelled"}


async def test_a_chain_that_comes_back_is_flagged_and_told_once(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await come(database, BEN, await code_of(referrals, meet))
    await come(database, CAT, await code_of(referrals, meet, BEN))
    assert await ReferralRepository(database.reading).process_referral(CAT, ANN)
    await pay(payments, meet, CAT, "charge")
    assert await database.reading.fetchval('SELECT count(*) FROM "ReferralInvite" WHERE flagged_at IS NOT NULL') == 3
    ((_, details),) = await events(database, "referral_ring")
    assert details == {"accounts": sorted([await account_of(database, user_id) for user_id in (ANN, BEN, CAT)])}
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 0
    for user_id in (ANN, BEN, CAT):
        await referrals.clear(await account_of(database, user_id))
    await pay(payments, meet, CAT, "another")
    assert await events(database, "referral_ring") == [], "what the owner found good stays good"
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 3


async def account_of(database: Database, user_id: int) -> int:
    return int(await database.reading.fetchval('SELECT account_id FROM "Account" WHERE user_id = $1', user_id))


async def test_a_ring_that_two_invitations_closed_in_the_same_moment_is_found_at_the_next_payment(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    for user_id in (ANN, BEN):
        await meet(user_id)
    await database.reading.execute(
        'INSERT INTO "ReferralInvite" (referrer_id, referred_id) VALUES ($1, $2), ($2, $1)', ANN, BEN
    )
    await pay(payments, meet, ANN, "charge")
    assert len(await events(database, "referral_ring")) == 1
    await let_the_window_pass(database)
    assert await referrals.vest_due() == 0


async def test_a_long_chain_that_does_not_come_back_is_no_ring(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    for user_id in range(100, 130):
        await come(database, user_id + 1, await code_of(referrals, meet, user_id))
    await pay(payments, meet, 130, "charge")
    assert await events(database, "referral_ring") == []


async def test_several_guests_who_all_had_their_money_back_are_told_to_the_owner(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    code = await code_of(referrals, meet)
    for number, guest in enumerate((BEN, CAT, 10), start=1):
        await come(database, guest, code)
        await refund(database, await pay(payments, meet, guest, f"charge {guest}"))
        assert len(await events(database, "referral_refunds")) == (number == 3)
    ((subject, details),) = await events(database, "referral_refunds")
    assert (subject, details) == (f"account {await account_of(database, ANN)}", {"people": 3})


async def test_a_guest_who_also_kept_a_payment_is_no_sign_of_anything(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    code = await code_of(referrals, meet)
    for guest in (BEN, CAT, 10):
        await come(database, guest, code)
        await pay(payments, meet, guest, f"kept {guest}")
        await refund(database, await pay(payments, meet, guest, f"charge {guest}"))
    assert await events(database, "referral_refunds") == []


async def test_who_has_paid_or_is_here_for_long_is_not_invited_any_more(meet: Meet, database: Database) -> None:
    for user_id in (ANN, BEN, CAT):
        await meet(user_id)
    referrals = ReferralRepository(database.reading)
    await PaymentRepository(database.reading).add_payment(BEN, 1, 1)
    assert not await referrals.process_referral(ANN, BEN)
    await database.reading.execute(
        """UPDATE "User" SET activation_date = now() - INTERVAL '25 hours' WHERE user_id = $1""", CAT
    )
    assert not await referrals.process_referral(ANN, CAT)
    assert not await referrals.process_referral(ANN, 12345)


async def test_ten_invitations_of_one_person_at_once_count_once(meet: Meet, database: Database) -> None:
    for user_id in range(1, 12):
        await meet(user_id)
    repository = ReferralRepository(database.reading)
    noted = await asyncio.gather(*(repository.process_referral(user_id, 11) for user_id in range(1, 11)))
    assert sum(noted) == 1


async def test_numbers_of_the_owner_are_followed(
    referrals: Referrals, meet: Meet, database: Database, payments: Payments
) -> None:
    await database.reading.execute(
        """UPDATE "Bonus" SET tokens = CASE kind WHEN 'referral_invited' THEN 0 ELSE 7 END
           WHERE kind LIKE 'referral%'"""
    )
    await set_limit(database, "referral_share_percent", 0)
    await set_limit(database, "refund_window_days", 0)
    came = await come(database, BEN, await code_of(referrals, meet))
    assert came.invited_tokens == 0
    await pay(payments, meet, BEN, "charge")
    assert await referrals.vest_due() == 1
    assert await left(database, ANN) == WELCOME + 7
    terms = (await referrals.of_person(await meet(ANN))).terms
    assert (terms.invited_tokens, terms.inviter_tokens, terms.share_percent, terms.refund_window_days) == (0, 7, 0, 0)
