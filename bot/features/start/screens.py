"""The main menu and the welcome, wherever they are shown."""

from bot.features.start.keyboards import main_menu_keyboard
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User


async def show_menu(screen: Screen, t: Translate, person: User) -> None:
    """The main menu with the balance."""
    await screen.show(t("menu", tokens=person.tokens_left), main_menu_keyboard(t))


async def show_welcome(screen: Screen, t: Translate, person: User, welcome_tokens: int) -> None:
    """The first words to somebody new, with the tokens they were given."""
    name = person.first_name or t.plain("somebody")
    await screen.show(t("welcome", name=name, tokens=welcome_tokens), main_menu_keyboard(t))
