"""The export of payments and refunds: whole, safe to open, and without anybody who was erased."""

import csv
import io
from datetime import UTC, datetime

import pytest

from db.pool import Database
from repository.payments import PaymentRepository
from services.money.statements import Period, Statements, month
from tests.integration.money.conftest import Meet


async def export(database: Database, period: Period) -> list[dict[str, str]]:
    statements = Statements(database)
    found = []
    for after in await statements.parts(period):
        content = b"".join([piece async for piece in statements.stream(period, after)])
        assert content.startswith("\ufeff".encode())
        found += list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    return found


async def test_every_payment_is_a_line_with_its_refund(database: Database, meet: Meet) -> None:
    await meet(7)
    payments = PaymentRepository(database.reading)
    await payments.add_payment(7, 200, 150, charge_id="a", product_code="tokens_150")
    await payments.add_payment(7, 75, 50, charge_id="b")
    await database.reading.execute("""UPDATE "Payment" SET refunded_at = '2026-11-20 10:00Z' WHERE charge_id = 'b'""")
    await database.reading.execute(
        """INSERT INTO "Refund" (payment_id, origin, state, closed_at)
           SELECT payment_id, 'admin', 'done', now() FROM "Payment" WHERE charge_id = 'b'"""
    )
    first, second = await export(database, Period())
    assert (first["amount"], first["currency"], first["product_code"], first["user_id"]) == (
        "200",
        "XTR",
        "tokens_150",
        "7",
    )
    assert (second["refunded_at"], second["refund_origin"], second["refund_state"]) == (
        "2026-11-20 10:00:00",
        "admin",
        "done",
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x";"y")'])
async def test_no_cell_is_a_formula(database: Database, meet: Meet, text: str) -> None:
    await meet(7)
    await PaymentRepository(database.reading).add_payment(7, 200, 150, charge_id=text, mismatch=text)
    [row] = await export(database, Period())
    assert row["charge_id"] == row["mismatch"] == f"'{text}"


async def test_whoever_was_erased_is_not_in_it(database: Database, meet: Meet) -> None:
    await meet(123456)
    await PaymentRepository(database.reading).add_payment(123456, 200, 150, charge_id="secret")
    await database.reading.execute('UPDATE "Payment" SET charge_id = NULL')
    await database.reading.execute('DELETE FROM "User"')
    [row] = await export(database, Period())
    assert (row["user_id"], row["charge_id"], row["amount"]) == ("", "", "200")
    assert "123456" not in str(row)


async def test_a_month_has_its_payments_and_its_refunds(database: Database) -> None:
    await database.reading.execute(
        """
        INSERT INTO "Payment" (amount, tokens, date, refunded_at) VALUES
            (1, 1, '2026-10-31 23:59Z', NULL), (2, 1, '2026-11-01 00:00Z', NULL), (3, 1, '2026-10-01Z', '2026-11-30Z'),
            (4, 1, '2026-11-30 23:59Z', NULL), (5, 1, '2026-12-01 00:00Z', NULL)
        """
    )
    november = month("2026-11")
    assert november is not None
    assert [row["amount"] for row in await export(database, november)] == ["2", "3", "4"]
    assert await export(database, Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC))) == []


async def test_many_payments_come_page_by_page(database: Database) -> None:
    await database.reading.execute('INSERT INTO "Payment" (amount, tokens) SELECT n, 1 FROM generate_series(1, 3500) n')
    assert [int(row["amount"]) for row in await export(database, Period())] == list(range(1, 3501))


@pytest.mark.parametrize("text", ["2026", "2026-13", "11-2026", "november", "2026-11-01", "9999-12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    assert month(text) is None
