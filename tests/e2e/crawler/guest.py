"""Somebody in front of the chat, with everything that a person's hands can do there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.conftest import Message, Person
from tests.e2e.crawler.calls import Call, reaction_time
from tests.e2e.crawler.house import WatchedHouse
from tests.e2e.crawler.screen import Choice, Screen, screens_of

ANSWER_WITHIN = 3.0
"""Seconds that a press may wait for its answer."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a press. `reaction` is in seconds, None where nothing was seen of it."""

    answered: bool
    text: str | None
    calls: list[Call]
    reaction: float | None


@dataclass
class Guest(Person):
    """A person of one language, in a house that is watched."""

    house: WatchedHouse
    language: str
    own_words: set[str] = field(default_factory=set)
    """What they said and are called: it may come back on any screen."""
    results: set[int] = field(default_factory=set)
    """Messages that were there when an order had come: they stay."""

    @classmethod
    def arrive(cls, house: WatchedHouse, language: str = "en", name: str = "Eileen") -> "Guest":
        """Somebody whom nobody knows yet."""
        answer = house.client.post("/sim/users", json={"first_name": name, "language_code": language})
        return cls(house.client, answer.raise_for_status().json()["id"], house, language, {name})

    def says(self, text: str) -> "Guest":
        """Write, and wait until the bot has handled it."""
        if not text.startswith("/"):
            self.own_words.add(text)
        self.say(text)
        self.house.settle()
        return self

    def sends(self, *photos: bytes, caption: str | None = None) -> "Guest":
        """Send photos, as an album where they are several, and wait until the bot has handled them."""
        if caption:
            self.own_words.add(caption)
        self.send_photos(*photos, caption=caption)
        self.house.settle()
        return self

    def presses(self, message_id: int, data: str) -> Pressed:
        """Press a button, by its data, and wait until the bot has handled it."""
        before = self.house.newest_call
        pressed_at = time.time()
        answer = self._post("press", json={"message_id": message_id, "data": data, "timeout": ANSWER_WITHIN}).json()
        self.house.settle()
        calls = self.house.calls(after=before)
        reaction = reaction_time(calls, pressed_at, answer["callback_query_id"], self.user_id)
        return Pressed(answer["answered"], answer["text"], calls, reaction)

    def taps(self, message_id: int, data: str) -> None:
        """Press without waiting for what comes of it; a message that is gone or shows other buttons takes no press."""
        body = {"message_id": message_id, "data": data, "timeout": ANSWER_WITHIN}
        self.client.post(f"/sim/users/{self.user_id}/press", json=body)

    def presses_first(self, prefix: str) -> Pressed:
        """Press the newest button whose data begins so."""
        screen, choice = self.offered(prefix)
        return self.presses(screen.message_id, choice.data)

    def offered(self, prefix: str) -> tuple[Screen, Choice]:
        """The newest button whose data begins so, once there is one."""

        def newest(chat: list[Message]) -> tuple[Screen, Choice] | None:
            found = (
                (screen, choice)
                for screen in screens_of(chat)
                for choice in screen.choices
                if choice.data.startswith(prefix)
            )
            return next(found, None)

        shown: tuple[Screen, Choice] = self.wait_for(newest, f"a button {prefix}")
        return shown

    def offers(self, prefix: str) -> list[Choice]:
        """Every button now in the chat whose data begins so."""
        return [c for screen in self.screens() for c in screen.choices if c.data.startswith(prefix)]

    def screens(self) -> list[Screen]:
        """What the bot shows, newest first."""
        return screens_of(self.chat())

    def orders(self, words: str, pictures: int = 1) -> "Guest":
        """From words to an order that is under way."""
        self.says(words)
        if self.offers("card:"):
            self.presses_first("card:")
        if pictures > 1:
            self.presses_first(f"num:{self.offered('make:')[1].data.split(':')[1]}:{pictures}")
        self.presses_first("make:")
        return self

    def waits_for_pictures(self, pictures: int) -> list[Message]:
        """Until so many have come, and nothing is in the making."""
        self.wait_for(lambda _: len(self.pictures()) >= pictures and not self.offers("stop:"), f"{pictures} pictures")
        self.results |= {message["message_id"] for message in self.chat()}
        return self.pictures()

    def commands(self) -> list[tuple[str, str]]:
        """What the list beside the input field offers, with its descriptions."""
        return [(f"/{each['command']}", each["description"]) for each in self._get()["bot"]["commands"]]

    def tokens(self) -> tuple[int, int, int]:
        """Left, set aside and spent, as the database has it."""
        (row,) = self.house.rows(
            """SELECT tokens_left, tokens_held, tokens_spent FROM "User" WHERE user_id = $1""", self.user_id
        )
        return row["tokens_left"], row["tokens_held"], row["tokens_spent"]

    def does(self, action: str, **request: Any) -> "Guest":
        """Another action of the control API ("" is the person themselves), until the bot has handled it."""
        answer = self.client.post(f"/sim/users/{self.user_id}/{action}".rstrip("/"), **request)
        assert answer.is_success, answer.text
        self.house.settle()
        return self

    def wait_until_shown(self, so: Callable[[list[Screen]], Any], what: str) -> Any:
        """The first true answer over what the bot shows."""
        return self.wait_for(lambda chat: so(screens_of(chat)), what)
