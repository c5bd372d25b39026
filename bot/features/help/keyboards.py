"""The topics of the help, and the short way to one of them from any screen."""

from typing import assert_never

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, in_rows, keyboard, make_button, menu_button, short_buy_button
from bot.features.help.topics import Topic
from bot.texts import Translate

_IN_ROW = 2


class HelpTopic(CallbackData, prefix="help"):
    """A page of the help."""

    topic: Topic


def help_button(t: Translate, topic: Topic) -> InlineKeyboardButton:
    """A short «?» to the page that explains a screen; from there the person finds back to what they were doing."""
    return button(t.plain("button-help-short"), HelpTopic(topic=topic))


def topics_keyboard(t: Translate, way_back: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Every topic. way_back: to what the person was doing; empty where that was nothing."""
    topics = [button(topic_title(t, topic), HelpTopic(topic=topic)) for topic in Topic]
    return keyboard(way_back, *in_rows(topics, _IN_ROW), [make_button(t)], [menu_button(t)])


def topic_keyboard(t: Translate, topic: Topic, way_back: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Under one topic: what belongs to it, and back."""
    all_topics = button(t.plain("button-help-topics"), Open(section=Section.HELP))
    return keyboard(way_back, _belonging(t, topic), [all_topics, menu_button(t)])


def topic_title(t: Translate, topic: Topic) -> str:
    """The topic's name on a button."""
    match topic:
        case Topic.PHOTOS:
            return t.plain("help-title-photos")
        case Topic.STYLES:
            return t.plain("help-title-styles")
        case Topic.WORDS:
            return t.plain("help-title-words")
        case Topic.MODELS:
            return t.plain("help-title-models")
        case Topic.TOKENS:
            return t.plain("help-title-tokens")
        case Topic.PACKS:
            return t.plain("help-title-packs")
        case Topic.SOLIDS:
            return t.plain("help-title-solids")
        case Topic.PRIVACY:
            return t.plain("help-title-privacy")
        case Topic.PROBLEMS:
            return t.plain("help-title-problems")
        case _:
            assert_never(topic)


def _belonging(t: Translate, topic: Topic) -> list[InlineKeyboardButton]:
    """The screens that a topic speaks of."""
    match topic:
        case Topic.MODELS:
            return [
                button(t.plain("button-train"), Open(section=Section.TRAIN)),
                button(t.plain("button-models"), Open(section=Section.MODELS)),
            ]
        case Topic.TOKENS:
            return [button(t.plain("button-balance"), Open(section=Section.BALANCE)), short_buy_button(t)]
        case Topic.PACKS:
            return [button(t.plain("button-packs"), Open(section=Section.PACKS))]
        case Topic.PRIVACY:
            return [
                button(t.plain("button-privacy"), Open(section=Section.PRIVACY)),
                button(t.plain("button-erasure"), Open(section=Section.ERASURE)),
            ]
        case _:
            return []
