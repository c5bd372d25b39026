"""What is looked at after every step of a walk: words, limits, refusals, and how many messages came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.e2e.conftest import Message
from tests.e2e.crawler.calls import Call, broken_limits
from tests.e2e.crawler.screen import Screen
from tests.e2e.crawler.wording import faults_of

NEW_MESSAGES = 1
"""That one step may bring, beside what was ordered."""


@dataclass
class Manners:
    """Watches one chat. An order's messages come when they are ready, in whatever step that is."""

    results: set[int] = field(default_factory=set)
    """Messages that brought what was ordered, or show how it is made: they stay."""
    _shown: dict[int, str] = field(default_factory=dict)
    """What each message said when it was looked at last."""
    _orders_were_open: bool = False

    def faults_of_step(
        self, chat: Sequence[Message], calls: Sequence[Call], language: str, own_words: set[str]
    ) -> Iterator[str]:
        """What is wrong now that was not before."""
        yield from (call.refusal for call in calls if call.refusal is not None)
        ours = {message["message_id"]: message for message in chat if message["from"] == "bot"}
        shown = {number: f"{m['text']}{m['caption']}{m['buttons']}" for number, m in ours.items()}
        for number, message in ours.items():
            if self._shown.get(number) != shown[number]:
                yield from faults_of_message(message, language, own_words)
        yield from self._crowds(ours)
        self._shown = shown

    def _crowds(self, ours: dict[int, Message]) -> Iterator[str]:
        """Too many messages. What comes while something is in the making may be its result, and is not counted."""
        fresh = ours.keys() - self._shown.keys()
        self.results |= {number for number, message in ours.items() if message.get("invoice")}  # a bill is kept
        running = {number for number, message in ours.items() if offers_stop(message)}
        self.results |= running
        if running or self._orders_were_open:
            self.results |= fresh
        self._orders_were_open = bool(running)
        if len(fresh - self.results) > NEW_MESSAGES:
            yield f"{len(fresh - self.results)} new messages at once"
        menus = [m for number, m in ours.items() if m["buttons"] and number not in self.results]
        if len(menus) > 1:
            yield "two menus at once: " + " and ".join(Screen.of(menu).identity for menu in menus)


def faults_of_message(message: Message, language: str, own_words: set[str]) -> Iterator[str]:
    """What is wrong with a message as its chat shows it."""
    screen = Screen.of(message)
    yield from broken_limits(message)
    for fault in faults_of(screen.text, language, own_words):
        yield f"{fault} — on {screen.identity}"
    for choice in screen.choices:
        for fault in faults_of(choice.text, language, own_words):
            yield f"{fault} — on the button {choice.text!r} of {screen.identity}"


def offers_stop(message: Message) -> bool:
    """Whether a message shows a task that is under way."""
    return any((button.get("data") or "").startswith("stop:") for row in message["buttons"] or [] for button in row)
