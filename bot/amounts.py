"""Amounts of money in words."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from bot.texts import Translate
from services.money.payments import STARS


def price_words(t: Translate, amount: int, currency: str) -> str:
    """An amount in minor units, as a plain text: 200 ⭐, 399 ₽, $3.99."""
    if currency == STARS:
        return t.plain("price-in-stars", stars=amount)
    whole, rest = divmod(amount, 10 ** get_currency_precision(currency))
    if rest:
        return format_currency(Decimal(amount) / 10 ** get_currency_precision(currency), currency, locale=t.locale)
    pattern = Locale.parse(t.locale).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(whole, currency, pattern, t.locale, currency_digits=False)
