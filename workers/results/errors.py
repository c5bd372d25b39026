"""Why a vendor's result is not taken."""

from enum import StrEnum


class Fault(StrEnum):
    """Stable words for logs and metrics."""

    WRONG_TYPE = "wrong_type"
    """Neither JPEG, PNG nor WEBP."""
    UNREADABLE = "unreadable"
    """Broken or cut off."""
    ANIMATED = "animated"
    TOO_MANY_PIXELS = "too_many_pixels"


class BadResult(Exception):
    """The vendor's file is of no use; nothing of it may be stored."""

    def __init__(self, code: Fault, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        """For operators."""
