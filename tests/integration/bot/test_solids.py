"""A 3D figure, from a picture or from words to its order, and as it lies in the gallery."""

from uuid import UUID, uuid4

import pytest

from repository.files import File
from repository.tasks import Lane, TaskStatus
from services.drafts.solid_drafts import SolidDrafts
from services.orders import ImageTo3DOrder, SolidParameters, parse_order
from services.task_endings import Ending
from tests.integration.bot.making import make, press_twice, put_button
from tests.integration.solids import glb, store_solid

pytestmark = pytest.mark.asyncio


async def sell(front, price: int = 12) -> None:
    await front.house.db.reading.execute("""UPDATE "Price" SET tokens = $1 WHERE kind = 'image_to_3d'""", price)


async def make_solid(front, chat, prompt: str = "a bronze owl", **about) -> File:
    """A solid that was made, without a worker and for nothing."""
    house, person = front.house, await chat.person()
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
    draft = await SolidDrafts(house.db).begin_from_words(person, prompt)
    task = await house.generations.request(person, draft.order(), draft.key)
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, [await store_solid(house.storage, **about)]))
    (file,) = (await house.generations.entry_of_task(chat.id, task.task_id)).files
    return file


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def the_order(front, chat) -> ImageTo3DOrder:
    (task,) = await front.house.tasks.open_tasks(chat.id)
    order = parse_order(task.order_json)
    assert isinstance(order, ImageTo3DOrder)
    return order


async def test_a_picture_s_card_says_what_comes_and_for_how_much_and_make_orders_it(front, anna):
    (file,) = await make(front, anna, "a fox")
    await sell(front)
    await anna.writes("/history")
    await anna.presses("3D")
    card = await anna.last()
    for words in (".glb", "3D printer", "made from this picture", "Price: 12 tokens", "you have 30", "trial mode"):
        assert words in card["caption"], words
    assert "Takes about" not in card["caption"], "nothing was made yet from which to tell the time"
    assert card["photo"]
    assert buttons(card) == ["✨ Make · 12 tokens", "‹ To the picture", "❓"]
    await anna.presses("Make")
    assert "Order received" in await anna.text()
    order = await the_order(front, anna)
    assert order.file_id == file.file_id
    assert order.parameters == SolidParameters()
    assert order.seed is not None
    assert (await anna.presses("Stop"))["text"] == "Stopped. 12 tokens are back on your balance."


async def test_back_leads_to_the_picture_and_spends_nothing(front, anna):
    await make(front, anna, "a fox")
    await sell(front)
    await anna.writes("/history")
    await anna.presses("3D")
    await anna.presses("To the picture")
    assert "a fox" in await anna.text()
    assert (await anna.person()).tokens_held == 0
    assert len(await anna.from_bot()) == 1


async def test_the_usual_time_is_that_of_solids_that_were_made(front, anna):
    await make_solid(front, anna)
    await front.house.db.reading.execute(
        """UPDATE "Task" SET started_at = finished_at - interval '180 seconds' WHERE kind = 'image_to_3d'"""
    )
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("🧊 3D")
    assert "Takes about 3 minutes" in await anna.text()


async def test_two_quick_presses_are_one_order(front, anna):
    await make(front, anna, "a fox")
    await sell(front)
    await anna.writes("/history")
    await anna.presses("3D")
    _, second = await press_twice(front, anna, "Make")
    assert second["text"] == "This is already being made."
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    assert (await anna.person()).tokens_held == 12


async def test_a_press_that_comes_again_after_the_end_brings_a_new_card_and_spends_nothing(front, anna):
    await make(front, anna, "a fox")
    await sell(front)
    await anna.writes("/history")
    await anna.presses("3D")
    await anna.presses("Make")
    (task,) = await front.house.tasks.open_tasks(anna.id)
    await front.house.tasks.cancel(anna.id, task.task_id)
    await front.fault(redeliver=1)
    await front.handle_pending()
    assert await front.house.tasks.open_tasks(anna.id) == []
    assert any("A 3D figure" in str(message.get("caption")) for message in await anna.from_bot())


async def test_too_few_tokens_are_counted_on_the_card_and_in_the_alert(front, anna):
    await make(front, anna, "a fox")
    await sell(front, 51)
    await anna.writes("/history")
    await anna.presses("3D")
    assert "You need 21 more tokens" in await anna.text()
    answer = await anna.presses("Make")
    assert answer["text"] == "You need 21 more tokens."
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_words_become_a_figure_from_the_card_of_a_picture(front, anna):
    await sell(front)
    await anna.writes("/generate")
    await anna.presses("just words")
    await anna.writes("a bronze owl")
    await anna.presses("3D figure")
    assert "from words" in await anna.text()
    assert "a bronze owl" in await anna.text()
    await anna.presses("Back")
    assert "Your picture" in await anna.text()
    await anna.presses("3D figure")
    await anna.presses("Make")
    order = await the_order(front, anna)
    assert (order.file_id, order.prompt) == (None, "a bronze owl")


async def test_a_photo_becomes_a_figure_from_its_card(front, anna, selfie):
    await sell(front)
    await anna.sends(selfie, caption="in the park")
    await anna.presses("3D figure")
    assert (await anna.last())["photo"]
    await anna.presses("Make")
    assert (await the_order(front, anna)).file_id is not None


async def test_the_way_from_help_leads_back_to_the_words(front, anna):
    await anna.writes("/generate")
    await anna.presses("just words")
    await anna.writes("a bronze owl")
    await anna.presses("3D figure")
    await anna.presses("❓")
    assert "3D figures" in await anna.text()
    await anna.presses("Back to the picture")
    assert "Your picture" in await anna.text()


