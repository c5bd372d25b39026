"""Tags and notes: pressed or typed, and wrong ones are explained where they were asked for."""

from uuid import UUID

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.content import says_something
from bot.error_text import error_text
from bot.features.history.wanted import tag_digest
from bot.features.pictures.buttons import DropNote, EditNote, EditTags, Origin, SetTag
from bot.features.pictures.captions import MAX_TAGS, tags_line
from bot.features.pictures.keyboards import note_keyboard, tags_keyboard
from bot.features.pictures.states import Marking
from bot.features.pictures.tag_words import tags_in
from bot.features.pictures.viewer import Viewer, opened, wanted_at
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from bot.words import shorten
from repository.gallery import Picture
from repository.users import User
from services.errors import BadTag, NoteTooLong, TooManyTags
from services.gallery.pictures import MAX_NOTES, Gallery

_SHOWN_NOTE = 500
"""Characters of a note under the request for another one."""


def build_router() -> Router:
    """Where words are put to pictures."""
    router = Router(name="marking")
    router.callback_query.register(edit_tags, EditTags.filter())
    router.callback_query.register(set_tag, SetTag.filter())
    router.callback_query.register(edit_note, EditNote.filter())
    router.callback_query.register(drop_note, DropNote.filter())
    router.message.register(take_tags, Marking.tags, F.text, ~F.text.startswith("/"))
    router.message.register(take_note, Marking.note, F.text, ~F.text.startswith("/"))
    router.message.register(refuse_other_than_words, Marking.tags, ~F.text, ~F.photo, says_something)
    router.message.register(refuse_other_than_words, Marking.note, ~F.text, ~F.photo, says_something)
    return router


async def edit_tags(
    _: CallbackQuery,
    callback_data: EditTags,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """The tags of a picture, those of the others, and room for new ones."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is not None:
        place, origin = opened(screen, callback_data.origin)
        await _ask_tags(place, t, person, picture, origin, viewer, gallery)


async def set_tag(
    _: CallbackQuery,
    callback_data: SetTag,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """A tag that is in use, given or taken away. Raises TooManyTags."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is None:
        return
    known = [*picture.tags, *await gallery.tags(person)]
    tag = next((tag for tag in known if tag_digest(tag) == callback_data.digest), None)
    if tag is not None:
        others = [one for one in picture.tags if one != tag]
        await gallery.set_tags(person, picture.file.file_id, [*others, tag] if callback_data.given else others)
        await answer(t.plain("tag-given", tag=tag) if callback_data.given else t.plain("tag-taken", tag=tag))
        picture = await gallery.picture(person, picture.file.file_id)
    await _ask_tags(screen, t, person, picture, callback_data.origin, viewer, gallery)


async def take_tags(
    message: Message, person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery
) -> None:
    """Tags in one message join those that the picture has."""
    about = await _asked_about(person, t, screen, viewer)
    if about is None:
        return
    picture, origin = about
    tags = tags_in(message.text or "")
    problem = None if tags else t("tags-not-found")
    if tags:
        try:
            await gallery.set_tags(person, picture.file.file_id, [*picture.tags, *tags])
        except (BadTag, TooManyTags) as error:
            problem = t("marking-problem", problem=error_text(t, error))
    if problem is not None:
        await _ask_tags(screen, t, person, picture, origin, viewer, gallery, problem=problem)
        return
    await _show_marked(person, t, screen, viewer, gallery, picture, origin)


async def edit_note(
    _: CallbackQuery,
    callback_data: EditNote,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
) -> None:
    """Wait for a note."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is not None:
        place, origin = opened(screen, callback_data.origin)
        await _ask_note(place, t, picture, origin, viewer)


async def drop_note(
    _: CallbackQuery,
    callback_data: DropNote,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    gallery: Gallery,
) -> None:
    """No note."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is not None:
        await gallery.set_notes(person, picture.file.file_id, "")
        await answer(t.plain("note-dropped"))
        await _show_marked(person, t, screen, viewer, gallery, picture, callback_data.origin)


async def take_note(
    message: Message, person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery
) -> None:
    """A note in one message takes the place of the one before."""
    about = await _asked_about(person, t, screen, viewer)
    if about is None:
        return
    picture, origin = about
    note = message.text or ""
    try:
        await gallery.set_notes(person, picture.file.file_id, note)
    except NoteTooLong:
        problem = t("note-too-long", length=len(note.strip()), limit=MAX_NOTES)
        await _ask_note(screen, t, picture, origin, viewer, problem=problem)
        return
    await _show_marked(person, t, screen, viewer, gallery, picture, origin)


async def refuse_other_than_words(
    _: Message, person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery, raw_state: str | None
) -> None:
    """A sticker, a voice message: kindly ask again."""
    about = await _asked_about(person, t, screen, viewer)
    if about is None:
        return
    picture, origin = about
    problem = t("marking-not-text")
    if raw_state == Marking.note.state:
        await _ask_note(screen, t, picture, origin, viewer, problem=problem)
    else:
        await _ask_tags(screen, t, person, picture, origin, viewer, gallery, problem=problem)


async def _asked_about(person: User, t: Translate, screen: Screen, viewer: Viewer) -> tuple[Picture, Origin] | None:
    """The picture that the words are for; None: it is gone, and that was shown."""
    kept = await screen.remembered()
    file_id, origin = UUID(str(kept["file_id"])), Origin(str(kept["origin"]))
    picture = await viewer.find(screen, t, person, None, file_id, origin)
    return (picture, origin) if picture is not None else None


async def _ask_tags(
    screen: Screen,
    t: Translate,
    person: User,
    picture: Picture,
    origin: Origin,
    viewer: Viewer,
    gallery: Gallery,
    *,
    problem: str | None = None,
) -> None:
    lines = [problem or t("tags")]
    if picture.tags:
        lines.append(t("tags-now", tags=shorten(tags_line(picture.tags), MAX_TAGS)))
    keyboard = tags_keyboard(t, picture, await gallery.tags(person), origin)
    await viewer.ask(screen, t, picture, "\n\n".join(lines), keyboard, origin, Marking.tags)


async def _ask_note(
    screen: Screen, t: Translate, picture: Picture, origin: Origin, viewer: Viewer, *, problem: str | None = None
) -> None:
    lines = [problem or t("note")]
    if picture.notes:
        lines.append(t("note-now", note=shorten(picture.notes, _SHOWN_NOTE)))
    await viewer.ask(screen, t, picture, "\n\n".join(lines), note_keyboard(t, picture, origin), origin, Marking.note)


async def _show_marked(
    person: User, t: Translate, screen: Screen, viewer: Viewer, gallery: Gallery, picture: Picture, origin: Origin
) -> None:
    marked = await gallery.picture(person, picture.file.file_id)
    await viewer.show(screen, t, person, marked, origin, await wanted_at(screen, origin))
