"""What must not leave a process in a line of text: the bot's token in a log, people and their words in a report."""

import re

_BOT_TOKEN = re.compile(r"(?<!\d)(\d{3,12})(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
"""In a Bot API address the word "bot" stands right before the digits, so that no word boundary does."""
_LONG_NUMBER = re.compile(r"(?<![\w-])-?\d{6,}(?![\w-])")
"""People's ids on Telegram have six digits and more. Parts of UUIDs are left alone."""
_ROW = re.compile(r"^(DETAIL|HINT|CONTEXT):.*$", re.MULTILINE)
"""Where PostgreSQL quotes the values of a row."""
_INPUT = re.compile(r"(input_value=).*?(?=, input_type=)", re.DOTALL)
"""Where pydantic quotes what it was given."""


def hide_tokens(text: str) -> str:
    """The text without bot tokens: errors of HTTP clients quote addresses, and a Bot API address holds the token."""
    return _BOT_TOKEN.sub(r"\1:***", text)


def hide_people(text: str) -> str:
    """The text without bot tokens, long numbers, and the values that PostgreSQL and pydantic quote in their errors."""
    text = _ROW.sub(r"\1: ***", _INPUT.sub(r"\1***", text))
    return _LONG_NUMBER.sub("#", hide_tokens(text))
