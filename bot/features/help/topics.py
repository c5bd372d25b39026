"""What there is to read about."""

from enum import StrEnum


class Topic(StrEnum):
    """A page of the help."""

    PHOTOS = "photos"
    STYLES = "styles"
    WORDS = "words"
    MODELS = "models"
    PACKS = "packs"
    SOLIDS = "solids"
    TOKENS = "tokens"
    PRIVACY = "privacy"
    PROBLEMS = "problems"
