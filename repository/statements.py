"""Payments and their refunds as the owner's bookkeeping takes them."""

from dataclasses import dataclass
from datetime import datetime

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A payment, and how it was given back. Nothing here leads to a person who was erased."""

    payment_id: int
    date: datetime
    user_id: int | None
    amount: int
    """In minor units."""
    currency: str
    tokens: int
    product_code: str | None
    charge_id: str | None
    is_recovered: bool
    mismatch: str | None
    refunded_at: datetime | None
    refund_origin: str | None
    refund_state: str | None


class StatementRepository(Repository):
    """The tables "Payment" and "Refund" in one list."""

    async def get_page(
        self, after: int, limit: int, *, begins: datetime | None, ends: datetime | None
    ) -> list[StatementRow]:
        """The next payments in the order of their ids, of which the payment or the refund lies in the period."""
        rows = await self._sql.fetch(
            """
            SELECT p.payment_id, p.date, p.user_id, p.amount, p.currency, p.tokens, p.product_code, p.charge_id,
                   p.is_recovered, p.mismatch, p.refunded_at, r.origin AS refund_origin, r.state AS refund_state
            FROM "Payment" p LEFT JOIN "Refund" r USING (payment_id)
            WHERE p.payment_id > $1
              AND ($3::timestamptz IS NULL OR (p.date >= $3 AND p.date < $4)
                   OR (p.refunded_at >= $3 AND p.refunded_at < $4))
            ORDER BY p.payment_id LIMIT $2
            """,
            after,
            limit,
            begins,
            ends,
        )
        return [StatementRow(**row) for row in rows]
