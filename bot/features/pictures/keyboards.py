"""The buttons of one picture, and of the screens that its buttons open."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, buy_row, in_rows, keyboard, marked, menu_button
from bot.features.generate.keyboards import Again, Restyle, Vary
from bot.features.history.buttons import ClearFilter, ShowFilter, ShowOverview, TurnPage
from bot.features.history.wanted import tag_digest
from bot.features.pictures.buttons import (
    AskDelete,
    Close,
    Delete,
    DropNote,
    EditNote,
    EditTags,
    Enlarge,
    Origin,
    SendFile,
    SetFavorite,
    SetTag,
    ShowPicture,
    ShowSizes,
)
from bot.features.pictures.captions import size_of
from bot.features.solids.buttons import solid_again_buttons, solid_button
from bot.texts import Translate
from repository.files import File
from repository.gallery import Picture
from services.gallery.pictures import Turns
from services.generation import upscale_factors

ACTIONS_IN_ROW = 2
TAGS_IN_ROW = 3
MAX_TAG_BUTTONS = 24


def picture_keyboard(
    t: Translate, picture: Picture, draft_id: int | None, origin: Origin, turns: Turns, *, is_narrowed: bool
) -> InlineKeyboardMarkup:
    """Everything that can be done with a picture or a solid, its neighbours, and the way back.

    draft_id: what it was ordered with. is_narrowed: by a filter.
    """
    file_id = picture.file.file_id
    generation_id, position = picture.place
    turning = []
    if turns.newer:
        newer = TurnPage(generation_id=generation_id, position=position, older=False, origin=origin)
        turning.append(button(t.plain("button-newer"), newer))
    if turns.older:
        older = TurnPage(generation_id=generation_id, position=position, older=True, origin=origin)
        turning.append(button(t.plain("button-older"), older))
    rows = [
        turning,
        *in_rows(_actions(t, picture, draft_id, origin), ACTIONS_IN_ROW),
        [
            button(t.plain("button-tags"), EditTags(file_id=file_id, origin=origin)),
            button(t.plain("button-note"), EditNote(file_id=file_id, origin=origin)),
            button(t.plain("button-delete"), AskDelete(file_id=file_id, origin=origin)),
        ],
    ]
    if origin is Origin.GALLERY:
        rows.append(gallery_row(t, picture if turns.newer or turns.older else None, is_narrowed=is_narrowed))
        rows.append([menu_button(t)])
    else:
        rows.append(
            [
                button(t.plain("button-to-result"), Close()),
                button(t.plain("button-history"), Open(section=Section.HISTORY)),
            ]
        )
    return keyboard(*rows)


def _actions(t: Translate, picture: Picture, draft_id: int | None, origin: Origin) -> list[InlineKeyboardButton]:
    """What can be made of it; a solid is made again, but neither varied nor enlarged."""
    file_id = picture.file.file_id
    favorite = favorite_button(t, file_id, picture.is_favorite)
    if not picture.file.is_picture:
        return [favorite, file_button(t, file_id), *solid_again_buttons(t, draft_id)]
    return [
        favorite,
        *enlarge_buttons(t, picture.file, origin),
        *again_buttons(t, draft_id),
        button(t.plain("button-vary"), Vary(file_id=file_id)),
        button(t.plain("button-restyle"), Restyle(file_id=file_id)),
        solid_button(t, file_id, origin),
        file_button(t, file_id),
    ]


def gallery_row(t: Translate, picture: Picture | None, *, is_narrowed: bool) -> list[InlineKeyboardButton]:
    """Ways through the gallery: at a glance from a picture on, where there are several, and by a filter."""
    row = [button(t.plain("button-filter"), ShowFilter())]
    if is_narrowed:
        row.append(button(t.plain("button-clear-filter"), ClearFilter(shown=True)))
    if picture is not None:
        generation_id, position = picture.place
        overview = ShowOverview(generation_id=generation_id, position=position)
        row.insert(0, button(t.plain("button-overview"), overview))
    return row


def favorite_button(t: Translate, file_id: UUID, is_favorite: bool) -> InlineKeyboardButton:
    """Says how it is, and turns it over."""
    title = t.plain("button-favorite-on") if is_favorite else t.plain("button-favorite-off")
    return button(title, SetFavorite(file_id=file_id, favorite=not is_favorite))


def with_favorite(
    t: Translate, keyboard: InlineKeyboardMarkup, file_id: UUID, is_favorite: bool
) -> InlineKeyboardMarkup:
    """The same buttons, wherever they stand, with the favourite's turned over."""
    own = {SetFavorite(file_id=file_id, favorite=favorite).pack() for favorite in (True, False)}
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [favorite_button(t, file_id, is_favorite) if one.callback_data in own else one for one in row]
            for row in keyboard.inline_keyboard
        ]
    )


