"""One photo, all the way: what a newcomer does in the chat, through the real processes."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

WELCOME = 30
PRICE = 5


def first_style(message):
    """The first style on offer on a shelf."""
    return next(b["text"] for row in message["buttons"] for b in row if b.get("data", "").startswith("st:"))


def compose(person, selfie, number=1, style=None):
    """From a photo to a card with this many pictures; returns the card."""
    person.send_photos(selfie)
    person.press(person.wait_for_text("Choose a style", "Open a section"), "Portrait")
    shelf = person.wait_for_text("Choose a style by its button")
    person.press(shelf, style or first_style(shelf))
    card = person.wait_for_text("Your picture", "Price")
    if number > 1:
        person.press(card, str(number))
        card = person.wait_for_text("Your picture", f"{number * PRICE} tokens")
    return card


def balance_of(person):
    """Tokens left, as the person is told."""
    text = person.wait_for_text("Available", after=person.say("/balance"))["text"]
    return int(text.split("Available:")[1].split()[0])


def finished(person, pictures):
    """The closing message of an order whose pictures have all come."""
    person.wait_for(lambda _: len(person.pictures()) >= pictures, f"{pictures} pictures")
    return person.wait_for_text("charged")


def test_a_selfie_becomes_a_picture_and_is_charged_once(new_person, selfie, house):
    person = new_person()
    person.say("/start")
    assert "30 tokens" in person.wait_for_text("Hello, Eileen")["text"]
    person.press(compose(person, selfie), "Make")
    ending = finished(person, pictures=1)
    assert "5 tokens charged" in ending["caption"]
    assert "25 left" in ending["caption"]
    (picture,) = person.pictures()
    assert (picture["photo"]["width"], picture["photo"]["height"]) == (1024, 1024)
    person.wait_for(
        lambda chat: not [message for message in chat if "Making it" in (message["text"] or "")],
        "the end of the progress message",
    )
    assert balance_of(person) == WELCOME - PRICE


def test_several_pictures_come_as_one_album(new_person, selfie):
    person = new_person()
    person.say("/start")
    person.press(compose(person, selfie, number=4), "Make")
    finished(person, pictures=4)
    assert len({picture["media_group_id"] for picture in person.pictures()}) == 1
    assert balance_of(person) == WELCOME - 4 * PRICE


def test_words_alone_make_a_picture_too(new_person):
    person = new_person()
    person.say("/generate")
    person.press(person.wait_for_button("just words"), "just words")
    person.wait_for_text("Describe the picture")
    person.say("a fox in the snow")
    person.press(person.wait_for_button("Make ·"), "Make ·")
    finished(person, pictures=1)


def test_a_second_press_of_make_makes_no_second_task(new_person, selfie):
    person = new_person()
    person.say("/start")
    card = compose(person, selfie)
    with ThreadPoolExecutor() as presses:
        list(
            presses.map(
                lambda _: person.client.post(
                    f"/sim/users/{person.user_id}/press",
                    json={"message_id": card["message_id"], "data": _make_data(card)},
                ),
                range(4),
            )
        )
    finished(person, pictures=1)
    assert balance_of(person) == WELCOME - PRICE
    assert len(person.pictures()) == 1


def _make_data(card):
    return next(b["data"] for row in card["buttons"] for b in row if "Make" in b["text"])


def test_too_few_tokens_are_said_before_anything_is_made(new_person, selfie):
    person = new_person()
    person.say("/start")
    person.press(compose(person, selfie, number=4), "Make")
    finished(person, pictures=4)
    card = compose(person, selfie, number=4)
    answer = person.press(card, "Make")
    assert "10 more tokens" in answer["text"]
    assert balance_of(person) == WELCOME - 4 * PRICE
    assert len(person.pictures()) == 4


def test_a_stop_gives_the_tokens_back(new_person, selfie, house):
    person = new_person()
    person.say("/start")
    card = compose(person, selfie, number=2)
    worker = house.pid_of("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        person.press(card, "Make")
        progress = person.wait_for_button("Stop")
        assert balance_of(person) == WELCOME - 2 * PRICE
        answer = person.press(progress, "Stop")
        assert "10 tokens are back" in answer["text"]
    finally:
        os.kill(worker, signal.SIGCONT)
    person.wait_for_text("Stopped", "10 tokens are back")
    assert balance_of(person) == WELCOME
    assert person.pictures() == []


def test_the_history_shows_what_was_made(new_person, selfie):
    person = new_person()
    person.say("/history")
    person.wait_for_text("Nothing here yet")
    person.press(compose(person, selfie, number=2), "Make")
    finished(person, pictures=2)
    person.say("/history")
    shown = person.wait_for_button("Older")
    person.press(shown, "Older")
    turned = person.wait_for_button("Newer")
    assert turned["message_id"] == shown["message_id"]
    assert turned["photo"]["file_id"] != shown["photo"]["file_id"]


def test_the_language_follows_telegram_and_can_be_changed(new_person):
    person = new_person(language="ru")
    person.say("/start")
    person.wait_for_text("токен")
    person.say("/settings")
    person.press(person.wait_for_button("English"), "English")
    person.say("/balance")
    person.wait_for_text("Your balance")


def test_a_worker_killed_in_the_middle_costs_neither_picture_nor_token(new_person, selfie, house):
    person = new_person()
    person.say("/start")
    card = compose(person, selfie, number=4)
    worker = house.pid_of("worker")
    with house.log_lines("worker") as lines:
        person.press(card, "Make")
        claimed = next(line for line in lines if "task.claimed" in line)
        os.kill(worker, signal.SIGKILL)  # four pictures take seconds: this is in the middle
    task_id = claimed.split("task_id=")[1].split()[0]
    finished(person, pictures=4)
    assert "task.lease_lost" in house.log("worker").split(task_id, 1)[1]
    assert len(person.pictures()) == 4
    assert balance_of(person) == WELCOME - 4 * PRICE


def test_a_bot_killed_while_somebody_waits_still_brings_the_picture(new_person, selfie, house):
    person = new_person()
    person.say("/start")
    card = compose(person, selfie)
    person.press(card, "Make")
    os.kill(house.pid_of("bot"), signal.SIGKILL)
    finished(person, pictures=1)
    assert balance_of(person) == WELCOME - PRICE


def test_the_api_answers_while_all_of_this_goes_on(house):
    health = httpx.get(f"{house.api_url}/health").json()
    assert (health["status"], health["database"], health["redis"]) == ("healthy", True, True)
    assert health["runware_connected"] is False
    assert httpx.get(f"{house.api_url}/ready").status_code == 200
    assert "swagger" in httpx.get(f"{house.api_url}/docs").text.lower()
    assert "dreamphoto" in httpx.get(f"{house.api_url}/metrics").text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_command_is_answered(new_person, language):
    person = new_person(language=language)
    for command in ("/start", "/help", "/balance", "/settings", "/generate", "/history", "/cancel", "/nonsense", "??"):
        before = {message["message_id"]: message["text"] for message in person.chat() if message["from"] == "bot"}
        person.say(command)
        person.wait_for(
            lambda chat, before=before: any(
                before.get(message["message_id"]) != message["text"] for message in chat if message["from"] == "bot"
            ),
            f"an answer to {command}",
        )
