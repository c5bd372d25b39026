"""Words without a question, files that are no pictures, buttons of another age: a short answer and a way on."""

from collections.abc import Collection

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message

from bot.access import is_admin
from bot.content import says_something
from bot.features.fallback.keyboards import offer_keyboard, ways_on_keyboard
from bot.features.generate.albums import Albums
from bot.features.generate.composer import Composer
from bot.features.start.screens import show_menu, show_welcome
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words, shorten
from repository.users import User
from services.drafts.drafts import Drafts


def build_router() -> Router:
    """The handlers, for one dispatcher; to be included last."""
    router = Router(name="fallback")
    router.message.register(keep_admin_commands_secret, F.text.startswith("/admin"), _is_no_admin)
    router.message.register(answer_unknown_command, F.text.startswith("/"))
    router.message.register(offer_picture_of_words, F.text)
    router.message.register(answer_unknown_content, ~F.text, says_something)
    router.callback_query.register(answer_unknown_button)
    return router


async def keep_admin_commands_secret(_: Message) -> None:
    """Silence: whoever is no admin learns nothing."""


async def answer_unknown_command(
    _: Message, person: User, t: Translate, screen: Screen, welcome_tokens: int | None
) -> None:
    """Where the commands stand."""
    if welcome_tokens is not None:
        await show_welcome(screen, t, person, welcome_tokens)
        return
    await _show_ways_on(t("unknown-command"), t, screen)


async def offer_picture_of_words(
    message: Message,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
    welcome_tokens: int | None,
) -> None:
    """Somebody wrote a description without being asked, or just says hello."""
    words = clean_words(message.text or "")
    if not words:
        await _show_ways_on(t("unknown-content"), t, screen)
        return
    if len(words) > MAX_WORDS:
        problem = t("words-too-long", length=len(words), limit=MAX_WORDS)
        await composer.show_words(screen, t, person, await drafts.begin_from_words(person), problem=problem)
        return
    if welcome_tokens is not None:
        await show_welcome(screen, t, person, welcome_tokens)
        return
    draft = await drafts.begin_from_words(person, words)
    await screen.show(t("unknown-words", words=shorten(words)), offer_keyboard(t, draft.draft_id))


async def answer_unknown_content(
    message: Message, person: User, t: Translate, screen: Screen, albums: Albums, welcome_tokens: int | None
) -> None:
    """A sticker, a voice message, a video, a file: one answer for a whole album."""
    if not await albums.speaks(person.user_id, message.media_group_id, message.message_id, "unknown"):
        return
    if welcome_tokens is not None:
        await show_welcome(screen, t, person, welcome_tokens)
        return
    await _show_ways_on(_about(t, message), t, screen)


def _about(t: Translate, message: Message) -> str:
    """What to send instead."""
    match message.content_type:
        case ContentType.VOICE | ContentType.VIDEO_NOTE | ContentType.AUDIO:
            return t("unknown-voice")
        case ContentType.VIDEO | ContentType.ANIMATION:
            return t("unknown-video")
        case ContentType.STICKER | ContentType.DICE:
            return t("unknown-sticker")
        case ContentType.DOCUMENT:
            return t("unknown-document")
        case _:
            return t("unknown-content")


async def answer_unknown_button(_: CallbackQuery, person: User, t: Translate, screen: Screen, answer: Answer) -> None:
    """A button of an older version, or one that somebody made up."""
    await answer(t.plain("unknown-button"))
    await show_menu(screen, t, person)


async def _show_ways_on(text: str, t: Translate, screen: Screen) -> None:
    draft_id = (await screen.remembered()).get("draft_id")
    known = int(draft_id) if draft_id is not None else None
    await screen.show(text, ways_on_keyboard(t, known))


def _is_no_admin(message: Message, person: User, admin_ids: Collection[int]) -> bool:
    return not is_admin(message, person, admin_ids)
