"""`/promo` in the chat, in both languages: typed behind the command, asked for, or brought by a link."""

import pytest

from tests.integration.bot.conftest import Chat, Front

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def code(front: Front) -> str:
    return (await front.house.promo_codes.create("SPRING", 25, 100)).code


async def test_a_code_behind_the_command_brings_its_tokens(front: Front, anna: Chat, code: str) -> None:
    await anna.writes("/promo spring")
    assert "You got 25 tokens. Now you have 55 tokens." in await anna.text()
    await anna.writes("/promo spring")
    assert "You have used this promo code already" in await anna.text()
    assert (await anna.person()).tokens_left == 55


@pytest.mark.parametrize("asked_for", [True, False])
async def test_an_update_that_is_handled_again_is_answered_as_the_first_time(
    front: Front, anna: Chat, code: str, asked_for: bool
) -> None:
    """As after a crash between the tokens and the word to Telegram that the update is handled."""
    if asked_for:
        await anna.writes("/promo")
    await anna.writes("spring" if asked_for else "/start promo_SPRING")
    first = await anna.text()
    assert "You got 25 tokens. Now you have 55 tokens." in first
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert await anna.text() == first
    assert (await anna.person()).tokens_left == 55
    await anna.writes("/promo spring")
    assert "You have used this promo code already" in await anna.text()


async def test_the_command_alone_asks_and_a_slip_may_be_put_right(front: Front, anna: Chat, code: str) -> None:
    await anna.writes("/promo")
    assert "Write the code" in await anna.text()
    await anna.writes("sprung")
    assert "There is no such promo code." in await anna.text()
    await anna.writes(" Spring ")
    assert "You got 25 tokens" in await anna.text()
    await anna.writes("a red fox")
    assert "You wrote:" in await anna.text(), "the step is over"


async def test_another_command_leaves_the_question(front: Front, anna: Chat, code: str) -> None:
    await anna.writes("/promo")
    await anna.writes("/balance")
    await anna.presses("Promo code")
    assert "Write the code" in await anna.text()
    await anna.presses("Menu")
    await anna.writes("spring")
    assert (await anna.person()).tokens_left == 30


async def test_a_link_brings_a_code_to_somebody_new_and_to_somebody_known(front: Front, anna: Chat, code: str) -> None:
    ben = await front.meet("Ben", start="/start promo_SPRING")
    assert "Hello, Ben!" in await ben.text()
    assert "Now you have 55 tokens." in await ben.text()
    await anna.writes("/start promo_spring")
    assert "You got 25 tokens" in await anna.text()
    await anna.writes("/start promo_")
    assert "There is no such promo code." in await anna.text()


@pytest.mark.parametrize(
    ("changed", "english", "russian"),
    [
        ("is_active = FALSE", "This promo code is over.", "Этот промокод больше не действует."),
        ("starts_at = now() + INTERVAL '1 day'", "has not begun yet", "ещё не начал действовать"),
        ("uses_left = 0", "All uses of this promo code are gone.", "все активации закончились"),
    ],
)
async def test_why_a_code_gives_nothing_is_said_in_both_languages(
    front: Front, anna: Chat, code: str, changed: str, english: str, russian: str
) -> None:
    masha = await front.meet("Маша", "ru")
    await front.house.db.reading.execute(f'UPDATE "PromoCode" SET {changed}')  # noqa: S608 - a text of this file
    for chat, words in ((anna, english), (masha, russian)):
        await chat.writes("/promo spring")
        assert words in await chat.text()


async def test_the_screens_speak_russian(front: Front, code: str) -> None:
    masha = await front.meet("Маша", "ru")
    await masha.writes("/promo")
    assert "Напишите код" in await masha.text()
    await masha.writes("весна")
    assert "Такого промокода нет." in await masha.text()
    await masha.writes("spring")
    assert "Начислено: 25 токенов. Теперь у вас 55 токенов." in await masha.text()


@pytest.mark.parametrize("typed", ['\'; DROP TABLE "PromoCode";--', "🎁🎁🎁", "A" * 4000, "<b>x</b>", "{$why}"])
async def test_rubbish_is_refused_like_any_wrong_code(front: Front, anna: Chat, code: str, typed: str) -> None:
    await anna.writes(f"/promo {typed}")
    assert "There is no such promo code." in await anna.text()
    assert (await anna.person()).tokens_left == 30


async def test_guessing_is_slowed_with_a_clear_answer(front: Front, anna: Chat, code: str) -> None:
    for number in range(10):
        await anna.writes(f"/promo GUESS{number}")
    await anna.writes("/promo spring")
    assert "Too many tries. Please try again in 60 minutes." in await anna.text()
    assert (await anna.person()).tokens_left == 30


async def test_admins_make_codes_and_nobody_else_hears_of_it(front: Front, anna: Chat) -> None:
    before = await anna.from_bot()
    await anna.writes("/admin_promo SUMMER 40")
    assert await anna.from_bot() == before
    await front.house.accounts.grant_admin(anna.id)
    await anna.writes("/admin_promo summer 40 1 7")
    assert "Promo code SUMMER is made: 40 tokens." in await anna.text()
    made = await front.house.db.reading.fetchrow('SELECT tokens, uses_left, ends_at - starts_at FROM "PromoCode"')
    assert (made[0], made[1], made[2].days) in ((40, 1, 6), (40, 1, 7))
    await anna.writes("/admin_promo SUMMER 40")
    assert "There is a promo code of this name already." in await anna.text()
    await anna.writes("/admin_promo summer 40 1 7")
    assert "There is a promo code of this name already." in await anna.text(), "another message is another command"
    for wrong in ("", "X", "X Y", "SUMMER 1 2 3 4", "SUMMER 1.5", "SUMMER -1", "SUMMER 99999999999999999999"):
        await anna.writes(f"/admin_promo {wrong}")
        assert "/admin_promo CODE TOKENS" in await anna.text(), wrong
    await anna.writes("/admin_promo AB 5")
    assert "can’t be made" in await anna.text()


async def test_a_code_that_was_made_by_an_update_that_is_handled_again_is_not_said_to_exist(
    front: Front, anna: Chat
) -> None:
    """As after a crash between the code and the word to Telegram that the update is handled."""
    await front.house.accounts.grant_admin(anna.id)
    await anna.writes("/admin_promo SUMMER 40 5")
    said = await anna.text()
    assert "Promo code SUMMER is made: 40 tokens." in said
    await front.dispatcher.feed_update(front.bot, front.handled[-1])
    assert await anna.text() == said
    assert await front.house.db.reading.fetchval('SELECT count(*) FROM "PromoCode"') == 1
