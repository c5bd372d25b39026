"""Buttons of themes, of a pack that is being chosen, and of packs that were made. They carry ids, never prices."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from bot.buttons import Open, Section, button, buy_row, in_rows, keyboard, marked, menu_button
from bot.features.generate.keyboards import ModelId, Stop
from bot.features.help.keyboards import help_button
from bot.features.help.topics import Topic
from bot.model_choice import model_button, model_rows
from bot.texts import Translate
from repository.models import UsableModel
from repository.packs import Dataset, Pack
from services.drafts.pack_drafts import NUMBERS, SIZES, PackDraft
from services.gallery.packs import DatasetsPage

THEMES_IN_ROW = 2

DraftId = Annotated[int, Field(ge=1, le=2**63 - 1)]
DatasetId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ShowTheme(CallbackData, prefix="theme"):
    """What a theme brings, and its price."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class ShowPackCard(CallbackData, prefix="pcard"):
    """The pack that is being chosen, as it stands."""

    draft_id: DraftId


class ChoosePackNumber(CallbackData, prefix="pnum"):
    """How many photos."""

    draft_id: DraftId
    num_images: Annotated[int, Field(ge=1, le=100)]


class ChoosePackSize(CallbackData, prefix="psize"):
    """How large."""

    draft_id: DraftId
    output_size: Annotated[int, Field(ge=256, le=2048, multiple_of=64)]


class ShowPackPhoto(CallbackData, prefix="pphoto"):
    """The photo that the pack starts from."""

    draft_id: DraftId


class ShowPackModels(CallbackData, prefix="pmodels"):
    """The personal models that the pack can be made with."""

    draft_id: DraftId


class ChoosePackModel(CallbackData, prefix="pusemodel"):
    """One of them; None: the photo is what the pack starts from."""

    draft_id: DraftId
    model_id: ModelId | None = None


class MakePack(CallbackData, prefix="pmake"):
    """Order the pack."""

    draft_id: DraftId


class ShowMyPacks(CallbackData, prefix="packs"):
    """A page of the person's packs: those older than one of them, the newest where none is named."""

    before: DatasetId | None = None


class ShowMyPack(CallbackData, prefix="pack"):
    """One of the person's packs."""

    dataset_id: DatasetId


class SendZip(CallbackData, prefix="zip"):
    """Send the pack that this task makes as ZIP files."""

    task_id: UUID


def themes_keyboard(t: Translate, themes: Sequence[Pack], *, has_packs: bool) -> InlineKeyboardMarkup:
    """The themes, laid out as the picture above them."""
    shown = [button(f"{theme.emoji} {theme.title(t.locale)}", ShowTheme(code=theme.code)) for theme in themes]
    mine = [button(t.plain("button-my-packs"), ShowMyPacks())] if has_packs else []
    return keyboard(*in_rows(shown, THEMES_IN_ROW), mine, [menu_button(t), help_button(t, Topic.PACKS)])


def card_keyboard(
    t: Translate, draft: PackDraft, price: int, tokens_left: int, models: Sequence[UsableModel] = ()
) -> InlineKeyboardMarkup:
    """Everything that can be changed about a pack, Make, the way to more tokens.

    Without a photo or a personal model there is no Make. models: the person's own ones.
    """
    draft_id, content = draft.draft_id, draft.content
    numbers = [
        button(
            marked(t, str(number), chosen=number == content.num_images),
            ChoosePackNumber(draft_id=draft_id, num_images=number),
        )
        for number in NUMBERS
    ]
    sizes = [
        button(
            marked(t, t.plain("button-pack-size", pixels=str(side)), chosen=side == content.output_size),
            ChoosePackSize(draft_id=draft_id, output_size=side),
        )
        for side in SIZES
    ]
    sources = model_button(t, content.model_id, models, ShowPackModels(draft_id=draft_id))
    if content.file_id is not None:
        sources.append(button(t.plain("button-pack-photo"), ShowPackPhoto(draft_id=draft_id)))
    making = []
    if content.file_id is not None or content.model_id is not None:
        making = [
            [button(t.plain("button-make-for", price=price), MakePack(draft_id=draft_id), "primary")],
            buy_row(t, price, tokens_left),
        ]
    return keyboard(numbers, sizes, sources, *making, [_themes_button(t), menu_button(t), help_button(t, Topic.PACKS)])


def pack_models_keyboard(t: Translate, draft: PackDraft, models: Sequence[UsableModel]) -> InlineKeyboardMarkup:
    """One model a row, a photo instead, and the way back."""
    draft_id, chosen = draft.draft_id, draft.content.model_id
    photo = marked(t, t.plain("button-pack-from-photo"), chosen=chosen is None)
    return keyboard(
        *model_rows(t, chosen, models, lambda model_id: ChoosePackModel(draft_id=draft_id, model_id=model_id)),
        [button(photo, ChoosePackModel(draft_id=draft_id))],
        [button(t.plain("button-to-card"), ShowPackCard(draft_id=draft_id))],
    )


def photo_keyboard(t: Translate, draft_id: int) -> InlineKeyboardMarkup:
    """Under the photo of a pack."""
    return keyboard([button(t.plain("button-to-card"), ShowPackCard(draft_id=draft_id))])


def my_packs_keyboard(
    t: Translate, page: DatasetsPage, titles: Sequence[str], *, is_first: bool
) -> InlineKeyboardMarkup:
    """One pack a row, and the older ones."""
    rows = [
        [button(title, ShowMyPack(dataset_id=dataset.dataset_id))]
        for dataset, title in zip(page.datasets, titles, strict=True)
    ]
    turning = []
    if not is_first:
        turning.append(button(t.plain("button-newest-packs"), ShowMyPacks()))
    if page.cursor is not None:
        turning.append(button(t.plain("button-older"), ShowMyPacks(before=int(page.cursor))))
    return keyboard(*rows, turning, [_themes_button(t), menu_button(t)])


def my_pack_keyboard(t: Translate, dataset: Dataset) -> InlineKeyboardMarkup:
    """What can be done with one pack."""
    doing = []
    if not dataset.status.is_final:
        doing = [button(t.plain("button-stop"), Stop(task_id=dataset.task_id), "danger")]
    elif dataset.file_count:
        doing = [button(t.plain("button-zip"), SendZip(task_id=dataset.task_id), "primary")]
    return keyboard(doing, [button(t.plain("button-back-to-my-packs"), ShowMyPacks()), menu_button(t)])


def pack_result_keyboard(t: Translate, task_id: UUID, *, has_pictures: bool) -> InlineKeyboardMarkup:
    """Under the first photos of a pack, or under the words that there are none."""
    taking = []
    if has_pictures:
        taking = [
            button(t.plain("button-zip"), SendZip(task_id=task_id), "primary"),
            button(t.plain("button-see-all"), Open(section=Section.HISTORY, below=True)),
        ]
    return keyboard(
        taking,
        [
            button(t.plain("button-packs"), Open(section=Section.PACKS, below=True)),
            button(t.plain("button-menu"), Open(section=Section.MENU, below=True)),
        ],
    )


def zip_again_keyboard(t: Translate, task_id: UUID) -> InlineKeyboardMarkup:
    """Under the words that a ZIP did not come through."""
    return keyboard([button(t.plain("button-zip-again"), SendZip(task_id=task_id), "primary")])


def _themes_button(t: Translate) -> InlineKeyboardButton:
    return button(t.plain("button-themes"), Open(section=Section.PACKS))
