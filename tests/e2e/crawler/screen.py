"""A screen as its structure: the headline and the kinds of buttons, whatever ids, numbers and list items it holds."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LIST = 4
"""So many buttons of one kind on a screen are a list."""
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{32}|\d{4,}|[A-Z]{2}(?:-[0-9A-Z]{4,})+")
"""Of a row, of a task, of a receipt."""
_TOKEN = re.compile(r"[\w-]{8}")
"""What makes two screens of the same order two: the last value of a button that orders at once."""
_NUMBER = re.compile(r"-?\d+(?:[.,\u00a0\u202f ]\d+)*")
_MONTHS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\b"
)


@dataclass(frozen=True)
class Choice:
    """A button that asks the bot something."""

    text: str
    data: str
    style: str | None

    @cached_property
    def key(self) -> str:
        """What it asks, without ids: the same button of another order is the same."""
        prefix, *values = ["#" if _ID.fullmatch(part) else part for part in self.data.split(":")]
        if prefix == "enl" and _TOKEN.fullmatch(values[-1]):
            values[-1] = "#"
        return ":".join([prefix, *values])

    @cached_property
    def kind(self) -> str:
        """Its prefix and how many values it carries: the items of a list share them."""
        prefix, *values = self.data.split(":")
        return f"{prefix}:{len(values)}"

    @property
    def is_grave(self) -> bool:
        """Whether it stops, deletes or erases something: to be pressed last."""
        return self.style == "danger"


@dataclass(frozen=True)
class Screen:
    """What a message of the bot shows."""

    message_id: int
    headline: str
    has_picture: bool
    text: str
    choices: tuple[Choice, ...]

    @classmethod
    def of(cls, message: dict[str, Any]) -> "Screen":
        """Of a message in the chat's view."""
        text = message["text"] or message["caption"] or ""
        buttons = [button for row in message["buttons"] or [] for button in row]
        return cls(
            message_id=message["message_id"],
            headline=normalised(next((line for line in text.splitlines() if line.strip()), "")),
            has_picture=bool(message["photo"]),
            text=text,
            choices=tuple(
                Choice(button["text"], button["data"], button.get("style"))
                for button in buttons
                if button.get("data") is not None
            ),
        )

    @cached_property
    def identity(self) -> str:
        """The same for every screen of this structure."""
        kinds = Counter(choice.kind for choice in self.choices)
        shapes = {f"{choice.kind} …" if kinds[choice.kind] >= LIST else choice.key for choice in self.choices}
        return f"{'🖼 ' if self.has_picture else ''}{self.headline} [{', '.join(sorted(shapes))}]"

    @cached_property
    def build(self) -> str:
        """The kinds of its buttons, whatever it says: the pages behind the items of a list share it."""
        return f"{self.has_picture} {sorted({choice.kind for choice in self.choices})}"

    def choice(self, key: str) -> Choice | None:
        """The button with this key."""
        return next((choice for choice in self.choices if choice.key == key), None)


def normalised(line: str) -> str:
    """A line without what changes from person to person and day to day."""
    return _NUMBER.sub("#", _MONTHS.sub("month", line)).strip()[:80]


def screens_of(chat: list[dict[str, Any]]) -> list[Screen]:
    """What the bot shows in a chat, newest first; pictures and words without a button too."""
    return [Screen.of(message) for message in reversed(chat) if message["from"] == "bot"]
