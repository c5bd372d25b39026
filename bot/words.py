"""What people write: cleaned for an order, shortened for a screen."""

import unicodedata

MAX_WORDS = 1000
"""Characters of a description; services.drafts.drafts takes no more."""
MAX_SHOWN = 300
"""Characters of it that a caption shows."""

_ZERO_WIDTH_JOINER = "\u200d"
"""Holds the parts of one emoji together."""


def clean_words(text: str) -> str:
    """A description on one line without invisible characters; empty where there is no letter and no digit in it."""
    on_one_line = " ".join(text.split())
    visible = "".join(
        character
        for character in on_one_line
        if character == _ZERO_WIDTH_JOINER or not unicodedata.category(character).startswith("C")
    )
    return visible if any(character.isalnum() for character in visible) else ""


def shorten(words: str, limit: int = MAX_SHOWN) -> str:
    """The words as far as they fit. The limit is counted as Telegram counts: most emoji are two."""
    if telegram_length(words) <= limit:
        return words
    taken = 0
    for place, character in enumerate(words):
        taken += telegram_length(character)
        if taken >= limit:
            return f"{words[:place].rstrip()}…"
    return words


def telegram_length(text: str) -> int:
    """Characters as Telegram's limits count them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
