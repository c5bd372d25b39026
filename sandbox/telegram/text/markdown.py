"""MarkdownV2 and the older Markdown, read as TDLib's `parse_markdown_v2` and `parse_markdown` read them."""

import re
from dataclasses import dataclass

from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.text.entities import in_order, link_entity, utf16_length
from sandbox.telegram.wire import JsonObject

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_MARKS = {
    "bold": "*",
    "italic": "_",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
}
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_NEW_LINE = re.compile(r"\r\n|\n\r|\n|\r")
_EMOJI_LINK = re.compile(r"tg:(?://)?emoji/?\?id=(\d+)")
_TIME_LINK = re.compile(r"tg:(?://)?time/?\?unix=(\d+)(?:&format=([a-zA-Z]+))?")


@dataclass(slots=True)
class _Open:
    kind: str
    at: int
    offset: int
    text_begin: int
    language: str = ""


def read_markdown_v2(source: str) -> tuple[str, list[JsonObject]]:
    """Return the plain text and the entities of a text in MarkdownV2.

    Refuses an unescaped reserved character or an entity without end with "can't parse entities".
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[JsonObject] = []
        self._may_quote = True

    def read(self) -> tuple[str, list[JsonObject]]:
        source = self._source
        while self._at < len(source):
            character = source[self._at]
            following = source[self._at + 1 : self._at + 2]
            if character == "\\" and following and 0 < ord(following) <= 126:
                self._at += 2
                self._put(following)
            elif character not in self._reserved():
                self._at += 1
                self._put(character)
            elif self._ends_here():
                self._end()
            else:
                self._begin()
        self._end_quote_at_the_end()
        if self._open:
            raise self._without_end(self._open[-1])
        return "".join(self._text), in_order(self._entities)

    def _put(self, character: str) -> None:
        self._text.append(character)
        self._offset += utf16_length(character)
        if character != "\r":
            self._may_quote = character == "\n"

    def _reserved(self) -> frozenset[str]:
        inside_code = bool(self._open) and self._open[-1].kind in ("code", "pre")
        return frozenset("`") if inside_code else _RESERVED

    def _quotes(self) -> bool:
        return any(opened.kind == "blockquote" for opened in self._open)

    def _ends_here(self) -> bool:
        if not self._open:
            return False
        source, at = self._source, self._at
        if self._quotes() and source[at] == "\n" and source[at + 1 : at + 2] != ">":
            return True
        kind = self._open[-1].kind
        if kind == "italic":
            return source[at] == "_" and source[at + 1 : at + 2] != "_"
        return kind in _MARKS and source.startswith(_MARKS[kind], at)

    def _begin(self) -> None:
        source, at = self._source, self._at
        if source[at] == "\n":
            self._at += 1
            self._put("\n")
            self._may_quote = True
            return
        if source[at] == ">" and self._may_quote and self._quotes():
            self._at += 1
            return
        kind, mark = self._opening(source[at])
        opened = _Open(kind, at, self._offset, len(self._text))
        self._at += len(mark)
        if kind == "pre":
            if language := _LANGUAGE.match(source, self._at):
                opened.language = language[1]
                self._at = language.end()
            if line := _NEW_LINE.match(source, self._at):
                self._at = line.end()
        self._open.append(opened)

    def _opening(self, character: str) -> tuple[str, str]:
        source, at = self._source, self._at
        for kind, mark in (
            ("underline", "__"),
            ("italic", "_"),
            ("bold", "*"),
            ("strikethrough", "~"),
            ("spoiler", "||"),
            ("text_link", "["),
            ("pre", "```"),
            ("code", "`"),
            ("custom_emoji", "!["),
        ):
            if source.startswith(mark, at):
                return kind, mark
        if character == ">" and self._may_quote:
            return "blockquote", ">"
        raise _cannot_parse(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")

    def _end(self) -> None:
        opened = self._open[-1]
        if self._source[self._at] == "\n" and self._quotes():
            self._end_quote(opened)
            return
        self._at += len(_MARKS[opened.kind])
        entity: JsonObject | None = {"type": opened.kind}
        match opened.kind:
            case "text_link":
                entity = link_entity(self._link() if self._source.startswith("(", self._at) else self._since(opened))
            case "custom_emoji":
                entity = self._emoji_or_time()
            case "pre" if opened.language:
                entity = {"type": "pre", "language": opened.language}
            case _:
                pass
        self._open.pop()
        if entity is not None:
            self._keep(entity, opened)

    def _end_quote(self, opened: _Open) -> None:
        """End a quotation at the end of its last line; `||` right before makes it expandable."""
        kind = "blockquote"
        if opened.kind == "spoiler" and self._source[opened.at :].startswith("||") and opened.at == self._at - 2:
            self._open.pop()
            kind, opened = "expandable_blockquote", self._open[-1]
        if opened.kind != "blockquote":
            raise self._without_end(opened)
        self._open.pop()
        self._at += 1
        self._put("\n")
        self._may_quote = True
        self._keep({"type": kind}, opened)

    def _end_quote_at_the_end(self) -> None:
        if not self._quotes():
            return
        kind = "blockquote"
        if self._open[-1].kind == "spoiler" and self._open[-1].at == len(self._source) - 2:
            self._open.pop()
            kind = "expandable_blockquote"
        if self._open[-1].kind == "blockquote":
            self._keep({"type": kind}, self._open.pop())

    def _keep(self, entity: JsonObject, opened: _Open) -> None:
        if length := self._offset - opened.offset:
            self._entities.append({**entity, "offset": opened.offset, "length": length})

    def _since(self, opened: _Open) -> str:
        return "".join(self._text[opened.text_begin :])

    def _link(self) -> str:
        """Read the address in brackets."""
        begin = self._at = self._at + 1
        address: list[str] = []
        while self._at < len(self._source) and self._source[self._at] != ")":
            following = self._source[self._at + 1 : self._at + 2]
            self._at += self._source[self._at] == "\\" and bool(following) and 0 < ord(following) <= 126
            address.append(self._source[self._at])
            self._at += 1
        if self._at == len(self._source):
            raise _cannot_parse(f"Can't find end of a URL at byte offset {self._byte(begin)}")
        self._at += 1
        return "".join(address)

    def _emoji_or_time(self) -> JsonObject:
        if not self._source.startswith("(", self._at):
            raise _cannot_parse("The entity must contain a tg://emoji or tg://time URL")
        address = self._link()
        if emoji := _EMOJI_LINK.fullmatch(address):
            return {"type": "custom_emoji", "custom_emoji_id": emoji[1]}
        if moment := _TIME_LINK.fullmatch(address):
            shown: JsonObject = {"date_time_format": moment[2]} if moment[2] else {}
            return {"type": "date_time", "unix_time": int(moment[1]), **shown}
        raise _cannot_parse("Invalid tg://emoji or tg://time URL specified")

    def _without_end(self, opened: _Open) -> Refusal:
        name = "PreCode" if opened.language else _NAMES[opened.kind]
        return _cannot_parse(f"Can't find end of {name} entity at byte offset {self._byte(opened.at)}")

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode())


_OLD_KINDS = {"_": "italic", "*": "bold", "`": "code", "[": "text_link"}


def read_markdown(source: str) -> tuple[str, list[JsonObject]]:
    """Return the plain text and the entities of a text in the older Markdown, which does not nest."""
    text: list[str] = []
    entities: list[JsonObject] = []
    offset = at = 0
    while at < len(source):
        character = source[at]
        if character == "\\" and source[at + 1 : at + 2] in tuple("_*`["):
            text.append(source[at + 1])
            offset, at = offset + 1, at + 2
            continue
        if character not in _OLD_KINDS:
            text.append(character)
            offset, at = offset + utf16_length(character), at + 1
            continue
        begin, kind = at, _OLD_KINDS[character]
        entity: JsonObject | None = {"type": kind}
        mark = "```" if source.startswith("```", at) else "]" if character == "[" else character
        at += 1 if mark == "]" else len(mark)
        if mark == "```":
            entity = {"type": "pre"}
            if language := _LANGUAGE.match(source, at):
                entity["language"], at = language[1], language.end()
            if line := _NEW_LINE.match(source, at):
                at = line.end()
        end = source.find(mark, at)
        if end < 0:
            at_byte = len(source[:begin].encode())
            raise _cannot_parse(f"Can't find end of the entity starting at byte offset {at_byte}")
        inside, at = source[at:end], end + len(mark)
        if mark == "]":
            address = inside
            if source.startswith("(", at):
                close = source.find(")", at)
                address, at = source[at + 1 : None if close < 0 else close], len(source) if close < 0 else close + 1
            entity = link_entity(address)
        if inside and entity is not None:
            entities.append({**entity, "offset": offset, "length": utf16_length(inside)})
        text.append(inside)
        offset += utf16_length(inside)
    return "".join(text), in_order(entities)


def _cannot_parse(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")
