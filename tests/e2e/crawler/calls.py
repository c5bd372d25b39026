"""The bot's calls of Telegram, and what Telegram would not have liked about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

CALLBACK_DATA_BYTES = 64
TEXT_CHARACTERS = 4096
CAPTION_CHARACTERS = 1024

HARMLESS = (
    # Who cleared the chat took the message along, and Telegram tells no bot of it.
    ("deleteMessage", "message to delete not found"),
)
"""Refusals that are no fault: method, and what the refusal says."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `time` is when it came, as a Unix time."""

    number: int
    method: str
    parameters: dict[str, Any]
    answer: dict[str, Any]
    time: float

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Call":
        """From the control API."""
        return cls(raw["id"], raw["method"], raw["parameters"], raw["answer"], raw["time"])

    @property
    def chat_id(self) -> int | None:
        """The chat it was about."""
        chat = self.parameters.get("chat_id")
        return int(chat) if chat is not None else None

    @property
    def refusal(self) -> str | None:
        """Why Telegram refused it; None where it did not, or where that is harmless."""
        if self.answer["ok"]:
            return None
        description: str = self.answer["description"]
        if any(self.method == method and words in description for method, words in HARMLESS):
            return None
        said = str(self.parameters.get("text") or self.parameters.get("caption") or "")[:60]
        return f"{self.method} was refused: {description} ({said!r})"


def reaction_time(calls: Iterable[Call], pressed_at: float, query_id: str, user_id: int) -> float | None:
    """Seconds from a press to the first thing that its person saw of it; None where nothing came."""
    seen = [
        call.time
        for call in calls
        if call.time >= pressed_at
        and (call.parameters.get("callback_query_id") == query_id or (call.chat_id == user_id and is_visible(call)))
    ]
    return min(seen) - pressed_at if seen else None


def is_visible(call: Call) -> bool:
    """Whether the person sees something of it."""
    return call.method.startswith(("send", "edit", "delete", "answer"))


def broken_limits(message: dict[str, Any]) -> Iterator[str]:
    """What about a message, as its chat shows it, is larger than Telegram takes."""
    if len(message["text"] or "") > TEXT_CHARACTERS:
        yield f"a text of {len(message['text'])} characters"
    if len(message["caption"] or "") > CAPTION_CHARACTERS:
        yield f"a caption of {len(message['caption'])} characters"
    for row in message["buttons"] or []:
        for button in row:
            size = len((button.get("data") or "").encode())
            if size > CALLBACK_DATA_BYTES:
                yield f"callback data of {size} bytes: {button['data']}"
