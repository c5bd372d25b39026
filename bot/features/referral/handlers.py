"""`/referral`: the person's link, what it brings to both sides, and what it brought so far."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import is_admin
from bot.buttons import Open, Section
from bot.features.referral.keyboards import referral_keyboard
from bot.features.referral.qr import draw_qr
from bot.screen import Screen
from bot.screen_picture import ScreenPictures
from bot.texts import Translate
from repository.referrals import InvitationTerms
from repository.rewards import WaitingRewards
from repository.users import User
from services.money.referrals import Invitations, Referrals, invitation_link

DAYS_SHOWN = 4
"""Of those on which something becomes the person's; a caption has room for few lines."""
LARGEST_ACCOUNT = 2**63 - 1


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="referral")
    router.message.register(show_referral, Command("referral"))
    router.callback_query.register(show_referral, Open.filter(F.section == Section.REFERRAL))
    router.message.register(clear_flags, Command("admin_clear_referrals"), is_admin)
    return router


async def show_referral(
    _: Message | CallbackQuery,
    bot: Bot,
    person: User,
    t: Translate,
    screen: Screen,
    referrals: Referrals,
    screen_pictures: ScreenPictures,
) -> None:
    """The link as words and as a picture, the terms, the count."""
    username = (await bot.me()).username or ""
    invitations = await referrals.of_person(person)
    link = invitation_link(username, invitations.code)
    words = t.plain("referral-share-words", tokens=invitations.terms.invited_tokens)
    picture = screen_pictures.house(await asyncio.to_thread(draw_qr, link))
    await screen.show(_describe(t, link, invitations), referral_keyboard(t, link, words), picture=picture)


async def clear_flags(_: Message, command: CommandObject, t: Translate, screen: Screen, referrals: Referrals) -> None:
    """An admin has looked at an account: `/admin_clear_referrals ACCOUNT`."""
    account = (command.args or "").strip()
    if not account.isdecimal() or int(account) > LARGEST_ACCOUNT:
        await screen.show(t("admin-clear-referrals-usage"), None)
        return
    await screen.show(t("admin-clear-referrals-done", invitations=await referrals.clear(int(account))), None)


def _describe(t: Translate, link: str, invitations: Invitations) -> str:
    counts = invitations.statistics
    blocks = [t("referral", link=link, label=link.removeprefix("https://"))]
    if promises := _promises(t, invitations.terms):
        blocks.append("\n".join(promises))
    lines = [t("referral-counts", invited=counts.invited, paying=counts.paying)]
    if counts.tokens_earned:
        lines.append(t("referral-earned", tokens=counts.tokens_earned))
    blocks.append("\n".join(lines))
    if invitations.waiting:
        blocks.append("\n".join(_waiting(t, invitations.waiting)))
    return "\n\n".join(blocks)


def _promises(t: Translate, terms: InvitationTerms) -> list[str]:
    """What both sides get; nothing is said of what the owner set to zero."""
    lines = []
    if terms.invited_tokens:
        lines.append(t("referral-friend-gets", tokens=terms.invited_tokens))
    if terms.inviter_tokens:
        lines.append(t("referral-you-get", tokens=terms.inviter_tokens))
    if terms.share_percent:
        lines.append(t("referral-share", percent=terms.share_percent))
    if terms.refund_window_days and (terms.inviter_tokens or terms.share_percent):
        lines.append(t("referral-window", days=terms.refund_window_days))
    return lines


def _waiting(t: Translate, waiting: Sequence[WaitingRewards]) -> list[str]:
    dated = [(rewards.vests_on, rewards.tokens) for rewards in waiting if rewards.vests_on is not None]
    lines = [t("referral-waiting")] if dated else []
    for day, tokens in dated[:DAYS_SHOWN]:
        lines.append(t("referral-waiting-day", date=datetime.combine(day, time(), UTC), tokens=tokens))
    if later := sum(tokens for _, tokens in dated[DAYS_SHOWN:]):
        lines.append(t("referral-waiting-later", tokens=later))
    if looked_at := sum(rewards.tokens for rewards in waiting if rewards.vests_on is None):
        lines.append(t("referral-looked-at", tokens=looked_at))
    return lines
