"""The main menu and the welcome, wherever they are shown."""

from bot.features.start.keyboards import main_menu_keyboard
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User


async def show_menu(screen: Screen, t: Translate, person: User) -> None:
    """The main menu with the balance."""
    await screen.show(t("menu", tokens=person.tokens_left), main_menu_keyboard(t))


async def show_welcome(
    screen: Screen, t: Translate, person: User, welcome_tokens: int, invited_tokens: int = 0
) -> None:
    """The first words to somebody new, with the tokens they were given."""
    await screen.show(welcome_text(t, person, welcome_tokens, invited_tokens), main_menu_keyboard(t))


def welcome_text(t: Translate, person: User, welcome_tokens: int, invited_tokens: int = 0) -> str:
    """The first words. invited_tokens: how many of the tokens an invitation brought."""
    words = t("welcome", name=person.first_name or t.plain("somebody"), tokens=welcome_tokens)
    return f"{words}\n\n{t('welcome-invited', tokens=invited_tokens)}" if invited_tokens else words
