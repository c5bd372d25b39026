"""Telegram's HTML: a strict reader of the few tags it knows, into plain text and entities.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API ("Formatting options").
"""

import re
from dataclasses import dataclass

from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.wire import JsonObject

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"<(?P<tag>[^<>]*)(?P<closed>>?)|&(?P<named>#x?[0-9a-fA-F]+|[a-zA-Z]+);", re.DOTALL)
_TAG = re.compile(r"(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>.*)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s+(?P<name>[a-zA-Z-]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+))?""")


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    at_byte: int
    offset: int
    entity: JsonObject


def utf16_length(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def read_html(source: str) -> tuple[str, list[JsonObject]]:
    """Return the plain text and the entities of a text in Telegram's HTML.

    Refuses an unknown, unclosed or wrongly nested tag with Telegram's "can't parse entities".
    """
    text: list[str] = []
    length = 0
    entities: list[JsonObject] = []
    still_open: list[_Open] = []
    position = 0
    for token in _TOKEN.finditer(source):
        plain = source[position : token.start()]
        position = token.end()
        text.append(plain)
        length += utf16_length(plain)
        if (named := token["named"]) is not None:
            character = _character(named) or token[0]
            text.append(character)
            length += utf16_length(character)
            continue
        at_byte = len(source[: token.start()].encode())
        tag = _TAG.fullmatch(token["tag"])
        if tag is None or not token["closed"]:
            raise _cannot_parse(
                f"Unclosed start tag at byte offset {at_byte}"
                if tag
                else f"Unexpected end of name token at byte offset {at_byte}"
            )
        name = tag["name"].lower()
        if tag["slash"]:
            _close(name, at_byte, length, still_open, entities)
        else:
            still_open.append(_Open(name, at_byte, length, _start(name, tag["attributes"], at_byte, still_open)))
    text.append(source[position:])
    if still_open:
        last = still_open[-1]
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{last.name}"')
    return "".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _start(name: str, attributes: str, at_byte: int, still_open: list[_Open]) -> JsonObject:
    kind = _TAGS.get(name)
    if kind is None:
        raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {at_byte}')
    given = {found["name"].lower(): (found["value"] or "").strip("\"'") for found in _ATTRIBUTE.finditer(attributes)}
    entity: JsonObject = {"type": kind}
    match name:
        case "a":
            entity["url"] = re.sub(r"&(\w+);", lambda found: _character(found[1]) or found[0], given.get("href", ""))
        case "span" if given.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {at_byte}')
        case "blockquote" if "expandable" in given:
            entity["type"] = "expandable_blockquote"
        case "tg-emoji":
            entity["custom_emoji_id"] = given.get("emoji-id", "")
        case "code" if still_open and still_open[-1].name == "pre" and "class" in given:
            # <pre><code class="language-…"> is one entity: the language goes to the outer tag.
            still_open[-1].entity["language"] = given["class"].removeprefix("language-")
            entity["type"] = ""
    return entity


def _close(name: str, at_byte: int, length: int, still_open: list[_Open], entities: list[JsonObject]) -> None:
    if not still_open:
        raise _cannot_parse(f"Unexpected end tag at byte offset {at_byte}")
    opened = still_open.pop()
    if opened.name != name:
        raise _cannot_parse(
            f'Unmatched end tag at byte offset {at_byte}, expected "</{opened.name}>", found "</{name}>"'
        )
    is_empty = length == opened.offset
    is_link_to_nothing = opened.entity["type"] == "text_link" and not opened.entity["url"]
    if opened.entity["type"] and not is_empty and not is_link_to_nothing:
        entities.append({**opened.entity, "offset": opened.offset, "length": length - opened.offset})


def _character(named: str) -> str | None:
    if not named.startswith("#"):
        return _NAMED.get(named)
    code = int(named[2:], 16) if named[1:2] in "xX" else int(named[1:]) if named[1:].isdecimal() else 0
    return chr(code) if 0 < code < 0x110000 else None


def _cannot_parse(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
