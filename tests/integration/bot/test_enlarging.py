"""A larger picture, from the sizes to the order."""

import pytest

from tests.integration.bot.making import make, press_twice, put_button

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
async def price(front):
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 3 WHERE kind = 'upscale'""")


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def test_the_sizes_are_offered_in_pixels_with_price_and_time(front, anna):
    await make(front, anna, "a fox", side=1000)
    await anna.writes("/history")
    await anna.presses("Enlarge")
    text = await anna.text()
    assert "It is 1000 × 1000 now" in text
    assert "Takes about 15 seconds" in text
    assert "You have 30 tokens" in text
    assert {"×2 · 2000 × 2000 · 3 tokens", "×4 · 4000 × 4000 · 3 tokens"} <= set(buttons(await anna.last()))


async def test_only_what_fits_is_offered(front, anna):
    (file,) = await make(front, anna, "a fox", side=1100)
    await anna.writes("/history")
    await anna.presses("Enlarge")
    assert [title[:2] for title in buttons(await anna.last())[:-1]] == ["×2"]
    await front.house.db.reading.execute('UPDATE "File" SET width = 4096')
    await put_button(front, anna, f"sizes:{file.file_id.hex}:g")
    answer = await anna.presses("?")
    assert "more than 4096 pixels" in answer["text"].replace(",", "")


async def test_an_order_shows_its_progress_and_stop_gives_everything_back(front, anna):
    (file,) = await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Enlarge")
    await anna.presses("×4")
    assert "Order received" in await anna.text()
    (task,) = await front.house.tasks.open_tasks(anna.id)
    assert (task.kind, task.price) == ("upscale", 3)
    assert file.file_id.hex in task.order_json.replace("-", "")
    shown = await front.house.notifications.progress_message(task.task_id)
    assert shown == (anna.id, (await anna.last())["message_id"])
    assert (await anna.presses("Stop"))["text"] == "Stopped. 3 tokens are back on your balance."
    assert (await anna.person()).tokens_left == 30


async def test_two_quick_presses_are_one_order_and_one_progress(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Enlarge")
    _, second = await press_twice(front, anna, "×2")
    assert second["text"] == "This is already being made."
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    assert (await anna.person()).tokens_held == 3
    assert len(await anna.from_bot()) == 1


async def test_the_same_size_can_be_ordered_once_more_from_a_new_screen(front, anna):
    await make(front, anna, "a fox")
    for _ in range(2):
        await anna.writes("/history")
        await anna.presses("Enlarge")
        await anna.presses("×2")
    assert len(await front.house.tasks.open_tasks(anna.id)) == 2


async def test_a_press_that_comes_again_after_the_end_spends_nothing(front, anna):
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Enlarge")
    await anna.presses("×2")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await front.house.tasks.cancel(anna.id, task.task_id)
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert await front.house.tasks.open_tasks(anna.id) == []
    assert (await anna.person()).tokens_left == 30
    assert any("a fox" in str(message.get("caption")) for message in await anna.from_bot())


async def test_too_few_tokens_are_counted_on_the_screen_and_in_the_alert(front, anna):
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = 51 WHERE kind = 'upscale'""")
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Enlarge")
    assert "You need 21 more tokens" in await anna.text()
    answer = await anna.presses("×2")
    assert answer["text"] == "You need 21 more tokens."
    assert answer["show_alert"]
    assert await front.house.tasks.open_tasks(anna.id) == []
