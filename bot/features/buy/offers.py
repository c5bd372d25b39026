"""What is sold and how it is paid for, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from bot.amounts import price_words
from bot.texts import Translate
from config.settings import Settings
from repository.products import Product


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


def offer_words(t: Translate, product: Product, on_sale: OnSale) -> str:
    """A product on a button: tokens, what they are worth in pictures, the price."""
    price = price_words(t, product.amount, product.currency)
    pictures = on_sale.pictures(product.tokens)
    if pictures:
        return t.plain("offer-with-pictures", tokens=product.tokens, pictures=pictures, price=price)
    return t.plain("offer", tokens=product.tokens, price=price)
