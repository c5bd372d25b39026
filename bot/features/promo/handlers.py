"""`/promo CODE`, `/promo` that asks for it, the link that brings it, and the admins' way to make one."""

from datetime import UTC, datetime, timedelta

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.access import is_admin
from bot.buttons import Open, Section
from bot.error_text import error_text
from bot.features.promo.keyboards import asking_keyboard, redeemed_keyboard
from bot.features.promo.states import Redeeming
from bot.features.start.screens import welcome_text
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.accounts import Accounts
from services.errors import ProductError, PromoCodeUnknown
from services.money.promo_codes import START_PREFIX, PromoCodes

LONGEST_RUN = 3650
"""Days."""


def build_links_router() -> Router:
    """The link that brings a code; to be included before what takes any /start."""
    router = Router(name="promo links")
    router.message.register(redeem_link, CommandStart(deep_link=True, magic=F.args.startswith(START_PREFIX)))
    return router


def build_router() -> Router:
    """The feature's other handlers, for one dispatcher."""
    router = Router(name="promo")
    router.message.register(redeem_or_ask, Command("promo"))
    router.callback_query.register(ask, Open.filter(F.section == Section.PROMO))
    words = F.text & ~F.text.startswith("/")
    router.message.register(redeem_words, Redeeming.code, words)
    router.message.register(redeem_words, words, _was_the_answer)
    router.message.register(create, Command("admin_promo"), is_admin)
    return router


async def ask(_: CallbackQuery, t: Translate, screen: Screen) -> None:
    """Which code it is."""
    await screen.show(t("promo-ask"), asking_keyboard(t), waits_for=Redeeming.code)


async def redeem_or_ask(
    message: Message,
    command: CommandObject,
    person: User,
    t: Translate,
    screen: Screen,
    promo_codes: PromoCodes,
    accounts: Accounts,
) -> None:
    """The code behind the command, or a question for it."""
    if command.args:
        await _redeem(message, command.args, person, t, screen, promo_codes, accounts)
    else:
        await screen.show(t("promo-ask"), asking_keyboard(t), waits_for=Redeeming.code)


async def redeem_words(
    message: Message, person: User, t: Translate, screen: Screen, promo_codes: PromoCodes, accounts: Accounts
) -> None:
    """The answer to the question."""
    await _redeem(message, message.text or "", person, t, screen, promo_codes, accounts)


async def redeem_link(
    message: Message,
    command: CommandObject,
    person: User,
    t: Translate,
    screen: Screen,
    promo_codes: PromoCodes,
    accounts: Accounts,
    welcome_tokens: int | None,
) -> None:
    """Somebody pressed a code's link; who is new is welcomed in the same breath."""
    typed = (command.args or "").removeprefix(START_PREFIX)
    welcome = None if welcome_tokens is None else welcome_text(t, person, welcome_tokens)
    await _redeem(message, typed, person, t, screen, promo_codes, accounts, welcome)


async def create(
    message: Message, command: CommandObject, person: User, t: Translate, screen: Screen, promo_codes: PromoCodes
) -> None:
    """`/admin_promo CODE TOKENS [USES] [DAYS]`; without uses or days, or with 0 for them, there is no limit."""
    words = (command.args or "").split()
    numbers = [int(word) for word in words[1:] if word.isdecimal() and len(word) <= 12]
    if not 2 <= len(words) <= 4 or len(numbers) != len(words) - 1:
        await screen.show(t("admin-promo-usage"), None)
        return
    tokens, uses, days = (*numbers, 0, 0)[:3]
    ends_at = datetime.now(UTC) + timedelta(days=min(days, LONGEST_RUN)) if days else None
    key = f"{person.user_id}:message:{message.message_id}"
    promo = await promo_codes.create(words[0], tokens, uses or None, None, ends_at, key=key)
    await screen.show(t("admin-promo-done", code=promo.code, tokens=promo.tokens), None)


async def _was_the_answer(message: Message, state: FSMContext) -> bool:
    """A filter: these words were the answer to the question, and come again although it is closed."""
    return (await state.get_data()).get("promo_message") == message.message_id


async def _redeem(
    message: Message,
    typed: str,
    person: User,
    t: Translate,
    screen: Screen,
    promo_codes: PromoCodes,
    accounts: Accounts,
    welcome: str | None = None,
) -> None:
    """Say what it brought, or why it did not; after a slip the next words are a code again."""
    above = [welcome] if welcome else []
    try:
        redeemed = await promo_codes.redeem(person, typed, f"message:{message.message_id}")
    except PromoCodeUnknown as error:
        words = "\n\n".join([*above, t("promo-refused", why=error_text(t, error)), t("promo-again")])
        await screen.show(words, asking_keyboard(t), waits_for=Redeeming.code)
    except ProductError as error:
        await screen.show("\n\n".join([*above, t("promo-refused", why=error_text(t, error))]), redeemed_keyboard(t))
    else:
        now = await accounts.get(person.user_id)
        lines = [t("promo-done", tokens=redeemed.tokens, left=now.tokens_left if now else 0)]
        if redeemed.debt_paid:
            lines.append(t("promo-debt", tokens=redeemed.debt_paid))
        await screen.show("\n\n".join([*above, *lines]), redeemed_keyboard(t), promo_message=message.message_id)
