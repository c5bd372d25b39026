"""Photos for a model through the real processes and the real eyes: albums side by side, files, a bot that is killed."""

import io
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageEnhance
from skimage.data import astronaut, coffee

from tests.conftest import ROOT


def shot(place: int) -> bytes:
    """The same woman, turned and cut a little differently each time."""
    face = Image.fromarray(astronaut()).crop((90 + place * 4, place * 2, 400 + place * 3, 330 + place))
    face = face.rotate(place % 5 - 2, Image.Resampling.BICUBIC).resize((800, 800), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    ImageEnhance.Color(face).enhance(0.8 + place % 4 / 10).save(out, "JPEG", quality=92)
    return out.getvalue()


def without_face() -> bytes:
    out = io.BytesIO()
    Image.fromarray(coffee()).resize((900, 700)).save(out, "JPEG")
    return out.getvalue()


def numbers_of(card) -> tuple[int, int]:
    """Photos on a card, and how many of them have a verdict."""
    text = card["text"]
    photos = int(re.search(r"(\d+) photo", text)[1])
    verdicts = sum(int(number) for number in re.findall(r"(\d+) (?:good|will not do)\b", text.split("\n\n")[1]))
    return photos, verdicts


def begin(person) -> None:
    person.say("/train")
    person.press(person.wait_for_text("Your consent is needed"), "I agree")
    person.wait_for_text("Photos for your model")


def settled(photos: int):
    """The card once every photo has its verdict: one card, and nothing else that the bot says of photos."""

    def look(chat):
        cards = [m for m in chat if m["from"] == "bot" and "Photos for your model" in (m["text"] or "")]
        if not cards or not re.search(r"\d+ photo", cards[-1]["text"]):
            return None
        return cards if numbers_of(cards[-1]) == (photos, photos) and "Looking" not in cards[-1]["text"] else None

    return look


def test_albums_that_come_side_by_side_are_all_judged_on_one_card(new_person, house):
    person = new_person()
    begin(person)
    albums = [[shot(number) for number in range(first, first + 4)] for first in (0, 4)]
    albums[1][3] = without_face()
    with ThreadPoolExecutor() as sending:
        list(sending.map(lambda album: person.send_photos(*album), albums))
    person.send_document(shot(20), "me.jpg", "image/jpeg")
    (card,) = person.wait_for(settled(9), "a card with nine verdicts")
    assert "no face to be seen" in card["text"]
    newest_photo = max(m["message_id"] for m in person.chat() if m["from"] != "bot")
    assert card["message_id"] > newest_photo


def test_a_photo_as_an_iphone_saves_it_is_taken(new_person, house):
    person = new_person()
    begin(person)
    person.send_document((ROOT / "tests" / "photos" / "astronaut.heic").read_bytes(), "IMG_0001.HEIC", "image/heic")
    person.wait_for(settled(1), "a card with one verdict")


def test_a_bot_that_is_killed_among_albums_loses_no_photo_and_counts_none_twice(new_person, house):
    person = new_person()
    begin(person)
    with ThreadPoolExecutor() as sending:
        albums = [[shot(number) for number in range(first, first + 5)] for first in (0, 5)]
        under_way = [sending.submit(person.send_photos, *album) for album in albums]
        under_way[0].result()
        os.kill(house.pid_of("bot"), signal.SIGKILL)
        for album in under_way:
            album.result()
    person.wait_for_text("10 photos")  # a bot takes its time to come back on a busy machine
    cards = person.wait_for(settled(10), "a card with ten verdicts")
    person.say("/train")
    shown = person.wait_for(
        lambda chat: [m for m in settled(10)(chat) or [] if m["message_id"] > cards[-1]["message_id"]],
        "the card again",
    )
    assert len(shown) == 1
