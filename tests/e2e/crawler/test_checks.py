"""The walk's own eyes: what must be reported is reported, and what is right is not."""

import pytest

from tests.e2e.crawler.calls import Call, broken_limits, reaction_time
from tests.e2e.crawler.graph import Act, Graph, Way, way_of
from tests.e2e.crawler.manners import Manners
from tests.e2e.crawler.questions import WORDS, language_of, ways_to_answer
from tests.e2e.crawler.screen import Screen
from tests.e2e.crawler.wording import faults_of


def message(text="Menu", buttons=("open:menu:0",), number=1, caption=None, photo=None, sender="bot"):
    rows = [[{"text": "‹ Menu", "data": data}] for data in buttons]
    return {
        **{"message_id": number, "from": sender, "text": text, "caption": caption, "photo": photo, "buttons": rows},
    }


def call(method="sendMessage", ok=True, description="", time=0.0, **parameters):
    answer = {"ok": True, "result": {}} if ok else {"ok": False, "error_code": 400, "description": description}
    return Call(1, method, parameters, answer, time)


@pytest.mark.parametrize(
    ("text", "language", "fault"),
    [
        ("‹ button-menu", "en", "a raw key: button-menu"),
        ("You have { $tokens } tokens", "en", "a placeholder"),
        ("Seed: None", "en", "a value of Python's: None"),
        ("Style(code='neon', emoji=1)", "en", "a representation of Python's"),
        ("<File object at 0x7f00>", "en", "a representation of Python's"),
        ("Two <b>tokens</b>", "en", "raw HTML: <b>"),
        ("Tom &amp; Jerry", "en", "raw HTML: &amp;"),
        ("Refused: not_enough_tokens", "en", "a name out of code: not_enough_tokens"),
        ("Code for support: 3fa94c1e", "en", "a code for support"),
        ("Press «Готово»", "en", "a word of another language: Готово"),
        ("Нажмите Make", "ru", "a word of another language: Make"),
    ],
)
def test_what_nobody_should_read_is_reported(text, language, fault):
    assert any(found.startswith(fault) for found in faults_of(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Send a photo: JPEG, PNG or WebP, up to 20 MB. /history_payments, https://t.me/bot?start=ref_1", "en"),
        ("Пришлите фото: JPEG, PNG или WebP. Всё, что умею, — в /help и в Telegram. 3D, ZIP, Dream Photo", "ru"),
        ("Квитанция: DP-J5D32-4C542", "ru"),
        ("🇷🇺 Русский", "en"),
        ("🇬🇧 English", "ru"),
        ("It is well-lit; half-price 10:30; 20261121", "en"),
    ],
)
def test_a_good_text_is_not(text, language):
    assert list(faults_of(text, language)) == []


def test_a_persons_own_words_may_be_anything():
    own = "<b>лиса</b> {None} &amp; not_enough_tokens"
    assert list(faults_of(f"You wrote: {own}", "en", {own})) == []


def test_a_refused_call_is_reported_and_a_harmless_one_is_not():
    assert call(ok=False, description="Bad Request: chat not found").refusal is not None
    assert call("deleteMessage", ok=False, description="Bad Request: message to delete not found").refusal is None
    assert call("editMessageText", ok=False, description="Bad Request: message to edit not found").refusal is not None


def test_what_is_larger_than_telegram_takes_is_reported():
    large = message(text="a" * 4097, buttons=["x" * 65])
    assert list(broken_limits(large)) == ["a text of 4097 characters", f"callback data of 65 bytes: {'x' * 65}"]
    assert list(broken_limits(message(text=None, caption="a" * 1025))) == ["a caption of 1025 characters"]
    assert list(broken_limits(message(text="a" * 4096, buttons=["x" * 64]))) == []


def test_the_reaction_is_the_first_thing_that_this_person_sees():
    calls = [
        call("editMessageText", time=9.0, chat_id=1),
        call("sendMessage", time=10.1, chat_id=2),
        call("editMessageText", time=10.3, chat_id="1"),
        call("answerCallbackQuery", time=10.4, callback_query_id="q"),
    ]
    assert reaction_time(calls, 10.0, "q", 1) == pytest.approx(0.3)
    assert reaction_time(calls[:2], 10.0, "q", 1) is None


def test_two_menus_and_many_messages_at_once_are_reported():
    chat = [message(number=1), message("Help", number=2)]
    faults = list(Manners().faults_of_step(chat, [], "en", set()))
    assert faults[0] == "2 new messages at once"
    assert faults[1].startswith("two menus at once")
    assert list(Manners(results={1}).faults_of_step(chat, [], "en", set())) == []