def enlarge_buttons(t: Translate, file: File, origin: Origin) -> list[InlineKeyboardButton]:
    """To the sizes; nothing where it is as large as it gets."""
    if not upscale_factors(file):
        return []
    return [button(t.plain("button-enlarge"), ShowSizes(file_id=file.file_id, origin=origin))]


def again_buttons(t: Translate, draft_id: int | None) -> list[InlineKeyboardButton]:
    """The same order once more, where it came from a draft."""
    return [button(t.plain("button-again"), Again(draft_id=draft_id))] if draft_id is not None else []


def file_button(t: Translate, file_id: UUID, style: str | None = None) -> InlineKeyboardButton:
    """In full resolution."""
    return button(t.plain("button-as-file"), SendFile(file_id=file_id), style)


def sizes_keyboard(
    t: Translate, file: File, origin: Origin, price: int, tokens_left: int, token: str
) -> InlineKeyboardMarkup:
    """The sizes that it can have, with the price of each."""
    sizes = [
        [
            button(
                t.plain(
                    "button-size",
                    factor=str(factor),
                    size=size_of(file.width * factor, file.height * factor),
                    price=price,
                ),
                Enlarge(file_id=file.file_id, origin=origin, factor=factor, token=token),
                "primary",
            )
        ]
        for factor in upscale_factors(file)
    ]
    return keyboard(*sizes, buy_row(t, price, tokens_left), [back_to_picture(t, file.file_id, origin)])


def tags_keyboard(t: Translate, picture: Picture, in_use: Sequence[str], origin: Origin) -> InlineKeyboardMarkup:
    """Its tags to take away, and those of other pictures to give it."""
    others = [tag for tag in in_use if tag not in picture.tags]
    shown = [
        button(
            marked(t, tag, chosen=tag in picture.tags),
            SetTag(file_id=picture.file.file_id, origin=origin, digest=tag_digest(tag), given=tag not in picture.tags),
        )
        for tag in [*picture.tags, *others][:MAX_TAG_BUTTONS]
    ]
    return keyboard(*in_rows(shown, TAGS_IN_ROW), [back_to_picture(t, picture.file.file_id, origin)])


def note_keyboard(t: Translate, picture: Picture, origin: Origin) -> InlineKeyboardMarkup:
    """Under the request for a note."""
    file_id = picture.file.file_id
    dropping = [button(t.plain("button-drop-note"), DropNote(file_id=file_id, origin=origin))] if picture.notes else []
    return keyboard(dropping, [back_to_picture(t, file_id, origin)])


def delete_keyboard(t: Translate, file_id: UUID, origin: Origin) -> InlineKeyboardMarkup:
    """Really?"""
    return keyboard(
        [button(t.plain("button-delete-really"), Delete(file_id=file_id, origin=origin), "danger")],
        [button(t.plain("button-keep"), ShowPicture(file_id=file_id, origin=origin))],
    )


def back_to_picture(t: Translate, file_id: UUID, origin: Origin) -> InlineKeyboardButton:
    """From whatever was opened on it."""
    return button(t.plain("button-to-picture"), ShowPicture(file_id=file_id, origin=origin))
