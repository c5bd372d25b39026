"""Whatever is written, sent or pressed gets a helpful answer or none: never an error, never a code for support."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from tests.e2e.crawler.polite import answered_politely, newest, press_of_another_age

WORDS = {
    "the longest text": "word " * 819,
    "no letters": "…!?",
    "right to left": "\u202eשלום עולם مرحبا بالعالم\u202c",
    "HTML": "<b>bold</i> <script>alert(1)</script> <a href='x'>y</a> &lt; &amp;",
    "much HTML": "<&>" * 330,
    "SQL": '\'; DROP TABLE "User"; -- \\',
    "braces": "{ $tokens } {0} %s %(name)s {{",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽" * 40,
    "accents on accents": "Z̷̢̛͎͔͊a̸l̶g̴o̵" * 60,
    "invisible": "\u200b\u2060\ufeff",
    "control characters": "a\x01b\x07c\x1fd",
    "many lines": "line\n" * 500,
    "a number": "-1e999",
    "a link": "https://example.com/?a=1&b=<c>",
}
COMMANDS = (
    *("/start ref_💥", "/start <b>", "/start ref_" + "a" * 60, "/start 0", "/START", "/help me", "/history -1"),
    *("/balance '; --", "/generate " + "a" * 4000, "/settings ru en", "/cancel cancel", "/cancel", "/nonsense"),
    *("/promo", "/promo ' OR 1=1", "/promo " + "x" * 500, "/delete_me now", "/pack 99999999999999999999", "/"),
    *("//", "/ start", "/start@another_bot", "/admin", "/admin_users <i>", "/favorites 0", "/terms x", "/buy -5"),
)
WRONG_DATA = (
    *("x", "open", "open:", "open:menu", "open:nowhere:0", "open:menu:2", "open:menu:0:1", "st:1", "st:abc:neon"),
    *("st:-1:neon", "st:99999999999999999999:neon", "st:2147483648:neon", "num:1001:0", "num:1001:99", "make:0"),
    *("make:9223372036854775807", "stop:not-a-uuid", "stop:00000000-0000-0000-0000-000000000000", "page:0:0"),
    *("page:1:99999", "page:99999999999:-1", "again:77777", "other:77777", "card:77777", "words:1:2:3", "drop:"),
    *("locale:de", "locale:", "fmt:1001:round", "sts:1001:-1", "sts:1001:999999", "а" * 32, "'; DROP TABLE", ":::::"),
)


@pytest.fixture(params=["at the menu", "asked for words", "with a card"])
def somebody(request, arrives):
    guest = arrives().says("/start")
    match request.param:
        case "asked for words":
            guest.presses_first("open:generate")
            guest.presses_first("open:words")
        case "with a card":
            guest.says("a fox").presses_first("card:")
    return guest


def test_no_words_are_an_error(somebody, watched):
    for what, words in WORDS.items():
        before = watched.last_call()
        with answered_politely(somebody):
            somebody.own_words |= set(words.splitlines()) | {words.strip(), " ".join(words.split()), words[:299]}
            somebody.says(words)
        assert any(call.method.startswith(("send", "edit")) for call in watched.calls(after=before)), what


def test_no_command_is_an_error(somebody):
    for command in COMMANDS:
        with answered_politely(somebody):
            somebody.says(command)


def test_five_thousand_characters_come_as_telegram_splits_them(arrives):
    guest = arrives().says("/start")
    with answered_politely(guest):
        guest.says("a" * 4096).says("a" * 904)


def test_no_callback_data_is_an_error(arrives):
    guest = arrives().says("/start")
    for data in WRONG_DATA:
        with answered_politely(guest):
            press_of_another_age(guest, data)


def test_the_buttons_of_somebody_else_do_nothing(arrives, watched, selfie):
    owner, stranger = arrives(name="Ada").says("/start"), arrives(name="Eve").says("/start")
    with watched.frozen_worker():
        owner.sends(selfie, caption="mine alone")
        buttons = [choice.data for choice in newest(owner).choices]
        owner.presses_first("make:")
        buttons += [choice.data for choice in newest(owner).choices]
        own = owner.tokens()
        for data in buttons:
            with answered_politely(stranger, owner):
                press_of_another_age(stranger, data)
            assert not any("mine alone" in screen.text for screen in stranger.screens()), data
        assert owner.tokens() == own, "nothing of hers was stopped or paid for"
        assert owner.offers("stop:")
    owner.waits_for_pictures(1)
    assert stranger.pictures() == []


def test_the_buttons_of_yesterday_still_lead_somewhere(arrives):
    guest = arrives().says("/start").says("a fox")
    old = {choice.data for choice in newest(guest).choices}
    guest.presses_first("card:")
    old |= {choice.data for choice in newest(guest).choices if not choice.data.startswith("make:")}
    guest.says("/start")
    for data in sorted(old):
        with answered_politely(guest):
            press_of_another_age(guest, data)
        assert newest(guest).choices, data


def test_every_button_may_be_pressed_twice_at_once(arrives, watched, selfie):
    guest = arrives().says("/start").sends(selfie, caption="twice")
    with watched.frozen_worker():
        card = newest(guest)
        for choice in sorted(card.choices, key=lambda choice: choice.data.startswith("make:")):
            # Both presses tell of the message as it was before either: the second edit finds it edited.
            with answered_politely(guest, excused="not modified"), ThreadPoolExecutor() as hands:
                shown = newest(guest)
                again = next((c for c in shown.choices if c.key == choice.key), None)
                if again is not None:
                    list(hands.map(lambda _, m=shown.message_id, d=again.data: guest.taps(m, d), range(2)))
                else:
                    press_of_another_age(guest, choice.data)
        assert len(guest.offers("stop:")) <= 1


def test_a_photo_may_come_without_a_caption_with_an_empty_one_and_with_the_longest(arrives, selfie):
    guest = arrives().says("/start")
    for caption in (None, " ", "\u200b", "a" * 1024, "<b>" * 300, "👩‍👩‍👧‍👦" * 50):
        with answered_politely(guest):
            guest.own_words |= {caption or "", (caption or "")[:1000]}
            guest.sends(selfie, caption=caption)
        assert newest(guest).choices


def picture(kind):
    buffer = io.BytesIO()
    Image.new("RGBA", (512, 512), "teal").convert("RGB" if kind == "JPEG" else "RGBA").save(buffer, kind)
    return buffer.getvalue()


NOT_WORDS = {
    "sticker": ("messages", {"files": [("sticker", ("s.webp", picture("WEBP"), "image/webp"))]}),
    "voice": ("messages", {"files": [("voice", ("v.ogg", b"OggS" + bytes(200), "audio/ogg"))]}),
    "audio": ("messages", {"files": [("audio", ("a.mp3", b"ID3" + bytes(200), "audio/mpeg"))]}),
    "video": ("messages", {"files": [("video", ("v.mp4", bytes(500), "video/mp4"))]}),
    "round video": ("messages", {"files": [("video_note", ("v.mp4", bytes(500), "video/mp4"))]}),
    "animation": ("messages", {"files": [("animation", ("g.mp4", bytes(500), "video/mp4"))]}),
    "document": ("messages", {"files": [("document", ("n.txt", b"hello", "text/plain"))]}),
    "empty document": ("messages", {"files": [("document", ("n.jpg", b"\x00", "image/jpeg"))]}),
    "contact": ("messages", {"json": {"contact": {"phone_number": "+1", "first_name": "<b>Bob"}}}),
    "location": ("messages", {"json": {"location": {"latitude": 55.7, "longitude": 37.6}}}),
}


@pytest.mark.parametrize("content", NOT_WORDS)
def test_what_is_neither_photo_nor_words_gets_an_answer(somebody, watched, content):
    action, request = NOT_WORDS[content]
    before = watched.last_call()
    with answered_politely(somebody):
        somebody.does(action, **request)
    assert [call for call in watched.calls(after=before) if call.method.startswith(("send", "edit"))]


def test_a_forwarded_message_is_taken_like_an_own_one(somebody, arrives):
    author = arrives(name="Ada")
    author.own_words.add("a fox from Ada")
    message_id = author.say("a fox from Ada")
    somebody.own_words.add("a fox from Ada")
    with answered_politely(somebody):
        somebody.does("forward", json={"message_id": message_id, "from_user": author.user_id})
    assert newest(somebody).choices


def test_an_edited_message_is_no_error(somebody):
    somebody.own_words |= {"a fox", "a red fox"}
    message_id = somebody.say("a fox")
    with answered_politely(somebody):
        somebody.does("edit", json={"message_id": message_id, "text": "a red fox"})
