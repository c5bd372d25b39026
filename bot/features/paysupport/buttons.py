"""What the buttons about refunds carry: never an amount."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

PaymentId = Annotated[int, Field(ge=1, le=2**31 - 1)]
RefundId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ShowSupport(CallbackData, prefix="paysup"):
    """Back to support, with the payments."""


class AskRefund(CallbackData, prefix="refund"):
    """The question whether a payment is to be given back."""

    payment_id: PaymentId


class ConfirmRefund(CallbackData, prefix="refyes"):
    """Yes, give it back, or let an admin look at it."""

    payment_id: PaymentId


class DecideCase(CallbackData, prefix="refcase"):
    """An admin's word."""

    refund_id: RefundId
    approve: bool
