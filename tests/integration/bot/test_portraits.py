"""One's own model on the card and on packs, and how alike portraits are, in the chat."""

from dataclasses import replace
from uuid import uuid4

from repository.files import File
from repository.tasks import Lane, TaskStatus
from services.orders import PORTRAIT_MODEL, LoraSource, LoraUse, TextToImageOrder
from services.photos.photos import store_picture
from services.tasks import Ending
from tests.integration.bot.conftest import Chat, Front, draw
from tests.integration.bot.making import put_button


async def add_model(front: Front, chat: Chat, name: str = "Anna & co", *, is_ready: bool = True) -> int:
    """A model of the person's, served by the preview."""
    sql = front.house.db.reading
    model_id = await sql.fetchval(
        """INSERT INTO "Model" (user_id, name, trigger_word, status) VALUES ($1, $2, $3, $4) RETURNING model_id""",
        *(chat.id, name, f"trig{uuid4().hex[:8]}", "ready" if is_ready else "training"),
    )
    version_id = await sql.fetchval(
        """
        INSERT INTO "ModelVersion" (model_id, number, status, photos, architecture, weights_key, weights_bytes,
                                    weights_sha256)
        VALUES ($1, 1, 'ready', 12, 'flux1', 'models/' || gen_random_uuid(), 1, '\\x00') RETURNING version_id
        """,
        model_id,
    )
    if is_ready:
        await sql.execute("""UPDATE "Model" SET version_id = $2 WHERE model_id = $1""", model_id, version_id)
        await sql.execute("""INSERT INTO "ModelServing" VALUES ($1, 'preview', 'demo')""", version_id)
    return int(model_id)


async def latest_draft(front: Front) -> dict[str, object]:
    row = await front.house.db.reading.fetchrow("""SELECT * FROM "Draft" ORDER BY draft_id DESC LIMIT 1""")
    return dict(row["content"])


async def described(chat: Chat, words: str) -> None:
    """The card of a picture from words alone."""
    await chat.writes("/generate")
    await chat.presses("No photo")
    await chat.writes(words)


async def test_without_a_model_nothing_is_said_of_models(front: Front, anna: Chat):
    await anna.writes("/generate")
    assert "model" not in str((await anna.last())["buttons"])
    await anna.presses("No photo")
    await anna.writes("a fox")
    assert "👤" not in str((await anna.last())["buttons"])


async def test_a_portrait_is_begun_with_the_model_and_needs_a_style_alone(front: Front, anna: Chat):
    model_id = await add_model(front, anna)
    await anna.writes("/generate")
    await anna.presses("With my model")
    await anna.presses("Look 00")
    assert "👤 Model: Anna & co" in await anna.text()
    assert "No photo" not in await anna.text()
    assert "👤 Model: Anna & co" in str((await anna.last())["buttons"])
    await anna.presses("✨")
    row = await front.house.db.reading.fetchrow("""SELECT model_id, version_id, prompt_text FROM "Generation" """)
    assert row["model_id"] == model_id
    assert row["version_id"] is not None
    assert "trig" not in row["prompt_text"]


async def test_the_card_changes_the_model_and_takes_it_away(front: Front, anna: Chat):
    await add_model(front, anna, "First")
    second = await add_model(front, anna, "Second")
    await described(anna, "a walk by the sea")
    await anna.presses("👤 Model")
    assert "Whose face" in await anna.text()
    await anna.presses("Second")
    assert "👤 Model: Second" in await anna.text()
    await anna.presses("👤 Model")
    assert "✅ Second" in str((await anna.last())["buttons"])
    await anna.presses("No model")
    assert "👤 Model" not in await anna.text()
    assert "Add a model" in str((await anna.last())["buttons"])
    await front.house.db.reading.execute("""UPDATE "User" SET default_model_id = $1""", second)
    await described(anna, "a fox")
    assert "👤 Model: Second" in await anna.text()


async def test_a_model_that_is_not_ready_or_gone_is_told_clearly(front: Front, anna: Chat):
    model_id = await add_model(front, anna, "Soon", is_ready=False)
    await put_button(front, anna, f"portrait:{model_id}:0")
    answer = await anna.presses("?")
    assert "“Soon” is not ready yet" in str(answer)
    ready = await add_model(front, anna, "Gone")
    await described(anna, "a fox")
    assert "👤 Model: Gone" in await anna.text()
    await front.house.db.reading.execute("""DELETE FROM "Model" WHERE model_id = $1""", ready)
    assert "not ready here, or is gone" in str(await anna.presses("✨"))
    other = await front.meet("Ben")
    theirs = await add_model(front, other, "Ben's")
    await put_button(front, anna, f"portrait:{theirs}:0")
    assert "is gone" in str(await anna.presses("?"))


async def test_a_pack_is_made_with_the_model_instead_of_a_photo(front: Front, anna: Chat):
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = TRUE""")
    await anna.writes("/pack")
    await anna.presses("Museum")
    assert "✨" not in str((await anna.last())["buttons"]), "neither photo nor model"
    await add_model(front, anna)
    await anna.writes("/pack")
    await anna.presses("Museum")
    assert "👤 Model: Anna & co" in await anna.text()
    assert "✨" in str((await anna.last())["buttons"])
    await anna.sends(draw())
    assert (await latest_draft(front))["model_id"] is None, "a photo takes the model's place"
    await anna.presses("Add a model")
    await anna.presses("Anna & co")
    assert (await latest_draft(front))["file_id"] is None, "and the other way round"


async def test_an_opened_portrait_says_how_alike_it_is(front: Front, anna: Chat):
    await _portrait(front, anna, likeness=0.874, has_face=True)
    await anna.writes("/history")
    await _open_first(anna)
    assert "Likeness 87 %" in await anna.text()


async def test_an_opened_portrait_without_a_face_says_so(front: Front, anna: Chat):
    await _portrait(front, anna, likeness=None, has_face=False)
    await anna.writes("/history")
    await _open_first(anna)
    assert "No face can be seen" in await anna.text()
    assert " 0 %" not in await anna.text()


async def _open_first(chat: Chat) -> None:
    shown = await chat.last()
    if "Likeness" in str(shown) or "No face" in str(shown):
        return
    number = next(button for row in shown["buttons"] for button in row if button["text"].strip() in ("1", "1️⃣"))
    await chat.presses_data(shown["message_id"], number["data"])


async def _portrait(front: Front, chat: Chat, likeness: float | None, *, has_face: bool) -> File:
    house = front.house
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
    use = LoraUse(source=LoraSource.PERSONAL, id=await add_model(front, chat))
    order = TextToImageOrder(prompt="a walk", model=PORTRAIT_MODEL, loras=(use,))
    await house.generations.request(await chat.person(), order, "test")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    content = draw(300, 300)
    stored = await store_picture(house.storage, "outputs", content, content, 300, 300, "image/png")
    scored = replace(stored, likeness=likeness, has_face=has_face)
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, [scored]))
    return (await house.generations.entry_of_task(chat.id, task.task_id)).files[0]
