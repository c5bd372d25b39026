"""Where updates come in: most go to the person's turn, what money waits for goes to a desk beside it."""

from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update


class FrontDoor(Dispatcher):
    """A dispatcher with a money desk beside it.

    Telegram waits ten seconds for the answer to a pre-checkout, and a payment must be booked whatever else is wrong:
    neither waits for the person's earlier updates, needs Redis, or meets a middleware that may drop it.
    """

    def __init__(self, desk: Dispatcher, **given: Any) -> None:
        """desk: without a dialog (`disable_fsm`), and so without turns."""
        super().__init__(**given)
        self._desk = desk

    async def feed_update(self, bot: Bot, update: Update, **given: Any) -> Any:
        """Handle one update."""
        handle = self._desk.feed_update if is_for_the_desk(update) else super().feed_update
        return await handle(bot, update, **given)

    def resolve_used_update_types(self, skip_events: set[str] | None = None) -> list[str]:
        """What Telegram is asked for."""
        own = super().resolve_used_update_types(skip_events)
        return sorted({*own, *self._desk.resolve_used_update_types(skip_events)})


def is_for_the_desk(update: Update) -> bool:
    """Whether it is the question before a payment, or the word that somebody has paid."""
    paid = update.message is not None and update.message.successful_payment is not None
    return paid or update.pre_checkout_query is not None
