"""People who order pictures in the chat while everything around them breaks, and what they remember of it."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx

from services.drafts.pack_drafts import PackDraft
from tests.e2e.conftest import Message, Person

STEP_PATIENCE = 12.0
"""Seconds that somebody waits for an answer before they begin anew."""
TRIES = 4
"""Times that somebody begins anew before they give an order up."""
WORDS = ("a fox", "a lighthouse", "a violin", "an old tram", "a heron", "a red tent", "a chess board", "a harbour")

Found = TypeVar("Found")

UNHEARD = (httpx.HTTPError, AssertionError)
"""What a person sees of a press or a word that the chat did not take: the button is gone, or the bot is blocked."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An order as somebody wants it."""

    words: str
    """Unique: they tell cards apart."""
    pictures: int = 1
    from_photo: bool = False
    presses: int = 1
    """Of Make, side by side."""
    stops_after: float | None = None
    """Seconds between Make and Stop; None lets it be made."""
    is_pack: bool = False
    """A theme of many photos, as its card offers it."""

    @classmethod
    def drawn(cls, rng: random.Random, name: str, number: int) -> "Wish":
        """A wish like those of real people, now and then impatient."""
        return cls(
            words=f"{rng.choice(WORDS)} {name}-{number:02}",
            pictures=rng.choice((1, 1, 1, 2, 3, 4)),
            from_photo=rng.random() < 0.3,
            presses=2 if rng.random() < 0.25 else 1,
            stops_after=rng.uniform(0, 2) if rng.random() < 0.12 else None,
        )


@dataclass
class Customer:
    """Somebody with wishes. Whatever they did stands in `pressed` and `excused`, for the reckoning at the end."""

    person: Person
    name: str
    selfie: bytes
    pressed: dict[int, Wish] = field(default_factory=dict)
    """By draft id: every card whose Make was pressed, and taken by the chat."""
    excused: bool = False
    """They blocked the bot: nothing can be promised to them."""
    deleted: set[UUID] = field(default_factory=set)
    """The tasks whose pictures they deleted."""

    @property
    def user_id(self) -> int:
        """Telegram's id."""
        return self.person.user_id

    def greet(self) -> None:
        """The first word; returns when the bot has answered."""
        self.person.say("/start")
        self.person.wait_for_text("Hello")

    def order(self, wish: Wish) -> bool:
        """Say what is wanted and press Make, beginning anew where no answer comes; False: given up."""
        for _ in range(TRIES):
            card = self.compose(wish)
            if card is not None and self.make(wish, card):
                if wish.stops_after is not None:
                    threading.Event().wait(wish.stops_after)
                    self.stop()
                return True
        return False

    def stop(self) -> bool:
        """Press the newest Stop there is; False where there is none, or it has gone."""
        found = self.look_for(lambda chat: newest_button(chat, "stop:"), 3)
        return found is not None and self.press(*found)

    def block_for(self, seconds: float) -> None:
        """Block the bot for a while; promises to this person end here."""
        self.excused = True
        self.person.block()
        threading.Event().wait(seconds)
        self.person.block(False)

    def look_for(self, wanted: Callable[[list[Message]], Found | None], seconds: float = STEP_PATIENCE) -> Found | None:
        """The first true answer over the chat, or None where it does not come in time."""
        give_up_at = time.monotonic() + seconds
        view = self._view()
        while not (found := wanted(view["messages"])):
            left = give_up_at - time.monotonic()
            if left <= 0:
                return None
            view = self._view(after=view["version"], timeout=min(left, 2))
        return found

    def compose(self, wish: Wish) -> tuple[Message, str] | None:
        """From words, or a photo with words, to a card that shows the wish; None where the bot keeps silent."""
        try:
            if wish.from_photo:
                self.person.send_photos(self.selfie, caption=wish.words)
            else:
                self.person.say(wish.words)
        except UNHEARD:
            return None
        card = self.look_for(lambda chat: card_of(chat, wish.words) or offer_of(chat, wish.words))
        if card is not None and card[1].startswith("card:"):  # "Shall I make a picture of this?" comes before the card
            self.press(*card)
            card = self.look_for(lambda chat: card_of(chat, wish.words))
        if card is None or wish.pictures == 1:
            return card
        message, make = card
        if not self.press(message, f"num:{make.split(':')[1]}:{wish.pictures}"):
            return None
        return self.look_for(lambda chat: card_of(chat, wish.words, wish.pictures))

    def compose_pack(self) -> tuple[Message, str] | None:
        """From the themes over a photo to the card of a pack; None where the bot keeps silent."""
        try:
            self.person.say("/pack")
            theme = self.look_for(lambda chat: newest_button(chat, "theme:"))
            if theme is None or not self.press(*theme):
                return None
            if self.look_for(lambda chat: newest_button(chat, "pnum:")) is None:
                return None
            self.person.send_photos(self.selfie)
        except UNHEARD:
            return None
        return self.look_for(lambda chat: newest_button(chat, "pmake:"))

    def make(self, wish: Wish, card: tuple[Message, str]) -> bool:
        """Press Make, as often as wished, and wait until something happens; False: nothing was heard of it."""
        message, data = card
        draft_id = int(data.split(":")[1])
        presses = [threading.Thread(target=self._press_make, args=(wish, draft_id, card)) for _ in range(wish.presses)]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        if draft_id not in self.pressed:
            return False
        self.look_for(lambda chat: not is_shown(chat, message["message_id"], data) or None)
        return True

    def _press_make(self, wish: Wish, draft_id: int, card: tuple[Message, str]) -> None:
        if self.press(*card):
            self.pressed[draft_id] = wish

    def press(self, message: Message, data: str) -> bool:
        """Press a button; True: the chat took it, whatever the bot says."""
        try:
            answer = self.person.client.post(
                f"/sim/users/{self.user_id}/press",
                json={"message_id": message["message_id"], "data": data, "timeout": 1.0},
            )
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _view(self, **parameters: Any) -> dict[str, Any]:
        answer = self.person.client.get(f"/sim/users/{self.user_id}/chat", params=parameters)
        view: dict[str, Any] = answer.raise_for_status().json()
        return view


