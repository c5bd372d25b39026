"""People who go, come back, change their name or language while something is being made for them."""

import pytest

from tests.e2e.crawler.house import wait_until
from tests.e2e.crawler.polite import answered_politely, newest
from tests.e2e.crawler.wording import faults_of

WELCOME, PRICE = 30, 5


def has_ended(watched, user_id):
    """Whether everything that a person ordered has ended, and was told or could not be."""
    (row,) = watched.rows(
        """
        SELECT count(*) FILTER (WHERE status NOT IN ('completed', 'failed', 'cancelled')) AS running,
               (SELECT count(*) FROM "Notification" WHERE user_id = $1 AND closed_at IS NULL) AS untold
        FROM "Task" WHERE user_id = $1
        """,
        user_id,
    )
    return row["running"] == 0 and row["untold"] == 0


def test_who_blocks_the_bot_in_the_middle_finds_the_pictures_on_coming_back(watched, arrives):
    guest = arrives().says("/start")
    with answered_politely(guest):
        with watched.frozen_worker():
            guest.orders("a fox in the snow", pictures=2)
            guest.block()
            watched.settle()
        wait_until(lambda: has_ended(watched, guest.user_id), "the end of the order")
        assert guest.tokens() == (WELCOME - 2 * PRICE, 0, 2 * PRICE)
        assert guest.pictures() == [], "nothing can be brought to who blocked the bot"
        guest.block(False)
        guest.says("/start")
        assert newest(guest).choices
        guest.says("/history")
        assert guest.pictures(), "the pictures are in the history"
    guest.orders("and a second one")
    guest.wait_for_text("Here you are")


def test_no_stop_button_is_left_to_who_blocked_the_bot_and_came_back(watched, arrives):
    guest = arrives().says("/start")
    with watched.frozen_worker():
        guest.orders("a fox in the snow")
        guest.block()
        watched.settle()
    wait_until(lambda: has_ended(watched, guest.user_id), "the end of the order")
    guest.block(False)
    guest.says("/start")
    wait_until(lambda: guest.offers("stop:") == [], "the end of the message that showed the order")


@pytest.mark.parametrize("change", [{"deactivated": True}], ids=["deactivated"])
def test_who_deletes_the_account_in_the_middle_leaves_no_loose_end(watched, arrives, change):
    guest = arrives().says("/start")
    watched.new_error_lines()
    with watched.frozen_worker():
        guest.orders("a fox in the snow")
        guest.does("", json=change)
    wait_until(lambda: has_ended(watched, guest.user_id), "the end of the order")
    assert guest.tokens() == (WELCOME - PRICE, 0, PRICE)
    assert watched.new_error_lines() == []


@pytest.mark.parametrize("blocks", [False, True])
def test_who_clears_the_chat_in_the_middle_can_go_on(watched, arrives, blocks):
    guest = arrives().says("/start")
    watched.new_error_lines()
    with watched.frozen_worker():
        guest.orders("a fox in the snow")
        guest.does("clear", json={"block": blocks})
    wait_until(lambda: has_ended(watched, guest.user_id), "the end of the order")
    if blocks:
        guest.block(False)
    else:
        guest.waits_for_pictures(1)
    guest.says("/start")
    assert newest(guest).choices
    assert guest.tokens() == (WELCOME - PRICE, 0, PRICE)
    assert watched.new_error_lines() == []


def test_a_language_changed_in_the_middle_holds_from_then_on(watched, arrives):
    guest = arrives("en").says("/start")
    with watched.frozen_worker():
        guest.orders("a fox in the snow")
        guest.says("/settings").presses_first("locale:ru")
        guest.language = "ru"
        assert not list(faults_of(newest(guest).text, "ru"))
        assert all(not list(faults_of(description, "ru")) for _, description in guest.commands())
    with answered_politely(guest):
        guest.waits_for_pictures(1)
    guest.says("/start")
    assert not list(faults_of(newest(guest).text, "ru"))


def test_a_new_name_is_known_at_the_next_word(watched, arrives):
    guest = arrives().says("/start")
    renamed = {"id": guest.user_id, "first_name": "Zoë <b>", "username": "zoe", "language_code": "en"}
    with answered_politely(guest):
        guest.client.post("/sim/users", json=renamed).raise_for_status()
        guest.own_words.add("Zoë <b>")
        guest.says("/start")
    (row,) = watched.rows("""SELECT first_name, username FROM "User" WHERE user_id = $1""", guest.user_id)
    assert tuple(row) == ("Zoë <b>", "zoe")
