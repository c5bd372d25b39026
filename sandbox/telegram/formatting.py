"""Texts and captions: parse mode, limits, trimming, and the entities Telegram finds by itself."""

import re

from sandbox.telegram.html_text import read_html, utf16_length
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import JsonObject

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,!?;:)])"
    r"|(?<![\w/])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@\w+)?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[a-zA-Z][a-zA-Z0-9_]{3,31})"
    r"|(?<!\w)(?P<hashtag>\#\w+)"
)


def format_text(source: str, parse_mode: str | None, given: list[JsonObject] | None) -> tuple[str, list[JsonObject]]:
    """Return a text without its markup, trimmed, and its entities; given entities win over a parse mode."""
    text, entities = source, list(given or [])
    if not given and parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request(f"unsupported parse_mode: the sandbox reads HTML, not {parse_mode}")
        text, entities = read_html(source)
    return _trim(text, entities)


def format_message(source: str, parse_mode: str | None, given: list[JsonObject] | None) -> tuple[str, list[JsonObject]]:
    """Format a message's text; refuses an empty one and one above 4096 characters."""
    text, entities = format_text(source, parse_mode, given)
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, with_found(text, entities)


def format_caption(
    source: str | None, parse_mode: str | None, given: list[JsonObject] | None
) -> tuple[str | None, list[JsonObject]]:
    """Format a caption; refuses one above 1024 characters. An empty one is none."""
    text, entities = format_text(source or "", parse_mode, given)
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return text or None, with_found(text, entities)


def with_found(text: str, entities: list[JsonObject]) -> list[JsonObject]:
    """Add links, commands, mentions and hashtags that stand in the text and outside other entities."""
    found = list(entities)
    for match in _FOUND.finditer(text):
        start, length = utf16_length(text[: match.start()]), utf16_length(match[0])
        if all(e["offset"] + e["length"] <= start or start + length <= e["offset"] for e in entities):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


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
    return trimmed, moved
