"""What a person must never read: raw keys, remains of code, and words of another language."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from tests.conftest import ROOT

NAMES_IN_RUSSIAN = frozenset(
    {"dream", "photo", "heic", "jpeg", "jpg", "png", "webp", "zip", "telegram", "english", "stars", "glb", "d"}
)
"""Latin words that a Russian screen may hold, in lower case. `d` is what is left of 3D."""
NAMES_IN_ENGLISH = frozenset({"русский"})
"""Cyrillic words that an English screen may hold."""

_REMAINS = {
    "a placeholder": re.compile(r"\{|\}"),
    "a value of Python's": re.compile(r"\b(?:None|True|False|nan|inf|NaN)\b"),
    "a representation of Python's": re.compile(
        r"<[\w.]+ (?:object )?at 0x|\b[A-Za-z_]\w*\([a-z_]+=|\b(?:datetime|UUID|Decimal)\b[.(]|Traceback|\['|\('"
    ),
    "raw HTML": re.compile(
        r"</?(?:b|i|u|s|a|code|pre|em|strong|blockquote|br|tg-\w+|span)\b[^>]*>|&(?:lt|gt|amp|quot|#\d+);"
    ),
    "a name out of code": re.compile(r"(?<![/@\w.])[a-z]+(?:_[a-z]+)+\b"),
}
_SUPPORT_CODE = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8}\b")
_RECEIPT = re.compile(r"\b[A-Z]{2}(?:-[0-9A-Z]{4,})+\b")
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]+")
_LINK = re.compile(r"https?://\S+|\bt\.me/\S+|@\w+")
_LATIN = re.compile(r"[A-Za-z]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]+")
_KEY_LINE = re.compile(r"^([a-z][\w-]*) *=", re.MULTILINE)
_KEY_LIKE = re.compile(r"(?<![\w/-])[a-z]+(?:-[a-z_]+)+(?![\w-])")


def faults_of(text: str, language: str, own_words: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with a text that is shown in a language; own_words are the person's, and may be anything."""
    for words in sorted(own_words, key=len, reverse=True):
        text = text.replace(words, " ")
    text = _RECEIPT.sub(" ", _LINK.sub(" ", text))
    if _SUPPORT_CODE.search(text):
        yield "a code for support"
        text = _SUPPORT_CODE.sub(" ", text)
    for key in _KEY_LIKE.findall(text):
        if key in text_keys():
            yield f"a raw key: {key}"
    for what, pattern in _REMAINS.items():
        found = pattern.search(text)
        if found is not None:
            yield f"{what}: {found[0]}"
    text = _COMMAND.sub(" ", text)
    for word in foreign_words(text, language):
        yield f"a word of another language: {word}"


def foreign_words(text: str, language: str) -> list[str]:
    """The words that do not belong to a language."""
    if language == "ru":
        return [word for word in _LATIN.findall(text) if word.lower() not in NAMES_IN_RUSSIAN]
    return [word for word in _CYRILLIC.findall(text) if word.lower() not in NAMES_IN_ENGLISH]


def commands_in(text: str) -> list[str]:
    """The commands that a text speaks of."""
    return _COMMAND.findall(text)


@cache
def text_keys() -> frozenset[str]:
    """Every key of the bot's texts."""
    files = (ROOT / "bot" / "locales").glob("*/*.ftl")
    return frozenset(key for file in files for key in _KEY_LINE.findall(file.read_text(encoding="utf-8")))
