"""Texts and captions: parse mode, cleaning, limits, and the entities Telegram finds by itself."""

import re

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.entities import check_places, in_order, read_entities, utf16_length, with_found
from sandbox.telegram.text.html import read_html
from sandbox.telegram.text.markdown import read_markdown, read_markdown_v2
from sandbox.telegram.wire import JsonObject

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
# Of the source with its markup, in bytes.
_SOURCE_LIMIT_BYTES = 1 << 15
_READERS = {"html": read_html, "markdown": read_markdown, "markdownv2": read_markdown_v2}
# What Telegram turns into a space, and what it drops.
_BLANKED = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile(r"[\r\u2028-\u202e\u0333\u033f\u030a]")


def format_text(source: str, parse_mode: str | None, given: list[JsonObject] | None) -> tuple[str, list[JsonObject]]:
    """Return a text without its markup, cleaned and trimmed, and its entities; a parse mode wins over entities."""
    if len(source) > _SOURCE_LIMIT_BYTES // 4 and len(source.encode()) > _SOURCE_LIMIT_BYTES:
        raise bad_request("text is too long")
    mode = (parse_mode or "").lower()
    if source and mode and mode != "none":
        reader = _READERS.get(mode)
        if reader is None:
            raise bad_request("unsupported parse_mode")
        text, entities = reader(source)
    else:
        text, entities = source, read_entities(given or [])
        check_places(text, entities)
    return _trim(*_clean(text, entities))


def format_message(source: str, parse_mode: str | None, given: list[JsonObject] | None) -> tuple[str, list[JsonObject]]:
    """Format a message's text; refuses an empty one and one above 4096 characters after its markup is read."""
    if not source:
        raise bad_request("message text is empty")
    text, entities = format_text(source, parse_mode, given)
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, with_found(text, entities)


def format_caption(
    source: str | None, parse_mode: str | None, given: list[JsonObject] | None
) -> tuple[str | None, list[JsonObject]]:
    """Format a caption; refuses one above 1024 characters. An empty one is none."""
    text, entities = format_text(source or "", parse_mode, given)
    if len(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return text or None, with_found(text, entities)


def _clean(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Blank control characters and drop invisible ones, and move the entities with what is left."""
    text = _BLANKED.sub(" ", text)
    dropped = [utf16_length(text[: found.start()]) for found in _DROPPED.finditer(text)]
    if not dropped:
        return text, entities
    moved = [
        {**entity, "offset": start - _before(dropped, start), "length": end - start - _between(dropped, start, end)}
        for entity in entities
        for start, end in [(entity["offset"], entity["offset"] + entity["length"])]
    ]
    return _DROPPED.sub("", text), [entity for entity in moved if entity["length"] > 0]


def _before(places: list[int], end: int) -> int:
    return sum(place < end for place in places)


def _between(places: list[int], start: int, end: int) -> int:
    return sum(start <= place < end for place in places)


def _trim(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Cut white space at both ends, and entities with it."""
    trimmed = text.strip()
    if trimmed == text:
        return text, entities
    cut = utf16_length(text[: len(text) - len(text.lstrip())])
    length = utf16_length(trimmed)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, length)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return trimmed, in_order(moved)
