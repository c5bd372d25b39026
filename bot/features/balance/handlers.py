"""What a person has, what is set aside, what was spent, and what it is enough for."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.balance.keyboards import balance_keyboard
from bot.features.balance.prices import price_lines, price_of
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.generation import Generations
from services.orders import TaskKind


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="balance")
    router.message.register(show_balance, Command("balance"))
    router.callback_query.register(show_balance, Open.filter(F.section == Section.BALANCE))
    return router


async def show_balance(
    _: Message | CallbackQuery, person: User, t: Translate, screen: Screen, generations: Generations
) -> None:
    """The balance, in tokens and in pictures, what is owed, and the prices."""
    price = await price_of(generations, TaskKind.IMAGE_TO_IMAGE)
    lines = [t("balance", left=person.tokens_left)]
    if person.tokens_held:
        lines.append(t("balance-held", held=person.tokens_held))
    if person.tokens_spent:
        lines.append(t("balance-spent", spent=person.tokens_spent))
    if price:  # an owner may make pictures free
        lines.append(t("balance-pictures", pictures=person.tokens_left // price, price=price))
    blocks = ["\n".join(lines)]
    if person.tokens_owed:
        blocks.append(t("owed", owed=person.tokens_owed))
    if prices := await price_lines(t, generations):
        blocks.append("\n".join([t("balance-prices"), *prices]))
    await screen.show("\n\n".join(blocks), balance_keyboard(t))
