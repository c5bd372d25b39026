"""The first meeting, the main menu, the way out of any step, and people who stop the bot or come back."""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.buttons import Open, Section
from bot.features.start.keyboards import main_menu_keyboard
from bot.features.start.screens import show_menu, show_welcome
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.accounts import Accounts
from services.tasks import Tasks


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="start")
    router.message.register(start, CommandStart())
    router.message.register(cancel, Command("cancel"))
    router.callback_query.register(open_menu, Open.filter(F.section == Section.MENU))
    router.my_chat_member.register(note_membership, F.chat.type == ChatType.PRIVATE)
    return router


async def start(
    _: Message, person: User, t: Translate, screen: Screen, welcome_tokens: int | None, invited_tokens: int
) -> None:
    """Welcome somebody new with what they got; show the menu to somebody known."""
    if welcome_tokens is None:
        await show_menu(screen, t, person)
    else:
        await show_welcome(screen, t, person, welcome_tokens, invited_tokens)


async def open_menu(_: CallbackQuery, callback_data: Open, person: User, t: Translate, screen: Screen) -> None:
    """The main menu, in place or under a result that stays."""
    await show_menu(screen.below() if callback_data.below else screen, t, person)


async def cancel(_: Message, person: User, t: Translate, screen: Screen, tasks: Tasks, raw_state: str | None) -> None:
    """Leave the current step and say where one is. Running tasks go on, and are named."""
    lines = [t("cancel-done") if raw_state else t("cancel-nothing")]
    running = await tasks.open_tasks(person.user_id)
    if running:
        lines.append(t("cancel-running", tasks=len(running)))
    await screen.show("\n\n".join(lines), main_menu_keyboard(t))


async def note_membership(event: ChatMemberUpdated, accounts: Accounts) -> None:
    """The person stopped the bot, or came back.

    Nobody is registered here: the /start that follows may bring an inviter's code.
    """
    blocked = event.new_chat_member.status == ChatMemberStatus.KICKED
    await accounts.set_blocked_bot(event.from_user.id, blocked)
