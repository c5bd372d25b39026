"""The description: asked for, given, taken from an example, taken away."""

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bot.content import says_something
from bot.features.generate.card_keyboards import AskWords
from bot.features.generate.composer import Composer
from bot.features.generate.ideas import ideas_of
from bot.features.generate.present_draft import present_draft
from bot.features.generate.states import Composing
from bot.features.generate.words_keyboards import DropWords, ShowIdeas, UseIdea
from bot.screen import Screen
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words
from repository.users import User
from services.drafts.drafts import Drafts


def build_router() -> Router:
    """Where words come in."""
    router = Router(name="describing")
    router.callback_query.register(ask_words, AskWords.filter())
    router.callback_query.register(drop_words, DropWords.filter())
    router.callback_query.register(show_ideas, ShowIdeas.filter())
    router.callback_query.register(use_idea, UseIdea.filter())
    described = StateFilter(Composing.words, Composing.choosing)
    router.message.register(take_words, described, F.text, ~F.text.startswith("/"))
    router.message.register(refuse_other_than_words, Composing.words, ~F.text, says_something)
    return router


async def ask_words(
    _: CallbackQuery,
    callback_data: AskWords,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Wait for a description."""
    await composer.show_words(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def drop_words(
    _: CallbackQuery,
    callback_data: DropWords,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Only the style."""
    draft = await drafts.change(person, callback_data.draft_id, prompt="")
    await composer.show(screen, t, person, draft)


async def show_ideas(
    _: CallbackQuery,
    callback_data: ShowIdeas,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Examples of descriptions."""
    draft = await drafts.read(person, callback_data.draft_id)
    await composer.show_ideas(screen, t, person, draft, callback_data.theme)


async def use_idea(
    _: CallbackQuery,
    callback_data: UseIdea,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """An example becomes the description."""
    ideas = ideas_of(t, callback_data.theme)
    idea = ideas[min(callback_data.number, len(ideas) - 1)]
    draft = await drafts.change(person, callback_data.draft_id, prompt=idea.words)
    await composer.show(screen, t, person, draft)


async def take_words(
    message: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """The description of the draft on the screen."""
    draft = await present_draft(person, screen, drafts)
    words = clean_words(message.text or "")
    if not words:
        await composer.show_words(screen, t, person, draft, problem=t("words-not-found"))
        return
    if len(words) > MAX_WORDS:
        problem = t("words-too-long", length=len(words), limit=MAX_WORDS)
        await composer.show_words(screen, t, person, draft, problem=problem)
        return
    await composer.show(screen, t, person, await drafts.change(person, draft.draft_id, prompt=words))


async def refuse_other_than_words(
    _: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """A sticker, a voice message: kindly ask again."""
    draft = await present_draft(person, screen, drafts)
    await composer.show_words(screen, t, person, draft, problem=t("words-not-text"))
