"""A solid comes turning, with words and buttons, and then as a file: each once, whatever fails on the way."""

import pytest

from bot.delivery import CONFETTI
from bot.stored_picture import DOCUMENT_LIMIT
from repository.tasks import Lane, Task, TaskStatus
from services.drafts.drafts import DraftContent
from services.drafts.solid_drafts import SolidDraft, SolidDraftContent, SolidDrafts
from services.errors import DraftNotFound
from services.orders import SolidParameters
from services.task_endings import Ending
from tests.integration.solids import SIDE, glb, store_solid, turning


@pytest.fixture(autouse=True)
async def price(office) -> None:
    await office.db.reading.execute("""UPDATE "Price" SET tokens = 12 WHERE kind = 'image_to_3d'""")


async def modelling(office, person) -> Task:
    """A solid that a worker has in hand, and that a message in the chat shows."""
    draft = await SolidDrafts(office.db).begin_from_words(person, "a bronze owl")
    ordered = await office.generations.request(person, draft.order(), draft.key)
    [task] = await office.tasks.claim(Lane.CPU, 1)
    shown = await office.telegram.bot.send_message(person.user_id, "working on it")
    await office.notifications.show_progress(ordered, person.user_id, shown.message_id)
    return task


async def made(office, person, **about) -> Task:
    task = await modelling(office, person)
    assert await office.tasks.end(task, Ending(TaskStatus.COMPLETED, [await store_solid(office.storage, **about)]))
    return task


async def told(office, task) -> None:
    async with office.delivering():
        assert await office.closed(task) == "delivered"


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


async def test_it_comes_turning_with_words_and_buttons_and_then_as_a_file(office, anna):
    await told(office, await made(office, anna))
    solid, file = await office.chat(anna)
    assert solid["document"]["kind"] == "animation"
    assert solid["document"]["mime_type"] == "image/gif"
    assert (solid["document"]["width"], solid["document"]["height"]) == (SIDE, SIDE)
    assert "3D figure is ready" in solid["caption"]
    assert "12 tokens charged" in solid["caption"]
    assert buttons(solid) == ["🔁 Again", "🤍 Favourite", "📎 As a file", "⋯ More", "🖼 My pictures", "‹ Menu"]
    assert file["document"]["kind"] == "document"
    assert file["document"]["file_name"].startswith("dream-photo-3d-")
    assert file["document"]["file_name"].endswith(".glb")
    assert (await office.telegram.http.get(file["document"]["url"])).content == glb()
    assert (await office.telegram.http.get(solid["document"]["url"])).content == turning()


async def test_telegram_s_name_for_the_turning_picture_is_kept_and_the_first_one_of_all_is_celebrated(office, anna):
    await told(office, await made(office, anna))
    kept = await office.db.reading.fetchval("""SELECT telegram_file_id FROM "File" WHERE kind = 'output'""")
    solid, _ = await office.chat(anna)
    assert kept == solid["document"]["file_id"]
    [sent] = await office.telegram.calls("sendAnimation")
    assert sent["parameters"]["message_effect_id"] == CONFETTI


async def test_telegram_shows_what_is_on_its_way(office, anna):
    await told(office, await made(office, anna))
    actions = [call["parameters"]["action"] for call in await office.telegram.calls("sendChatAction")]
    assert actions == ["upload_video", "upload_document"]


@pytest.mark.parametrize("method", ["sendAnimation", "sendDocument", "deleteMessage"])
async def test_what_was_sent_is_not_sent_again_after_a_failure(office, anna, method):
    task = await made(office, anna)
    await office.telegram.fault(method=method, error_code=502)
    await told(office, task)
    kinds = [message["document"]["kind"] for message in await office.chat(anna)]
    assert kinds == ["animation", "document"]


async def test_a_file_that_telegram_does_not_take_is_said_where_the_figure_is_shown(office, anna):
    await told(office, await made(office, anna, size_bytes=DOCUMENT_LIMIT + 1024 * 1024))
    [solid] = await office.chat(anna)
    assert "51 MB" in solid["caption"]
    assert "no more than 50 MB" in solid["caption"]


async def test_a_figure_whose_file_is_refused_is_said_to_wait_in_the_history(office, anna):
    task = await made(office, anna)
    await office.telegram.fault(method="sendDocument", error_code=400, description="Bad Request: FILE_PART_MISSING")
    async with office.delivering():
        assert await office.closed(task) == "undeliverable"
    assert "kept for you in the history" in (await office.chat(anna))[0]["text"]


@pytest.mark.parametrize("code", ["output_blocked", "prompt_blocked", "unavailable", "internal"])
async def test_a_failure_stands_where_the_progress_stood_and_can_be_tried_again(office, anna, code):
    task = await modelling(office, anna)
    assert await office.tasks.end(task, Ending(TaskStatus.FAILED, [], code))
    await told(office, task)
    [message] = await office.chat(anna)
    assert message["edited"]
    assert code not in message["text"]
    assert "12 tokens are back" in message["text"]
    assert buttons(message) == ["🔁 Again", "🖼 My pictures", "‹ Menu"]


async def test_the_progress_says_that_it_is_modelled(office, anna):
    task = await modelling(office, anna)
    await office.renew(task, 40)
    progress = office.live_progress()
    await progress.show_all()
    await progress.settle()
    [message] = await office.chat(anna)
    assert "Modelling" in message["text"]
    assert "40%" in message["text"]


async def test_a_draft_of_a_picture_is_none_of_a_solid_and_the_other_way_round(office, anna):
    solid = await SolidDrafts(office.db).begin_from_words(anna, "an owl")
    assert solid == SolidDraft(solid.draft_id, SolidDraftContent(prompt="an owl", parameters=SolidParameters())), (
        "as it is read again"
    )
    assert await SolidDrafts(office.db).read(anna, solid.draft_id) == solid
    picture = await office.drafts.begin(anna, DraftContent(prompt="an owl"))
    with pytest.raises(DraftNotFound):
        await office.drafts.read(anna, solid.draft_id)
    with pytest.raises(DraftNotFound):
        await SolidDrafts(office.db).read(anna, picture.draft_id)
