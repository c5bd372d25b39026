"""Terms and privacy, each on one screen."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.features.legal.facts import LegalFacts
from bot.features.legal.keyboards import privacy_keyboard, terms_keyboard
from bot.screen import Screen
from bot.texts import Translate


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="legal")
    router.message.register(show_terms, Command("terms"))
    router.callback_query.register(show_terms, Open.filter(F.section == Section.TERMS))
    router.message.register(show_privacy, Command("privacy"))
    router.callback_query.register(show_privacy, Open.filter(F.section == Section.PRIVACY))
    return router


async def show_terms(_: Message | CallbackQuery, t: Translate, screen: Screen, legal: LegalFacts) -> None:
    """What the bot does and for what, and what is asked of the person."""
    await screen.show(terms_text(t, legal), terms_keyboard(t))


async def show_privacy(_: Message | CallbackQuery, t: Translate, screen: Screen, legal: LegalFacts) -> None:
    """What is kept, where, how long, and who sees it."""
    await screen.show(privacy_text(t, legal), privacy_keyboard(t))


def terms_text(t: Translate, legal: LegalFacts) -> str:
    """The sections; no longer than a message."""
    sections = [t("terms"), t("terms-what")]
    if legal.is_preview:
        sections.append(t("terms-preview"))
    sections += [t("terms-photos"), t("terms-tokens"), t("terms-pictures"), t("terms-limits"), t("terms-contact")]
    return "\n\n".join(sections)


def privacy_text(t: Translate, legal: LegalFacts) -> str:
    """The sections; no longer than a message."""
    made = t("privacy-vendors", vendors=", ".join(legal.vendors)) if legal.vendors else t("privacy-made-here")
    sections = [
        t("privacy"),
        t("privacy-kept"),
        t("privacy-in-cloud") if legal.is_in_cloud else t("privacy-on-machine"),
        made,
        t("privacy-seen"),
        t("privacy-how-long"),
        t("privacy-models"),
        t("privacy-consent"),
    ]
    if legal.reports_errors:
        sections.insert(4, t("privacy-error-reports"))
    return "\n\n".join(sections)
