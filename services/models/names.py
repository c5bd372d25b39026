"""What a personal model may be called."""

import unicodedata

from services.errors import BadModelName

MAX_NAME = 64
"""Characters."""

_JOINER = "\u200d"
"""Holds the parts of one emoji together."""


def clean_name(typed: str) -> str:
    """The name on one line without invisible characters.

    Raises BadModelName where nothing visible is left, or more than MAX_NAME characters.
    """
    on_one_line = " ".join(typed.split())
    name = "".join(
        character
        for character in on_one_line
        if character == _JOINER or not unicodedata.category(character).startswith("C")
    ).strip()
    if not 1 <= len(name) <= MAX_NAME or not any(_is_visible(character) for character in name):
        raise BadModelName(limit=MAX_NAME)
    return name


def _is_visible(character: str) -> bool:
    """Letters, digits, punctuation and symbols: what alone would be seen."""
    return unicodedata.category(character)[0] in "LNPS"
