"""Why a download did not come, and whether another try is worth while.

Messages name hosts, never whole addresses: a vendor's links carry their signature in the query.
"""

from enum import StrEnum


class Refusal(StrEnum):
    """Stable words for what we will not take, however often it is offered."""

    ADDRESS = "address"
    """Not a plain URL, or it leads into a private network."""
    SCHEME = "scheme"
    """Neither https nor http to a configured vendor."""
    CREDENTIALS = "credentials"
    """A name or password in the URL."""
    REDIRECT = "redirect"
    """Too many redirects, or one that leads nowhere."""
    STATUS = "status"
    """An HTTP status that stays, such as 403 or 410."""
    TOO_LARGE = "too_large"
    ENCODED = "encoded"
    """Compressed on the wire, though plain bytes were asked for."""
    WRONG_TYPE = "wrong_type"
    EMPTY = "empty"


class Failure(StrEnum):
    """Stable words for what may pass."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    STATUS = "status"
    """5xx, 429 and their like; 404 too, since a fresh result may not have reached every edge of a vendor's network."""


class DownloadError(Exception):
    """A download that did not come."""

    code: StrEnum

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        """For operators."""


class DownloadRefused(DownloadError):
    """Final: asking again brings the same."""

    def __init__(self, code: Refusal, message: str) -> None:
        super().__init__(message)
        self.code: Refusal = code


class DownloadFailed(DownloadError):
    """Passing: worth another try later."""

    def __init__(self, code: Failure, message: str) -> None:
        super().__init__(message)
        self.code: Failure = code
