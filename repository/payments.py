"""Payments: money that came in, and the tokens it bought."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from repository.base import Repository
from repository.ledger import LedgerRepository


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. The amount is in the currency's minor units; a Star (XTR) has none smaller."""

    payment_id: int
    user_id: int | None
    """None once its payer is erased."""
    date: datetime
    amount: int
    currency: str
    tokens: int
    charge_id: str | None
    product_code: str | None
    mismatch: str | None
    """Why it was not credited as its invoice said; None where it was."""
    refunded_at: datetime | None


class PaymentRepository(Repository):
    """The table "Payment"."""

    async def add_payment(
        self,
        user_id: int,
        amount: int,
        tokens: int,
        *,
        currency: str = "XTR",
        charge_id: str | None = None,
        provider_charge_id: str | None = None,
        invoice_id: int | None = None,
        product_code: str | None = None,
        mismatch: str | None = None,
        is_recovered: bool = False,
    ) -> int | None:
        """Book a payment and credit its tokens; returns its payment_id, or None where the charge is already booked.

        A charge is known for ever, though its payer be erased. Two statements: run it inside a transaction. amount is
        in minor units. Raises LookupError for a person without an account.
        """
        try:
            payment_id = await self._sql.fetchval(
                """
                WITH fresh AS (
                    INSERT INTO "SpentKey" (digest) SELECT spent_key('charge:' || $5::text) WHERE $5 IS NOT NULL
                    ON CONFLICT (digest) DO NOTHING
                    RETURNING digest
                )
                INSERT INTO "Payment" (user_id, account_id, amount, tokens, currency, charge_id, provider_charge_id,
                                       invoice_id, product_code, mismatch, is_recovered)
                SELECT $1, (SELECT account_id FROM "Account" WHERE user_id = $1), $2, $3, $4, $5, $6,
                       (SELECT invoice_id FROM "Invoice" WHERE invoice_id = $7), $8, $9, $10
                WHERE $5 IS NULL OR EXISTS (SELECT FROM fresh)
                ON CONFLICT (charge_id) DO NOTHING
                RETURNING payment_id
                """,
                user_id,
                amount,
                tokens,
                currency,
                charge_id,
                provider_charge_id,
                invoice_id,
                product_code,
                mismatch,
                is_recovered,
            )
        except asyncpg.ForeignKeyViolationError as error:
            raise LookupError(f"no user {user_id}") from error
        if payment_id is None:
            return None
        if tokens:
            await LedgerRepository(self._sql).credit(
                user_id,
                tokens,
                source="revenue",
                kind="payment",
                key=f"payment:{payment_id}",
                payment_id=payment_id,
            )
        return int(payment_id)

    async def get_payment(self, payment_id: int) -> Payment | None:
        """The payment, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT payment_id, user_id, date, amount, currency, tokens, charge_id, product_code, mismatch, refunded_at
            FROM "Payment" WHERE payment_id = $1
            """,
            payment_id,
        )
        return Payment(**row) if row else None

    async def get_by_charge(self, charge_id: str) -> Payment | None:
        """The payment with Telegram's id of its charge; None where there is none, or its payer is erased."""
        row = await self._sql.fetchrow(
            """
            SELECT payment_id, user_id, date, amount, currency, tokens, charge_id, product_code, mismatch, refunded_at
            FROM "Payment" WHERE charge_id = $1
            """,
            charge_id,
        )
        return Payment(**row) if row else None

    async def is_known_charge(self, charge_id: str) -> bool:
        """Whether a payment with this charge was ever booked, its payer erased or not."""
        return bool(
            await self._sql.fetchval(
                """SELECT EXISTS (SELECT FROM "SpentKey" WHERE digest = spent_key('charge:' || $1::text))""", charge_id
            )
        )

    async def get_user_payments(self, user_id: int, *, limit: int = 50, before: int | None = None) -> list[Payment]:
        """The person's payments, newest first, those older than payment `before`."""
        rows = await self._sql.fetch(
            """
            SELECT payment_id, user_id, date, amount, currency, tokens, charge_id, product_code, mismatch, refunded_at
            FROM "Payment"
            WHERE user_id = $1 AND ($3::integer IS NULL OR payment_id < $3)
            ORDER BY payment_id DESC LIMIT $2
            """,
            user_id,
            limit,
            before,
        )
        return [Payment(**row) for row in rows]

    async def calculate_total_revenue(self, *, currency: str = "XTR") -> int:
        """Everything received and not given back in one currency, in its minor units."""
        return int(
            await self._sql.fetchval(
                """
                SELECT coalesce(sum(amount), 0)::bigint FROM "Payment" WHERE currency = $1 AND refunded_at IS NULL
                """,
                currency,
            )
        )