async def test_in_the_gallery_a_solid_turns_and_offers_what_can_be_done_with_it(front, anna):
    await make(front, anna, "a fox")
    await make_solid(front, anna)
    await anna.writes("/history")
    solid = await anna.last()
    assert solid["document"]["kind"] == "animation"
    assert "3D figure" in solid["caption"]
    assert "a bronze owl" in solid["caption"]
    found = buttons(solid)
    assert any("Again" in title for title in found)
    for action in ("Enlarge", "Variations", "Start from", "🧊 3D"):
        assert not any(action in title for title in found), action
    await anna.presses("Older")
    shown = await anna.last()
    assert shown["photo"]
    assert shown["message_id"] == solid["message_id"]
    await anna.presses("Newer")
    shown = await anna.last()
    assert shown["document"]["kind"] == "animation"
    assert shown["message_id"] == solid["message_id"]
    assert len(await anna.from_bot()) == 1


async def test_a_solid_is_uploaded_once_and_then_shown_by_its_name(front, anna):
    await make_solid(front, anna)
    for _ in range(2):
        await anna.writes("/history")
    first, second = await front.calls("sendAnimation")
    assert second["parameters"]["animation"] == first["answer"]["result"]["animation"]["file_id"]


async def test_a_solid_without_its_moving_picture_is_still_a_page(front, anna):
    file = await make_solid(front, anna)
    await front.house.storage.delete(file.preview_key)
    await anna.writes("/history")
    assert "could not be opened" in await anna.text()
    await anna.presses("As a file")
    assert (await anna.last())["document"]["file_name"].endswith(".glb")


async def test_as_a_file_brings_the_glb(front, anna):
    await make_solid(front, anna)
    await anna.writes("/history")
    await anna.presses("As a file")
    document = (await anna.last())["document"]
    assert document["file_name"].startswith("dream-photo-3d-")
    assert (await front.http.get(document["url"])).content == glb()


async def test_again_is_the_same_order_with_another_seed(front, anna):
    await make_solid(front, anna)
    made = parse_order(await front.house.db.reading.fetchval("""SELECT order_json FROM "Task" """))
    await anna.writes("/history")
    await anna.presses("Again")
    await anna.presses("Make")
    order = await the_order(front, anna)
    assert isinstance(made, ImageTo3DOrder)
    assert order.seed != made.seed
    assert order.model_copy(update={"seed": made.seed}) == made


async def test_again_of_a_deleted_picture_says_so(front, anna):
    (file,) = await make(front, anna, "a fox")
    draft = await SolidDrafts(front.house.db).begin_from_picture(await anna.person(), file.file_id)
    await front.house.gallery.delete(await anna.person(), file.file_id)
    await anna.writes("/start")
    await put_button(front, anna, f"resolid:{draft.draft_id}")
    assert "deleted" in (await anna.presses("?"))["text"]


async def test_the_filter_finds_solids_alone(front, anna):
    await make(front, anna, "a fox")
    await make_solid(front, anna)
    await make(front, anna, "a hare")
    await anna.writes("/history")
    await anna.presses("Filter")
    await anna.presses("🧊 3D")
    assert "Show 1 picture" in str((await anna.last())["buttons"])
    await anna.presses("Show 1")
    assert "a bronze owl" in await anna.text()


async def test_the_overview_shows_its_first_frame_among_the_others(front, anna):
    await make_solid(front, anna)
    await make(front, anna, "a fox")
    await anna.writes("/history")
    await anna.presses("Overview")
    assert (await anna.last())["photo"]
    await anna.presses("2")
    assert (await anna.last())["document"]["kind"] == "animation"


async def test_a_solid_can_be_marked_and_deleted_like_a_picture(front, anna):
    file = await make_solid(front, anna)
    await anna.writes("/history")
    await anna.presses("Favourite")
    await anna.presses("Note")
    await anna.writes("for the shelf")
    assert "for the shelf" in await anna.text()
    await anna.presses("Delete")
    await anna.presses("Yes, delete")
    assert "Nothing here yet" in await anna.text()
    for key in (file.storage_key, file.thumbnail_key, file.preview_key):
        assert not await front.house.storage.has(key)


@pytest.mark.parametrize("data", ["vary:{}", "restyle:{}", "sizes:{}:g", "enl:{}:g:2:abcdefgh", "solid:{}:g"])
async def test_what_is_not_offered_for_a_solid_is_refused_kindly(front, anna, data):
    file = await make_solid(front, anna)
    await anna.writes("/history")
    await put_button(front, anna, data.format(file.file_id.hex))
    answer = await anna.presses("?")
    assert answer["show_alert"]
    assert answer["text"]
    assert await front.house.tasks.open_tasks(anna.id) == []


async def test_somebody_else_s_picture_and_draft_are_not_there(front, anna):
    (file,) = await make(front, anna, "a fox")
    draft = await SolidDrafts(front.house.db).begin_from_words(await anna.person(), "an owl")
    boris = await front.meet("Boris")
    for data in (f"solid:{file.file_id.hex}:r", f"solid:{UUID(int=1).hex}:g", f"model:{draft.draft_id}"):
        await put_button(front, boris, data)
        assert (await boris.presses("?"))["show_alert"], data
    assert await front.house.tasks.open_tasks(boris.id) == []


async def test_the_same_key_with_the_same_order_is_the_first_task(front, anna):
    person = await anna.person()
    await sell(front)
    order, key = ImageTo3DOrder(prompt="an owl"), f"test:{uuid4()}"
    first = await front.house.generations.request(person, order, key)
    assert (await front.house.generations.request(person, order, key)).task_id == first.task_id
