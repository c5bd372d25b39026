"""What holds whatever a person does: no refused call, no error in a log, no code for support, no broken text."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.telegram.wire import JsonObject
from tests.e2e.crawler.guest import Guest, Pressed
from tests.e2e.crawler.manners import faults_of_message
from tests.e2e.crawler.screen import Screen
from tests.e2e.crawler.wording import faults_of


@contextmanager
def answered_politely(*guests: Guest, excused: str | None = None) -> Iterator[None]:
    """Whatever is done inside brings nobody anything that must not be. excused: words of a refusal that may come."""
    house = guests[0].house
    before = house.last_call()
    house.new_error_lines()
    house.forget_pace()
    yield
    house.settle()
    refusals = [call.refusal for call in house.calls(after=before) if call.refusal is not None]
    faults = [refusal for refusal in refusals if excused is None or excused not in refusal]
    for guest in guests:
        for message in guest.chat():
            if message["from"] == "bot":
                faults += faults_of_message(message, guest.language, guest.own_words)
    faults += house.new_error_lines()
    assert not faults, "\n".join(faults)


def press_of_another_age(guest: Guest, data: str, text: str = "Menu") -> Pressed:
    """A press of a button that the bot does not offer now: it stood under an old message, or somebody made it up."""
    keyboard: JsonObject = {"inline_keyboard": [[{"text": text, "callback_data": data}]]}
    sent = guest.house.as_bot("sendMessage", chat_id=guest.user_id, text="…", reply_markup=keyboard)
    pressed = guest.presses(sent["message_id"], data)
    assert pressed.answered, f"no answer to {data!r}"
    assert list(faults_of(pressed.text or "", guest.language, guest.own_words)) == []
    return pressed


def newest(guest: Guest) -> Screen:
    """What the bot showed last."""
    return guest.screens()[0]
