"""Telegram says that a payment went back: the tokens follow, whoever the payer is to us by now."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject

from services.money.refunds import Refunds


class RefundedPayments(BaseMiddleware):
    """Stands before People: banned payers are heard as well, and erased ones are not taken for somebody new.

    The outbox tells the person of it.
    """

    def __init__(self, refunds: Refunds) -> None:
        self._refunds = refunds

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Honour a refund, and handle everything else."""
        if not isinstance(event, Message) or event.refunded_payment is None:
            return await handler(event, data)
        await self._refunds.honour(event.refunded_payment.telegram_payment_charge_id)
        return None
