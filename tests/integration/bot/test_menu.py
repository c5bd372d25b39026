"""The first meeting, the menu and its screens, and everything that no feature understands."""

import pytest
from redis.asyncio import Redis

from tests.integration.bot.conftest import draw

pytestmark = pytest.mark.asyncio


async def test_somebody_new_is_welcomed_with_tokens_in_their_language(front):
    anna = await front.meet("Аня <3", language_code="ru")
    assert "Здравствуйте, Аня <3!" in await anna.text()
    assert "30 токенов" in await anna.text()
    assert (await anna.person()).tokens_left == 30


async def test_start_again_shows_the_menu_and_gives_nothing(anna):
    await anna.writes("/start")
    assert "You have 30 tokens" in await anna.text()
    assert (await anna.person()).tokens_left == 30
    assert len(await anna.from_bot()) == 1


async def test_an_invitation_is_noted_at_the_first_start_only(front, anna):
    await front.house.db.reading.execute("""UPDATE "User" SET referral_code = 'abc123' WHERE user_id = $1""", anna.id)
    ben = await front.meet("Ben", start="/start ref_abc123")
    invited = await front.house.db.reading.fetch('SELECT referrer_id, referred_id FROM "ReferralInvite"')
    assert [tuple(row) for row in invited] == [(anna.id, ben.id)]
    assert "Hello, Ben!" in await ben.text()
    await anna.writes("/start ref_abc123")
    assert await front.house.db.reading.fetchval('SELECT count(*) FROM "ReferralInvite"') == 1


async def test_somebody_whose_first_message_is_a_photo_is_registered_too(front):
    ben = await front.meet("Ben", start=None)
    await ben.sends(draw())
    assert "Choose a style" in await ben.text()
    assert (await ben.person()).tokens_left == 30


async def test_every_screen_of_the_menu_leads_back_in_the_same_message(anna):
    menu = await anna.last()
    for button, words in (
        ("Make a picture", "Send a photo"),
        ("My pictures", "Nothing here yet"),
        ("Balance", "Your balance"),
        ("Settings", "Which language"),
        ("Help", "How it works"),
    ):
        answer = await anna.presses(button)
        assert answer["answered"]
        assert words in await anna.text()
        await anna.presses("Menu")
        assert "You have 30 tokens" in await anna.text()
    assert [message["message_id"] for message in await anna.from_bot()] == [menu["message_id"]]


async def test_a_command_sends_the_screen_anew_and_takes_the_old_one_away(anna):
    first = await anna.last()
    await anna.writes("/balance")
    assert "enough for 6 pictures" in await anna.text()
    (only,) = await anna.from_bot()
    assert only["message_id"] != first["message_id"]


async def test_the_balance_says_what_is_set_aside(anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    await anna.writes("/balance")
    assert "Set aside for orders in the making: 5 tokens" in await anna.text()
    assert "enough for 5 pictures" in await anna.text()


async def test_another_language_is_spoken_at_once_and_in_the_list_of_commands(front, anna):
    await anna.writes("/settings")
    answer = await anna.presses("Русский")
    assert answer["text"] == "Готово, говорю по-русски"
    assert "На каком языке" in await anna.text()
    (call,) = await front.calls("setMyCommands")
    assert call["parameters"]["commands"][0] == {"command": "start", "description": "Главное меню"}
    await anna.writes("/help")
    assert "Как это работает" in await anna.text()


async def test_an_admin_keeps_their_commands_in_another_language(front, anna):
    await front.house.accounts.grant_admin(anna.id)
    await anna.writes("/settings")
    await anna.presses("Русский")
    (call,) = await front.calls("setMyCommands")
    assert {"command": "admin_report", "description": "Админу: отчёт за день"} in call["parameters"]["commands"]


async def test_cancel_leaves_the_step_and_says_so(anna, selfie):
    await anna.writes("/cancel")
    assert "Nothing to cancel" in await anna.text()
    await anna.sends(selfie)
    await anna.writes("/cancel")
    assert "Step cancelled" in await anna.text()
    await anna.writes("a red fox")
    assert "You wrote:" in await anna.text()


async def test_cancel_tells_of_pictures_in_the_making(anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Make")
    await anna.writes("/cancel")
    assert "still in the making" in await anna.text()


async def test_words_out_of_the_blue_become_an_offer(anna):
    await anna.writes("a red fox & a <cat>")
    assert "a red fox & a <cat>" in await anna.text()
    await anna.presses("Yes")
    assert "No photo, from words" in await anna.text()


async def test_what_is_not_understood_gets_a_way_back_to_the_picture(anna, selfie):
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.sends_file("song.mp3", b"ID3", "audio/mpeg")
    assert "This is not a picture" in await anna.text()
    await anna.presses("Back to the picture")
    assert "Look 00" in await anna.text()


async def test_an_unknown_command_is_not_taken_for_a_description(anna, selfie):
    await anna.sends(selfie)
    await anna.writes("/sing")
    assert "I don’t know this command" in await anna.text()
    await anna.presses("Back to the picture")
    assert "Choose a style" in await anna.text()


async def test_admin_commands_are_silent_for_everybody_else(front, anna):
    before = await anna.from_bot()
    await anna.writes("/admin_stats")
    assert await anna.from_bot() == before


async def test_a_button_of_another_age_explains_itself_and_opens_the_menu(front, anna):
    last = await anna.last()
    for data in ("old:button", "num:1:9", "make:-1", "make:99999999999999999999", "locale:xx", "open:nowhere:0"):
        await front.bot.edit_message_reply_markup(
            chat_id=anna.id,
            message_id=last["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},
        )
        answer = await anna.presses("?")
        assert answer["text"] == "This button is out of date. Here is the menu.", data
        assert "You have 30 tokens" in await anna.text()


async def test_a_banned_person_gets_one_polite_answer(front, anna):
    await front.house.accounts.ban(anna.id, True)
    for _ in range(3):
        await anna.writes("hello")
    closed = (
        "The bot is closed to you. If this is a mistake, please write to its owner. "
        "You still have /delete_me (erases your data), /paysupport, /terms and /privacy."
    )
    assert [m["text"] for m in await anna.from_bot()].count(closed) == 1
    answer = await anna.presses("Balance", (await anna.from_bot())[0])
    assert answer["text"] == closed


async def test_somebody_who_stops_the_bot_is_marked_until_they_come_back(front, anna):
    await front.act(anna.id, "block", json={"blocked": True})
    assert (await anna.person()).blocked_bot_at is not None
    await front.act(anna.id, "block", json={"blocked": False})
    assert (await anna.person()).blocked_bot_at is None


async def test_a_redis_that_lost_everything_costs_nothing_but_a_new_message(front, anna, selfie):
    await anna.sends(selfie)
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        await redis.flushall()
    await anna.presses("Look 00")
    assert "Your picture" in await anna.text()
    assert len(await anna.from_bot()) == 1
    async with Redis.from_url(front.house.settings.redis_dsn) as redis:
        await redis.flushall()
    await anna.writes("/start")
    assert "You have 30 tokens" in await anna.text()
    assert len(await anna.from_bot()) == 2  # the card's number is forgotten, and its buttons still work
    await anna.presses("Portrait", (await anna.from_bot())[0])
    assert len(await anna.from_bot()) == 1
