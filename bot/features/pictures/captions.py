"""What stands under a picture: when, how and of what it was made, and what its person keeps about it."""

from bot.features.history.wanted import Wanted, wanted_words
from bot.likeness_text import picture_likeness
from bot.texts import Translate
from bot.words import shorten
from repository.catalogue import Style
from repository.gallery import Picture
from services.orders import TaskKind

MAX_NOTE = 250
"""Characters of a note, and of the tags, that a caption shows: all of it fits Telegram's 1024."""
MAX_TAGS = 150


def picture_caption(t: Translate, picture: Picture, style: Style | None, wanted: Wanted) -> str:
    """The caption, as HTML. style: the picture's, where it is still on offer."""
    size = size_of(picture.file.width, picture.file.height) if picture.file.is_picture else t.plain("picture-solid")
    lines = [t("picture-date", date=picture.file.created_at, size=size)]
    if picture.order_kind == TaskKind.UPSCALE:
        lines.append(t("picture-enlarged"))
    if (likeness := picture_likeness(t, picture.file)) is not None:
        lines.append(likeness)
    if style is not None:
        lines.append(t("picture-style", emoji=style.emoji, title=style.title(t.locale)))
    if picture.prompt_text:
        lines.append(t("picture-words", words=shorten(picture.prompt_text)))
    if picture.tags:
        lines.append(t("picture-tags", tags=shorten(tags_line(picture.tags), MAX_TAGS)))
    if picture.notes:
        lines.append(t("picture-note", note=shorten(picture.notes, MAX_NOTE)))
    narrowed = wanted_words(t, wanted)
    if narrowed is not None:
        lines += ["", narrowed]
    return "\n".join(lines)


def tags_line(tags: list[str]) -> str:
    """The tags in a row; without a # before them, which Telegram would make a link of its own."""
    return " · ".join(tags)


def size_of(width: int, height: int) -> str:
    """A size in pixels, in words that need no translation."""
    return f"{width} × {height}"
