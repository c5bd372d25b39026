"""Commands of the admins: a day's report, payments as a file, letting a frozen person go on."""

from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.access import is_admin
from bot.features.admin.report_text import report_text
from bot.features.admin.statement import UPLOAD_SECONDS, StatementFile
from bot.texts import Translate
from services.money.frozen_accounts import FrozenAccounts, Unfreezing
from services.money.statements import Period, Statements, month
from services.reports import Reports


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="admin")
    router.message.register(show_report, Command("admin_report"), is_admin)
    router.message.register(send_payments, Command("admin_payments"), is_admin)
    router.message.register(unfreeze, Command("admin_unfreeze"), is_admin)
    return router


async def show_report(message: Message, command: CommandObject, t: Translate, reports: Reports) -> None:
    """`/admin_report [YYYY-MM-DD]`: yesterday, where no day is named."""
    now = datetime.now(UTC)
    try:
        day = date.fromisoformat(command.args.strip()) if command.args else now.date() - timedelta(days=1)
    except ValueError:
        await message.answer(t("admin-report-usage"))
        return
    report = await reports.of_day(day, now)
    await message.answer(report_text(t, day, report) if report else t("admin-report-none", day=day.isoformat()))


async def send_payments(
    message: Message, bot: Bot, command: CommandObject, t: Translate, statements: Statements
) -> None:
    """`/admin_payments [YYYY-MM]`: all payments and refunds as CSV, or those of a month."""
    period = month(command.args.strip()) if command.args else Period()
    if period is None:
        await message.answer(t("admin-payments-usage"))
        return
    parts = await statements.parts(period)
    if not parts:
        await message.answer(t("admin-payments-none"))
    for number, after in enumerate(parts, start=1):
        await bot.send_document(
            message.chat.id,
            StatementFile(statements, period, after, number),
            caption=t("admin-payments", part=number, parts=len(parts)),
            request_timeout=UPLOAD_SECONDS,
        )


async def unfreeze(message: Message, command: CommandObject, t: Translate, frozen_accounts: FrozenAccounts) -> None:
    """`/admin_unfreeze USER_ID`: let somebody spend again whose books agree by now."""
    words = (command.args or "").strip()
    if not words.removeprefix("-").isdecimal() or len(words) > 18:
        await message.answer(t("admin-unfreeze-usage"))
        return
    outcome = await frozen_accounts.unfreeze(int(words))
    match outcome:
        case Unfreezing.DONE:
            await message.answer(t("admin-unfreeze-done"))
        case Unfreezing.GAP_STANDS:
            await message.answer(t("admin-unfreeze-gap"))
        case Unfreezing.NOT_FROZEN:
            await message.answer(t("admin-unfreeze-not-frozen"))
        case Unfreezing.UNKNOWN:
            await message.answer(t("admin-unfreeze-unknown"))
        case _:
            assert_never(outcome)
