"""What there is to read about."""

from enum import StrEnum


class Topic(StrEnum):
    """A page of the help."""

    PHOTOS = "photos"
    STYLES = "styles"
    WORDS = "words"
    TOKENS = "tokens"
    PACKS = "packs"
    SOLIDS = "solids"
    PRIVACY = "privacy"
    PROBLEMS = "problems"
