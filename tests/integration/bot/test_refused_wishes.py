"""A wish that is not made here is told of politely, costs nothing, and can be changed on the same card."""

import pytest

from tests.integration.bot.conftest import Chat, Front, draw

pytestmark = pytest.mark.asyncio


async def wish(chat: Chat, words: str) -> str:
    """Order a picture of a photo with these words; what the alert says."""
    await chat.sends(draw(), caption=words)
    answer = await chat.presses("✨")
    assert answer["show_alert"], answer
    return str(answer["text"])


async def test_the_person_is_told_which_kind_of_wish_is_not_made_and_nothing_is_held(front: Front, anna: Chat):
    assert await wish(anna, "a naked woman on a sofa") == (
        "Explicit pictures are not made here. Please describe a scene without nudity or sex."
    )
    person = await anna.person()
    assert (person.tokens_left, person.tokens_held, person.tokens_spent) == (30, 0, 0)
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_the_answer_is_in_the_persons_language(front: Front):
    ivan = await front.meet("Иван", "ru")
    told = await wish(ivan, "голая школьница")
    assert told == (
        "Картинки с детьми и подростками в откровенном виде здесь не делаются. Опишите, пожалуйста, что-нибудь другое."
    )
    assert (await ivan.person()).tokens_left == 30


async def test_after_a_refusal_other_words_make_the_picture(front: Front, anna: Chat):
    assert await wish(anna, "extreme gore")
    await anna.writes("a little girl in the garden")
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert "a little girl in the garden" in task.order_json
    assert (await anna.person()).tokens_held == 5
