"""How the bot is used, on one screen."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.generate.intake import limit_mb
from bot.features.help.keyboards import help_keyboard
from bot.screen import Screen
from bot.texts import Translate
from services.generation import Generations
from services.orders import TaskKind
from services.photos import Photos


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="help")
    router.message.register(show_help, Command("help"))
    router.callback_query.register(show_help, Open.filter(F.section == Section.HELP))
    return router


async def show_help(
    _: Message | CallbackQuery, t: Translate, screen: Screen, generations: Generations, photos: Photos
) -> None:
    """The steps, the price, the commands."""
    price = await generations.unit_price(TaskKind.IMAGE_TO_IMAGE)
    await screen.show(t("help", price=price, limit_mb=limit_mb(photos)), help_keyboard(t))
