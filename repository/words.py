"""Words as the gallery's search sees them: one spelling for all, each marked with whose they are."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 100
"""Words of one text that can be found again."""
MAX_LETTERS = 40
"""Letters of a word that count."""


def words_of(text: str) -> list[str]:
    """The different words of a text, in its order: case, width, accents of ё and signs do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return list(dict.fromkeys(word[:MAX_LETTERS] for word in _WORD.findall(plain)))[:MAX_WORDS]


def marked_words(user_id: int, text: str) -> list[str]:
    """The words as they stand in "Generation".search."""
    return [f"{user_id}:{word}" for word in words_of(text)]


def search_query(user_id: int, text: str) -> str | None:
    """A tsquery for texts of this person that have every one of the words, or longer ones that begin so.

    None for a text without words. The words hold letters and digits alone, so that quoting them is enough.
    """
    words = words_of(text)
    return " & ".join(f"'{user_id}:{word}':*" for word in words) or None