def test_the_messages_of_an_order_are_no_crowd():
    manners, progress = Manners(), message("Making it", buttons=["stop:1"], number=1)
    assert list(manners.faults_of_step([progress], [], "en", set())) == []
    brought = [message("Here", number=number) for number in (2, 3, 4)]
    assert list(manners.faults_of_step(brought, [], "en", set())) == []
    assert list(manners.faults_of_step([*brought, message(number=5)], [], "en", set())) == []


def test_a_fault_on_a_button_is_told_with_its_screen():
    shown = message("Menu")
    shown["buttons"][0][0]["text"] = "button-menu"
    (fault,) = Manners().faults_of_step([shown], [], "en", set())
    assert "button-menu" in fault
    assert "Menu [open:menu:0]" in fault


def test_screens_that_differ_by_ids_numbers_days_and_items_are_one():
    def history(day, ids, styles):
        return Screen.of(message(f"🖼 {day}", [*(f"again:{number}" for number in ids), *styles]))

    one = history("November 21, 2026", [1001], [f"st:1001:{style}" for style in "abcd"])
    other = history("May 3, 2027", [4711], [f"st:4711:{style}" for style in "efghij"])
    assert one.identity == other.identity
    assert one.identity != history("May 3, 2027", [4711], ["st:4711:a"]).identity


def test_a_screen_without_a_way_to_the_menu_is_a_dead_end():
    graph = Graph()
    home, shop, cellar, notice = (
        Screen.of(message(text, buttons))
        for text, buttons in (
            ("Home", ["open:shop"]),
            ("Shop", ["open:home", "open:cellar"]),
            ("Cellar", ["open:cellar"]),
            ("Gone. /start begins anew", []),
        )
    )
    for screen in (home, shop, cellar, notice):
        graph.note(screen)
    graph.homes.add(home.identity)
    for place, data, to in ((home, 0, shop), (shop, 0, home), (shop, 1, cellar), (cellar, 0, cellar)):
        graph.led(way_of(place.identity, place.choices[data]), to.identity)
    assert graph.dead_ends(4) == [cellar.identity]
    assert graph.dead_ends(0) == [shop.identity, cellar.identity]


def test_of_a_long_list_a_few_items_are_tried_unless_they_differ():
    def untried(thorough, *results):
        graph = Graph(thorough)
        shelf = Screen.of(message("Shelf", [f"st:{code}" for code in "abcdefgh"]))
        graph.note(shelf)
        for choice, to in zip(shelf.choices, results, strict=False):
            graph.led(way_of(shelf.identity, choice), to)
        return len(graph.open_ways())

    assert untried(False, "card", "card") == 6
    assert untried(False, "card", "card", "card") == 0
    assert untried(False, "card", "pack", "card") == 5
    assert untried(True, "card", "card", "card") == 5


def test_grave_things_come_last():
    graph, shown = Graph(), message("Me", ["erase:yes", "open:menu:0"])
    shown["buttons"][0][0]["style"] = "danger"
    screen = Screen.of(shown)
    graph.note(screen)
    assert [way.key for way in graph.open_ways()] == ["open:menu:0"]
    graph.led(way_of(screen.identity, screen.choices[1]), "home")
    assert [way.key for way in graph.open_ways()] == ["erase:yes"]


@pytest.mark.parametrize(
    ("text", "language", "acts"),
    [
        ("Send a photo", "en", {Act.SEND_PHOTO}),
        ("Пришлите фото или напишите, что нужно", "ru", {Act.SEND_PHOTO, Act.SAY}),
        ("Describe the picture", "en", {Act.SAY}),
        ("Your balance", "en", set()),
    ],
)
def test_a_screen_that_asks_is_answered(text, language, acts):
    ways = ways_to_answer(Screen.of(message(text)), language)
    assert {way.act for way in ways} == acts
    assert {way.key for way in ways if way.act is Act.SAY} <= {WORDS[language]}


def test_a_button_of_a_language_is_known():
    assert language_of("locale:ru") == "ru"
    assert language_of("open:menu") is None


def test_a_command_in_a_text_is_a_way():
    graph = Graph()
    graph.note(Screen.of(message("All of it is in /terms.")))
    assert Way("", Act.COMMAND, "/terms") in graph.open_ways()
