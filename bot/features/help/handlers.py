"""How the bot is used: topics that open in place, and the way back to what the person was doing."""

from typing import assert_never

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.buttons import Open, Section, button
from bot.features.balance.prices import price_lines, price_of
from bot.features.generate.intake import limit_mb
from bot.features.generate.keyboards import ShowCard
from bot.features.help.keyboards import HelpTopic, topic_keyboard, topics_keyboard
from bot.features.help.topics import Topic
from bot.screen import Screen
from bot.texts import Translate
from services.generation import Generations
from services.orders import TaskKind
from services.photos.photos import Photos
from services.training.trainings import Training


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="help")
    router.message.register(show_topics, Command("help"))
    router.callback_query.register(show_topics, Open.filter(F.section == Section.HELP))
    router.callback_query.register(show_topic, HelpTopic.filter())
    return router


async def show_topics(_: Message | CallbackQuery, t: Translate, screen: Screen) -> None:
    """The steps in three lines, and what there is to read."""
    draft_id = (await screen.remembered()).get("draft_id")
    await screen.show(t("help"), topics_keyboard(t, _way_back(t, draft_id)), draft_id=draft_id)


async def show_topic(
    _: CallbackQuery,
    callback_data: HelpTopic,
    t: Translate,
    screen: Screen,
    generations: Generations,
    photos: Photos,
    training: Training,
) -> None:
    """One topic. What was being composed is remembered, so that the way back is one press."""
    draft_id = (await screen.remembered()).get("draft_id")
    text = await _text(t, callback_data.topic, generations, photos, training)
    await screen.show(text, topic_keyboard(t, callback_data.topic, _way_back(t, draft_id)), draft_id=draft_id)


async def _text(t: Translate, topic: Topic, generations: Generations, photos: Photos, training: Training) -> str:
    match topic:
        case Topic.PHOTOS:
            return t("help-photos", limit_mb=limit_mb(photos))
        case Topic.STYLES:
            return t("help-styles")
        case Topic.WORDS:
            return t("help-words")
        case Topic.MODELS:
            promises = await training.promises()
            price = await price_of(generations, TaskKind.TRAIN)
            return t("help-models", price=price or 0, hours=promises.free_retrain_hours, days=promises.photo_days)
        case Topic.TOKENS:
            prices = "\n".join(await price_lines(t, generations))
            return "\n\n".join(block for block in (t("help-tokens"), prices, t("help-tokens-more")) if block)
        case Topic.PACKS:
            return t("help-packs")
        case Topic.SOLIDS:
            return t("help-solids")
        case Topic.PRIVACY:
            return t("help-privacy")
        case Topic.PROBLEMS:
            return t("help-problems")
        case _:
            assert_never(topic)


def _way_back(t: Translate, draft_id: int | str | None) -> list[InlineKeyboardButton]:
    """To the picture that was being composed when the help was opened."""
    if draft_id is None:
        return []
    return [button(t.plain("button-back-to-draft"), ShowCard(draft_id=int(draft_id)), "primary")]
