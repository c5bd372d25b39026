"""What must not leave a process in a line of text: the bot's token in a log, people and their words in a report."""

import re

_BOT_TOKEN = re.compile(r"(?<!\d)(\d{3,12})(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
"""In a Bot API address the word "bot" stands right before the digits, so that no word boundary does."""
_GRANT = re.compile(
    r"((?:(?<![\w-])|(?<=%3F)|(?<=%26))(?:(?:x-amz-|x-goog-)?(?:signature|credential|security-token)|sig|token|key-pair-id|awsaccesskeyid)"
    r"(?:=|%3D))[^&\s\"'<>\\,;]+",
    re.IGNORECASE,
)
"""What in the query of an address lets whoever has it in: ours are signed, and so are those of vendors' storages."""
_LINK = re.compile(r"(https?://)(?:[^\s/?#\"'<>@]*@)?([^\s/?#\"'<>\\]+)[/?#][^\s\"'<>]*", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\w-])-?\d{6,}(?![\w-])")
"""People's ids on Telegram have six digits and more. Parts of UUIDs are left alone."""
_ROW = re.compile(r"^(DETAIL|HINT|CONTEXT):.*$", re.MULTILINE)
"""Where PostgreSQL quotes the values of a row."""
_INPUT = re.compile(r"(input_value=).*?(?=, input_type=)", re.DOTALL)
"""Where pydantic quotes what it was given."""


def hide_tokens(text: str) -> str:
    """The text without bot tokens and signatures of links.

    Errors of HTTP clients quote addresses: one of the Bot API holds the token. Servers note those that they were
    asked for: one of weights or a webhook holds its signature.
    """
    return _GRANT.sub(r"\1***", _BOT_TOKEN.sub(r"\1:***", text))


def hide_links(text: str) -> str:
    """The text with nothing of links but the host: a vendor's link to an archive is open to whoever knows it."""
    return _LINK.sub(r"\1\2/***", hide_tokens(text))


def hide_people(text: str) -> str:
    """The text without bot tokens, long numbers, and the values that PostgreSQL and pydantic quote in their errors."""
    text = _ROW.sub(r"\1: ***", _INPUT.sub(r"\1***", text))
    return _LONG_NUMBER.sub("#", hide_tokens(text))
