"""What few people need to choose: likeness to the photo, what is unwanted, the variation's number."""

import re

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bot.content import says_something
from bot.features.generate.card_keyboards import ShowMore
from bot.features.generate.composer import Composer
from bot.features.generate.more_keyboards import AskUnwanted, AskVariation, ChooseStrength, DropUnwanted, DropVariation
from bot.features.generate.present_draft import present_draft
from bot.features.generate.states import Composing
from bot.screen import Screen
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words
from repository.users import User
from services.drafts.drafts import Drafts
from services.orders import MAX_SEED

_NUMBER = re.compile(r"\s*(?:№|#|no\.?)?\s*([0-9]{1,10})\s*", re.IGNORECASE)


def build_router() -> Router:
    """Where a draft is tuned."""
    router = Router(name="fine_tuning")
    router.callback_query.register(show_more, ShowMore.filter())
    router.callback_query.register(choose_strength, ChooseStrength.filter())
    router.callback_query.register(ask_unwanted, AskUnwanted.filter())
    router.callback_query.register(drop_unwanted, DropUnwanted.filter())
    router.callback_query.register(ask_variation, AskVariation.filter())
    router.callback_query.register(drop_variation, DropVariation.filter())
    router.message.register(take_unwanted, Composing.unwanted, F.text, ~F.text.startswith("/"))
    router.message.register(take_variation, Composing.variation, F.text, ~F.text.startswith("/"))
    asking = StateFilter(Composing.unwanted, Composing.variation)
    router.message.register(ask_again, asking, ~F.text, says_something)
    return router


def read_seed(text: str) -> int | None:
    """The variation's number that somebody wrote, from 0 to MAX_SEED; None where it is none."""
    written = _NUMBER.fullmatch(text)
    if written is None or int(written[1]) > MAX_SEED:
        return None
    return int(written[1])


async def show_more(
    _: CallbackQuery,
    callback_data: ShowMore,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Everything that can be tuned."""
    await composer.show_more(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def choose_strength(
    _: CallbackQuery,
    callback_data: ChooseStrength,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """How far from the photo."""
    draft = await drafts.change(person, callback_data.draft_id, strength=callback_data.strength)
    await composer.show_more(screen, t, person, draft)


async def ask_unwanted(
    _: CallbackQuery,
    callback_data: AskUnwanted,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Wait for what is unwanted."""
    await composer.show_unwanted(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def drop_unwanted(
    _: CallbackQuery,
    callback_data: DropUnwanted,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Nothing is unwanted."""
    draft = await drafts.change(person, callback_data.draft_id, negative_prompt="")
    await composer.show_more(screen, t, person, draft)


async def ask_variation(
    _: CallbackQuery,
    callback_data: AskVariation,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Wait for a number."""
    await composer.show_variation(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def drop_variation(
    _: CallbackQuery,
    callback_data: DropVariation,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Any variation."""
    draft = await drafts.change(person, callback_data.draft_id, seed=None)
    await composer.show_more(screen, t, person, draft)


async def take_unwanted(
    message: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """What the picture should not show."""
    draft = await present_draft(person, screen, drafts)
    words = clean_words(message.text or "")
    if not words:
        await composer.show_unwanted(screen, t, person, draft, problem=t("words-not-found"))
        return
    if len(words) > MAX_WORDS:
        problem = t("words-too-long", length=len(words), limit=MAX_WORDS)
        await composer.show_unwanted(screen, t, person, draft, problem=problem)
        return
    await composer.show_more(screen, t, person, await drafts.change(person, draft.draft_id, negative_prompt=words))


async def take_variation(
    message: Message, person: User, t: Translate, screen: Screen, drafts: Drafts, composer: Composer
) -> None:
    """The number of a variation."""
    draft = await present_draft(person, screen, drafts)
    seed = read_seed(message.text or "")
    if seed is None:
        problem = t("variation-not-a-number", limit=MAX_SEED)
        await composer.show_variation(screen, t, person, draft, problem=problem)
        return
    await composer.show_more(screen, t, person, await drafts.change(person, draft.draft_id, seed=seed))


async def ask_again(
    _: Message,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
    raw_state: str | None,
) -> None:
    """A sticker, a voice message: kindly ask again."""
    draft = await present_draft(person, screen, drafts)
    if raw_state == Composing.unwanted.state:
        await composer.show_unwanted(screen, t, person, draft, problem=t("words-not-text"))
    else:
        problem = t("variation-not-a-number", limit=MAX_SEED)
        await composer.show_variation(screen, t, person, draft, problem=problem)
