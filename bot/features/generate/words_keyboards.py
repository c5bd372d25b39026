"""Buttons around the description: ideas for it, and the way back."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, in_rows, keyboard, marked
from bot.features.generate.card_keyboards import AskWords
from bot.features.generate.gallery_keyboards import ShowShelves
from bot.features.generate.ideas import Idea, Theme, theme_title
from bot.features.generate.keyboards import DraftId, ShowCard
from bot.texts import Translate
from services.drafts.drafts import Draft

THEMES_IN_ROW = 2


class DropWords(CallbackData, prefix="drop"):
    """The style is enough after all."""

    draft_id: DraftId


class ShowIdeas(CallbackData, prefix="ideas"):
    """Examples of descriptions; None: of the first theme."""

    draft_id: DraftId
    theme: Theme | None


class UseIdea(CallbackData, prefix="idea"):
    """An example as the description. number: its place in its theme, from 0."""

    draft_id: DraftId
    theme: Theme
    number: int


def words_keyboard(t: Translate, draft: Draft) -> InlineKeyboardMarkup:
    """Under the request for a description."""
    around = [button(t.plain("button-ideas"), ShowIdeas(draft_id=draft.draft_id, theme=None))]
    if draft.content.prompt and draft.content.style:
        around.append(button(t.plain("button-drop-words"), DropWords(draft_id=draft.draft_id)))
    return keyboard(around, [_out_of_words(t, draft)])


def ideas_keyboard(
    t: Translate, draft: Draft, themes: Sequence[Theme], theme: Theme, ideas: Sequence[Idea]
) -> InlineKeyboardMarkup:
    """The examples of one theme, the other themes, and the way back to the description."""
    draft_id = draft.draft_id
    examples = [
        [button(f"{number + 1} · {idea.title}", UseIdea(draft_id=draft_id, theme=theme, number=number))]
        for number, idea in enumerate(ideas)
    ]
    others = [
        button(marked(t, theme_title(t, other), chosen=other is theme), ShowIdeas(draft_id=draft_id, theme=other))
        for other in themes
    ]
    return keyboard(
        *examples,
        *in_rows(others, THEMES_IN_ROW),
        [button(t.plain("button-to-words"), AskWords(draft_id=draft_id))],
    )


def _out_of_words(t: Translate, draft: Draft) -> InlineKeyboardButton:
    """To the card where there is one already, else to where one came from."""
    if draft.content.is_enough:
        return button(t.plain("button-to-card"), ShowCard(draft_id=draft.draft_id))
    if draft.content.file_id is not None:
        return button(t.plain("button-to-shelves"), ShowShelves(draft_id=draft.draft_id))
    return button(t.plain("button-to-card"), Open(section=Section.GENERATE))
