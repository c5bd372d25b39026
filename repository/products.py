"""What can be bought, and the invoices that offered it."""

from dataclasses import dataclass
from datetime import datetime

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class Product:
    """Tokens for money. The amount is in the currency's minor units; a Star (XTR) has none smaller."""

    code: str
    tokens: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """What one person was offered, at the price of that moment."""

    invoice_id: int
    user_id: int
    product_code: str
    tokens: int
    currency: str
    amount: int
    created_at: datetime


class ProductRepository(Repository):
    """The tables "Product", "ProductPrice" and "Invoice"."""

    async def get_sold(self, currency: str) -> list[Product]:
        """Every product that is sold for this currency, in its place."""
        rows = await self._sql.fetch(
            """
            SELECT code, tokens, currency, amount FROM "Product" JOIN "ProductPrice" ON product_code = code
            WHERE currency = $1 AND is_sold ORDER BY position, code
            """,
            currency,
        )
        return [Product(**row) for row in rows]

    async def is_sold(self, code: str, currency: str) -> bool:
        """Whether the product is sold for this currency now."""
        return bool(
            await self._sql.fetchval(
                """
                SELECT EXISTS (SELECT FROM "Product" JOIN "ProductPrice" ON product_code = code
                               WHERE code = $1 AND currency = $2 AND is_sold)
                """,
                code,
                currency,
            )
        )

    async def add_invoice(self, user_id: int, code: str, currency: str) -> Invoice | None:
        """Write an invoice at the product's price of now; None where it is not sold for this currency."""
        row = await self._sql.fetchrow(
            """
            INSERT INTO "Invoice" (user_id, product_code, tokens, currency, amount)
            SELECT $1, code, tokens, currency, amount FROM "Product" JOIN "ProductPrice" ON product_code = code
            WHERE code = $2 AND currency = $3 AND is_sold
            RETURNING invoice_id, user_id, product_code, tokens, currency, amount, created_at
            """,
            user_id,
            code,
            currency,
        )
        return Invoice(**row) if row else None

    async def get_invoice(self, invoice_id: int) -> Invoice | None:
        """The invoice, or None: it never was, or its person is erased."""
        row = await self._sql.fetchrow(
            """
            SELECT invoice_id, user_id, product_code, tokens, currency, amount, created_at
            FROM "Invoice" WHERE invoice_id = $1
            """,
            invoice_id,
        )
        return Invoice(**row) if row else None

    async def tokens_worth(self, currency: str, amount: int) -> int:
        """What an amount without an invoice is worth: at the smallest product's price, rounded up.

        0 where nothing was ever priced in this currency.
        """
        row = await self._sql.fetchrow(
            """
            SELECT coalesce((
                SELECT ceil($2::numeric * tokens / amount)::bigint
                FROM "Product" JOIN "ProductPrice" ON product_code = code
                WHERE currency = $1 ORDER BY tokens, code LIMIT 1
            ), 0) AS tokens
            """,
            currency,
            amount,
        )
        return int(only(row)["tokens"])
