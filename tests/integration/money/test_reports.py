"""The daily report's figures equal those that are counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.failpoints import Write
from db.pool import Database
from repository.ledger import LedgerRepository
from repository.payments import PaymentRepository
from services.reports import DayReport, Reports
from tests.integration.money.bookkeeping import ended_task
from tests.integration.money.conftest import Meet

TODAY = datetime.now(UTC).date()
MORNING = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
async def house(database: Database, meet: Meet) -> Database:
    """Three people; four orders; three payments, one of them given back; a call that cost something."""
    for user_id in (1, 2, 3):
        await meet(user_id)
    ago = timedelta()
    payments = PaymentRepository(database.reading)
    first = await payments.add_payment(1, 200, 150, charge_id="a")
    await payments.add_payment(2, 75, 50, charge_id="b")
    await payments.add_payment(2, 149, 50, currency="USD", charge_id="c")
    await ended_task(database, 1, made=4, ago=ago)
    failed = await ended_task(database, 1, status="failed", made=0, ago=ago)
    await ended_task(database, 2, status="cancelled", made=1, ago=ago)
    assert first is not None
    async with database.transaction(Write.PAYMENT_RECEIVE) as tx:
        await LedgerRepository(tx).take_back(1, 150, "r", first, all_or_nothing=False)
        await tx.execute('UPDATE "Payment" SET refunded_at = now() WHERE payment_id = $1', first)
    await database.reading.execute(
        """
        INSERT INTO "VendorCall" (call_id, task_id, attempt, step, backend, state, cost_microusd, booked_microusd)
        VALUES (gen_random_uuid(), $1, 1, 0, 'runware', 'failed', 1300, 1300)
        """,
        failed,
    )
    return database


async def test_the_figures_equal_those_counted_by_hand(house: Database) -> None:
    report = await Reports(house).of_day(TODAY, MORNING)
    assert report is not None
    assert report == DayReport(
        new_people=3,
        active_people=2,
        orders={"completed": 1, "failed": 1, "cancelled": 1},
        pictures=5,
        payments=3,
        received={"XTR": 275, "USD": 149},
        refunds=1,
        given_back={"XTR": 200},
        tokens_sold=250,
        tokens_spent=25,
        tokens_given=90,
        tokens_taken_back=150,
        cost_microusd=1300,
        margin_microusd=25 * 13000 - 1300,
        usual_wait_seconds=10.0,
        longest_wait_seconds=10.0,
        tasks_waiting=0,
        oldest_waiting_seconds=0.0,
        gaps=0,
        frozen_people=0,
        refund_cases=0,
    )


async def test_a_day_that_is_over_is_counted_once_and_one_that_is_not_as_far_as_it_has_come(
    house: Database, meet: Meet
) -> None:
    reports = Reports(house)
    so_far = await reports.of_day(TODAY, datetime.now(UTC))
    assert so_far is not None
    await meet(4)
    more = await reports.of_day(TODAY, datetime.now(UTC))
    assert more is not None
    assert (so_far.new_people, more.new_people) == (3, 4)
    kept = await reports.of_day(TODAY, MORNING + timedelta(days=1))
    await meet(5)
    assert kept == await reports.of_day(TODAY, MORNING + timedelta(days=1))


@pytest.mark.parametrize("day", [date(2020, 1, 1), TODAY + timedelta(days=2)])
async def test_a_day_before_the_installation_or_to_come_has_no_report(database: Database, day: date) -> None:
    assert await Reports(database).of_day(day, datetime.now(UTC)) is None
