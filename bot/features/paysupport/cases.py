"""`/admin_cases`: refunds that wait for an admin's word. Whoever is no admin meets the silence of the fallback."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import is_admin
from bot.features.paysupport.buttons import DecideCase
from bot.features.paysupport.keyboards import cases_keyboard
from bot.features.paysupport.wording import case_text
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from services.money.refunds import Refunds

SHOWN = 8
"""Cases on a screen, oldest first; the others come as these are decided."""


def build_router() -> Router:
    """The handlers, for one dispatcher."""
    router = Router(name="refund_cases")
    router.message.register(show_cases, Command("admin_cases"), is_admin)
    router.callback_query.register(decide, DecideCase.filter(), is_admin)
    return router


async def show_cases(_: Message | CallbackQuery, t: Translate, screen: Screen, refunds: Refunds) -> None:
    """The oldest cases."""
    await _show(t, screen, refunds)


async def decide(
    _: CallbackQuery, callback_data: DecideCase, t: Translate, screen: Screen, answer: Answer, refunds: Refunds
) -> None:
    """Give it back, or do not; somebody else may have decided meanwhile."""
    number = str(callback_data.refund_id)
    counted = await refunds.decide(callback_data.refund_id, callback_data.approve)
    if not counted:
        await answer(t.plain("case-decided-before", number=number))
    elif callback_data.approve:
        await answer(t.plain("case-approved", number=number))
    else:
        await answer(t.plain("case-declined", number=number))
    await _show(t, screen, refunds)


async def _show(t: Translate, screen: Screen, refunds: Refunds) -> None:
    cases = await refunds.cases(SHOWN + 1)
    shown = cases[:SHOWN]
    if not shown:
        await screen.show(t("cases-none"), cases_keyboard(t, []))
        return
    blocks = [t("cases"), *(case_text(t, case) for case in shown)]
    if len(cases) > SHOWN:
        blocks.append(t("cases-more"))
    await screen.show("\n\n".join(blocks), cases_keyboard(t, shown))
