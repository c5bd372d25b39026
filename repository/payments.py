"""Payments: money that came in, and the tokens it bought."""

from dataclasses import dataclass
from datetime import datetime

from repository.base import Repository
from repository.ledger import LedgerRepository


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. The amount is in the currency's minor units; a Star (XTR) has none smaller."""

    payment_id: int
    user_id: int | None
    date: datetime
    amount: int
    currency: str
    tokens: int
    charge_id: str | None


class PaymentRepository(Repository):
    """The table "Payment"."""

    async def add_payment(
        self, user_id: int, amount: int, tokens: int, *, currency: str = "XTR", charge_id: str | None = None
    ) -> int | None:
        """Book a payment and credit its tokens; returns its payment_id, or None where the charge is already booked.

        Two statements: run it inside a transaction. amount is in minor units.
        """
        payment_id = await self._sql.fetchval(
            """
            INSERT INTO "Payment" (user_id, amount, tokens, currency, charge_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (charge_id) DO NOTHING
            RETURNING payment_id
            """,
            user_id,
            amount,
            tokens,
            currency,
            charge_id,
        )
        if payment_id is None:
            return None
        await LedgerRepository(self._sql).credit(
            user_id,
            tokens,
            source="revenue",
            kind="payment",
            key=f"payment:{payment_id}",
            payment_id=payment_id,
        )
        return int(payment_id)

    async def get_user_payments(self, user_id: int, *, limit: int = 50, before: int | None = None) -> list[Payment]:
        """The person's payments, newest first, those older than payment `before`."""
        rows = await self._sql.fetch(
            """
            SELECT payment_id, user_id, date, amount, currency, tokens, charge_id FROM "Payment"
            WHERE user_id = $1 AND ($3::integer IS NULL OR payment_id < $3)
            ORDER BY payment_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
        )
        return [Payment(**row) for row in rows]

    async def calculate_total_revenue(self, *, currency: str = "XTR") -> int:
        """Everything received in one currency, in its minor units."""
        return int(
            await self._sql.fetchval(
                """SELECT coalesce(sum(amount), 0)::bigint FROM "Payment" WHERE currency = $1""", currency
            )
        )