def newest_button(chat: list[Message], prefix: str, words: str = "") -> tuple[Message, str] | None:
    """The newest message of the bot with these words that has a button of this kind, and the button's data."""
    for message in reversed(chat):
        if message["from"] != "bot" or words not in (message["text"] or message["caption"] or ""):
            continue
        for row in message["buttons"] or []:
            for button in row:
                if (button.get("data") or "").startswith(prefix):
                    return message, button["data"]
    return None


def card_of(chat: list[Message], words: str, pictures: int | None = None) -> tuple[Message, str] | None:
    """The card of a wish and its Make button; pictures: only once it shows this many."""
    found = newest_button(chat, "make:", words)
    if found is None or pictures is None:
        return found
    chosen = [button["text"] for row in found[0]["buttons"] for button in row if "✅" in button["text"]]
    return found if any(text.endswith(f" {pictures}") for text in chosen) else None


def offer_of(chat: list[Message], words: str) -> tuple[Message, str] | None:
    """The question whether the words are meant as a picture, and its Yes."""
    return newest_button(chat, "card:", words)


def is_shown(chat: list[Message], message_id: int, data: str) -> bool:
    """Whether a message still offers a button."""
    return any(
        button.get("data") == data
        for message in chat
        if message["message_id"] == message_id
        for row in message["buttons"] or []
        for button in row
    )


def key_of(draft_id: int, wish: Wish) -> str:
    """The idempotency key under which a draft is ordered."""
    return f"{PackDraft.KEY_PREFIX if wish.is_pack else 'draft:'}{draft_id}"


def is_card(message: Message) -> bool:
    """Whether a message offers to make something: its picture is the person's own, or a style's."""
    buttons = [button for row in message["buttons"] or [] for button in row]
    return any((button.get("data") or "").startswith(("make:", "pmake:")) for button in buttons)


def all_stops(chat: list[Message]) -> dict[int, UUID]:
    """The task that a message offers to stop, by message id."""
    return {
        message["message_id"]: UUID(button["data"].split(":")[1])
        for message in chat
        for row in message["buttons"] or []
        for button in row
        if (button.get("data") or "").startswith("stop:")
    }
