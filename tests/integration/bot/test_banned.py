"""A banned person keeps everybody's rights: to be erased, to know the rules, to have money back; nothing else."""

import pytest

from bot.buttons import Open, Section
from tests.integration.bot.conftest import Chat, Front, draw
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=["en", "ru"])
async def outcast(front: Front, request: pytest.FixtureRequest) -> Chat:
    chat = await front.meet("Anna", request.param)
    await front.house.accounts.ban(chat.id, True)
    return chat


async def test_the_rules_and_support_stay_open_and_show_no_button_that_is_closed(front: Front, outcast: Chat) -> None:
    t = front.house.texts.bound((await outcast.person()).locale)
    privacy, terms, erasure = (t.plain(f"button-{name}") for name in ("privacy", "terms", "erasure"))
    await outcast.writes("/terms")
    assert buttons_of(await outcast.last()) == [privacy]
    await outcast.presses(privacy)
    assert buttons_of(await outcast.last()) == [terms, erasure]
    await outcast.presses(erasure)
    assert buttons_of(await outcast.last()) == [t.plain("button-erase"), privacy]
    before = await outcast.from_bot()
    await outcast.writes("/paysupport")
    assert await outcast.from_bot() != before
    assert t.plain("error-banned") not in await outcast.text()


async def test_a_banned_person_is_erased_like_anybody_after_two_questions(front: Front, outcast: Chat) -> None:
    t = front.house.texts.bound((await outcast.person()).locale)
    await outcast.writes("/delete_me")
    await outcast.presses(t.plain("button-erase"))
    await outcast.presses(t.plain("button-erase-not"))
    assert await front.house.accounts.get(outcast.id) is not None
    await outcast.presses(t.plain("button-erase"))
    await outcast.presses(t.plain("button-erase-really"))
    assert await front.house.accounts.get(outcast.id) is None
    assert not (await outcast.last())["buttons"]


async def test_what_stays_of_a_ban_is_said_to_whoever_is_banned_alone(front: Front, anna: Chat) -> None:
    t = front.house.texts.bound("en")
    await anna.writes("/delete_me")
    assert t.plain("erasure-stays-ban") not in await anna.text()
    await front.house.accounts.ban(anna.id, True)
    await anna.writes("/delete_me")
    assert t.plain("erasure-stays-ban") in await anna.text()


async def test_who_is_banned_and_erased_comes_again_to_a_closed_door(front: Front, outcast: Chat) -> None:
    t = front.house.texts.bound((await outcast.person()).locale)
    await outcast.writes("/delete_me")
    await outcast.presses(t.plain("button-erase"))
    await outcast.presses(t.plain("button-erase-really"))
    await outcast.writes("/start")
    assert await outcast.text() == t.plain("error-banned")
    person = await outcast.person()
    assert (person.banned_at is not None, person.tokens_left) == (True, 0)


@pytest.mark.parametrize(
    "said", ["/start", "/generate", "/promo X", "/delete_me_not", "/terms@another", "hello", "terms"]
)
async def test_everything_else_stays_closed(front: Front, outcast: Chat, said: str) -> None:
    t = front.house.texts.bound((await outcast.person()).locale)
    await outcast.writes(said)
    assert await outcast.text() == t.plain("error-banned")
    before = await outcast.from_bot()
    await outcast.writes(said)
    await outcast.sends(draw(), caption="/terms")
    assert await outcast.from_bot() == before, "it is said once a day"


@pytest.mark.parametrize("section", sorted(set(Section) - {Section.ERASURE, Section.TERMS, Section.PRIVACY}))
async def test_every_other_part_of_the_bot_is_refused_at_each_press(front: Front, anna: Chat, section: Section) -> None:
    shown = await anna.last()
    await front.bot.edit_message_reply_markup(
        chat_id=anna.id,
        message_id=shown["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": Open(section=section).pack()}]]},
    )
    await front.house.accounts.ban(anna.id, True)
    for _ in range(2):
        answer = await anna.presses("?")
        assert answer["text"] == front.house.texts.bound("en").plain("error-banned")


async def test_what_was_asked_before_the_ban_is_not_answered_after_it(front: Front, anna: Chat) -> None:
    await front.house.promo_codes.create("SPRING", 25)
    await anna.writes("/promo")
    await front.house.accounts.ban(anna.id, True)
    await anna.writes("spring")
    assert (await anna.person()).tokens_left == 30
