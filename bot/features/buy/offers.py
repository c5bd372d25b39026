"""What is sold and how it is paid for, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from bot.texts import Translate
from config.settings import Settings
from repository.products import Product
from services.payments import STARS


@dataclass(frozen=True, slots=True)
class Card:
    """The way to pay with a card, where the owner has opened it."""

    provider_token: str
    currency: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As the settings say; None where it is off, as it is at first."""
        if not settings.payment_provider_token:
            return None
        return cls(settings.payment_provider_token, settings.payment_currency)


@dataclass(frozen=True, slots=True)
class OnSale:
    """What a person can buy now."""

    for_stars: Sequence[Product]
    by_card: Sequence[Product]
    """The same for a card's currency; empty where there is no such way, or nothing has a price in it."""
    picture_price: int | None
    """Tokens for one picture; None where none is on offer, or it costs nothing."""

    @property
    def best(self) -> Product | None:
        """Where a token costs least; None where that is no advantage of one."""
        by_price = sorted(self.for_stars, key=lambda product: Decimal(product.amount) / product.tokens)
        match by_price:
            case [best, second, *_] if best.amount * second.tokens < second.amount * best.tokens:
                return best
            case _:
                return None

    def pictures(self, tokens: int) -> int:
        """How many pictures the tokens are enough for; 0 where that cannot be said."""
        return tokens // self.picture_price if self.picture_price else 0


def price_words(t: Translate, amount: int, currency: str) -> str:
    """An amount in minor units, as a plain text: 200 ⭐, 399 ₽, $3.99."""
    if currency == STARS:
        return t.plain("price-in-stars", stars=amount)
    whole, rest = divmod(amount, 10 ** get_currency_precision(currency))
    if rest:
        return format_currency(Decimal(amount) / 10 ** get_currency_precision(currency), currency, locale=t.locale)
    pattern = Locale.parse(t.locale).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(whole, currency, pattern, t.locale, currency_digits=False)


def offer_words(t: Translate, product: Product, on_sale: OnSale) -> str:
    """A product on a button: tokens, what they are worth in pictures, the price."""
    price = price_words(t, product.amount, product.currency)
    pictures = on_sale.pictures(product.tokens)
    if pictures:
        return t.plain("offer-with-pictures", tokens=product.tokens, pictures=pictures, price=price)
    return t.plain("offer", tokens=product.tokens, price=price)
