"""Telegram's HTML, read as TDLib's `parse_html` reads it: same tags, same leniency, same refusals."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.text.entities import in_order, link_entity, utf16_length
from sandbox.telegram.wire import JsonObject

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[a-zA-Z]+));?")
_LONGEST_NUMBER = 10
_Passes: TypeAlias = Callable[[str], bool]

_SPACE = " \t\r\n\v\0"
_END = "\0"


@dataclass(slots=True)
class _Open:
    name: str
    argument: str
    unix_time: int
    offset: int
    text_begin: int


def read_html(source: str) -> tuple[str, list[JsonObject]]:
    """Return the plain text and the entities of a text in Telegram's HTML.

    Refuses an unknown, unclosed or wrongly nested tag with "can't parse entities" and the byte offset.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        # The end reads as a zero, as in a C string; a zero inside would end the text early there too.
        self._source = source.replace(_END, " ") + _END
        self._position = 0
        self._text: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[JsonObject] = []

    def read(self) -> tuple[str, list[JsonObject]]:
        source, end = self._source, len(self._source) - 1
        while self._position < end:
            special = _next_special(source, self._position, end)
            self._add(source[self._position : special])
            self._position = special
            if special == end:
                break
            if source[special] == "&":
                self._reference()
            elif source[special + 1] == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return "".join(self._text), in_order(self._entities)

    def _add(self, plain: str) -> None:
        if plain:
            self._text.append(plain)
            self._offset += utf16_length(plain)

    def _reference(self) -> None:
        character, self._position = _decoded(self._source, self._position)
        self._add(character)

    def _start_tag(self) -> None:
        begin = self._position
        name_end = self._skip(begin + 1, lambda c: c not in _SPACE and c != ">")
        if self._source[name_end] == _END:
            raise self._refusal("Unclosed start tag", begin)
        name = self._source[begin + 1 : name_end].lower()
        if name not in _KINDS:
            raise self._refusal(f'Unsupported start tag "{name}"', begin)
        self._position = name_end
        argument, unix_time = "", 0
        while (attribute := self._attribute(name, begin)) is not None:
            match name, attribute:
                case "a", ("href", value):
                    argument = value
                case "code", ("class", value) if value.startswith("language-"):
                    argument = value.removeprefix("language-")
                case "span", ("class", value) if value.startswith("tg-"):
                    argument = value.removeprefix("tg-")
                case "tg-emoji", ("emoji-id", value):
                    argument = value
                case "blockquote", ("expandable", _):
                    argument = "1"
                case "tg-time", ("unix", value):
                    unix_time = int(value) if value.isdecimal() else 0
                case "tg-time", ("format", value):
                    argument = value
                case _:
                    pass
        if name == "span" and argument != "spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_Open(name, argument, unix_time, self._offset, len(self._text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str] | None:
        """Read the next attribute of a start tag, or its end (None)."""
        source = self._source
        at = self._skip(self._position, lambda c: c != _END and c in _SPACE)
        if source[at] == ">":
            self._position = at + 1
            return None
        name_end = self._skip(at, lambda c: c not in _SPACE and c not in "=>/\"'")
        name = source[at:name_end]
        if not name:
            raise self._refusal(f'Empty attribute name in the tag "{tag}"', begin)
        at = self._skip(name_end, lambda c: c != _END and c in _SPACE)
        if source[at] == _END:
            raise self._refusal(f'Unclosed start tag "{tag}"', begin)
        if source[at] != "=":
            self._position = at
            return name, ""
        at = self._skip(at + 1, lambda c: c != _END and c in _SPACE)
        if source[at] == _END:
            raise self._refusal(f'Unclosed start tag "{tag}"', begin)
        value = self._quoted(at) if source[at] in "\"'" else self._name_token(at)
        if source[self._position] == _END:
            raise self._refusal("Unclosed start tag", begin)
        return name, value

    def _name_token(self, at: int) -> str:
        end = self._skip(at, lambda c: (c.isascii() and c.isalnum()) or c in ".-")
        if self._source[end] not in _SPACE and self._source[end] != ">":
            raise self._refusal("Unexpected end of name token", at)
        self._position = end
        return self._source[at:end].lower()

    def _quoted(self, at: int) -> str:
        quote, at = self._source[at], at + 1
        value: list[str] = []
        while self._source[at] not in (quote, _END):
            character, at = _decoded(self._source, at)
            value.append(character)
        self._position = at + (self._source[at] == quote)
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self._position
        if not self._open:
            raise self._refusal("Unexpected end tag", begin)
        name_end = self._skip(begin + 1, lambda c: c not in _SPACE and c != ">")
        name = self._source[begin + 2 : name_end].lower()
        at = self._skip(name_end, lambda c: c != _END and c in _SPACE)
        if self._source[at] != ">":
            raise self._refusal("Unclosed end tag", begin)
        opened = self._open.pop()
        if name and name != opened.name:
            raise self._refusal("Unmatched end tag", begin, f', expected "</{opened.name}>", found "</{name}>"')
        self._position = at + 1
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        place: JsonObject = {"offset": opened.offset, "length": self._offset - opened.offset}
        entity: JsonObject = {"type": _KINDS[opened.name], **place}
        last = self._entities[-1] if self._entities else None
        covers_last = last is not None and (last["offset"], last["length"]) == (place["offset"], place["length"])
        match opened.name:
            case "a":
                link = link_entity(opened.argument or "".join(self._text[opened.text_begin :]))
                if link is None:
                    return
                entity = {**link, **place}
            case "tg-emoji":
                if not opened.argument.isdecimal() or not int(opened.argument):
                    raise bad_request("can't parse entities: Invalid custom emoji identifier specified")
                entity["custom_emoji_id"] = opened.argument
            case "tg-time":
                if not opened.unix_time:
                    return
                entity["unix_time"] = opened.unix_time
                if opened.argument:
                    entity["date_time_format"] = opened.argument
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "pre" if covers_last and last is not None and last["type"] == "code" and last.get("language"):
                last["type"] = "pre"
                return
            case "code" if covers_last and last is not None and last["type"] == "pre" and opened.argument:
                last["language"] = opened.argument
                return
            case "code" if opened.argument:
                entity["language"] = opened.argument
            case _:
                pass
        self._entities.append(entity)

    def _skip(self, at: int, passes: _Passes) -> int:
        while self._source[at] != _END and passes(self._source[at]):
            at += 1
        return at

    def _refusal(self, reason: str, position: int, more: str = "") -> Refusal:
        at_byte = len(self._source[:position].encode())
        return _cannot_parse(f"{reason} at byte offset {at_byte}{more}")


def _next_special(source: str, position: int, end: int) -> int:
    found = [place for mark in "<&" if (place := source.find(mark, position, end)) >= 0]
    return min(found, default=end)


def _decoded(source: str, at: int) -> tuple[str, int]:
    """Return the character at a place, a known reference decoded, and the place after it."""
    found = _REFERENCE.match(source, at) if source[at] == "&" else None
    if found is None:
        return source[at], at + 1
    if found["name"]:
        character = _NAMED.get(found["name"])
    else:
        code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
        digits_end = found.end("hex") if found["hex"] else found.end("decimal")
        is_character = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF and digits_end - at < _LONGEST_NUMBER
        character = chr(code) if is_character else None
    return (character, found.end()) if character else ("&", at + 1)


def _cannot_parse(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
