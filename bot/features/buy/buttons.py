"""What the buttons about money carry: never a price."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

PaymentId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Buy(CallbackData, prefix="buy"):
    """An invoice over a product, in a currency."""

    product: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,24}$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ShowPayments(CallbackData, prefix="pays"):
    """A page of the person's payments: those older than one of them, the newest where none is named."""

    before: PaymentId | None = None


class ShowPayment(CallbackData, prefix="pay"):
    """One payment; below: at the end of the chat, under a message that stays."""

    payment_id: PaymentId
    below: bool = False
