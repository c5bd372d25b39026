"""What a screen asks a person to write or to send, read from its words as a person reads them."""

import re

from tests.e2e.crawler.graph import Act, Way
from tests.e2e.crawler.screen import Screen

WORDS = {"en": "a red fox in the snow", "ru": "рыжая лиса в снегу"}

_PHOTO = re.compile(r"\b(?:send|add)\b.{0,30}\bphoto|(?:пришли|отправь|добавь)\w*.{0,30}фот", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(?:write|describe|type|enter|in one message)\b|\b(?:напиши|опиши|введи|одним сообщением)", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\w+:(ru|en)")


def ways_to_answer(screen: Screen, language: str) -> list[Way]:
    """What may be said or sent there."""
    ways = []
    if _PHOTO.search(screen.text):
        ways.append(Way(screen.identity, Act.SEND_PHOTO, "a photo"))
    if _WORDS.search(screen.text):
        ways.append(Way(screen.identity, Act.SAY, WORDS[language]))
    return ways


def language_of(data: str) -> str | None:
    """The language that a button chooses; None for any other button."""
    found = _LANGUAGE.fullmatch(data)
    return found[1] if found else None
