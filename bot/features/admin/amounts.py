"""Numbers as people read them."""

from collections.abc import Mapping

from bot.texts import Translate

_WITHOUT_MINOR_UNITS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})
"""Of the currencies that Telegram knows."""


def whole(t: Translate, number: int) -> str:
    """A number with its thousands apart."""
    separated = f"{number:,}"
    return separated.replace(",", "\u00a0") if t.locale == "ru" else separated


def money(t: Translate, amounts: Mapping[str, int]) -> str:
    """Amounts in minor units by currency, Stars first: `2,400 ⭐ · 14.90 USD`; `0 ⭐` for none."""
    if not amounts:
        return "0 ⭐"
    return " · ".join(
        _amount(t, currency, amounts[currency]) for currency in sorted(amounts, key=lambda name: (name != "XTR", name))
    )


def dollars(microusd: int) -> str:
    """Millionths of a US dollar, to the cent."""
    return f"{'-' if microusd < 0 else ''}${abs(microusd) / 1_000_000:,.2f}"


def _amount(t: Translate, currency: str, amount: int) -> str:
    if currency == "XTR":
        return f"{whole(t, amount)} ⭐"
    if currency in _WITHOUT_MINOR_UNITS:
        return f"{whole(t, amount)} {currency}"
    return f"{whole(t, amount // 100)}.{amount % 100:02} {currency}"
