"""Amounts of money in words."""

from decimal import Decimal

from bot.texts import Translate
from services.payments import STARS


def price_words(t: Translate, amount: int, currency: str) -> str:
    """An amount in minor units, as a plain text: 200 ⭐, 3.99 USD."""
    if currency == STARS:
        return t.plain("refund-price-stars", stars=amount)
    return f"{Decimal(amount) / 100:.2f} {currency}"
