"""The owner's LoRAs in the chat: switched on and off, stacked upon a model, gone when the owner takes them away."""

import json
from typing import Any

import pytest

from bot.features.generate.extra_lora_keyboards import ChooseExtraLora, ShowExtraLoras
from bot.features.generate.model_keyboards import ChooseModel
from tests.integration.bot.conftest import Chat, Front, draw
from tests.integration.bot.making import make, put_button
from tests.integration.bot.test_generate import buttons_of
from tests.integration.bot.test_portraits import add_model, described, latest_draft
from tests.integration.extra_loras import add_extra_lora

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def film(front: Front) -> int:
    return await add_extra_lora(front.house.db, "Film <b>&", weight=0.7, trigger_words="flm")


@pytest.fixture
async def glow(front: Front) -> int:
    return await add_extra_lora(front.house.db, "Glow")


async def latest_order(front: Front, chat: Chat) -> dict[str, Any]:
    tasks = await front.house.tasks.open_tasks(chat.id)
    return dict(json.loads(max(tasks, key=lambda task: task.created_at).order_json))


async def switch_off(front: Front, lora_id: int) -> None:
    await front.house.db.reading.execute("""UPDATE "ExtraLora" SET is_active = FALSE WHERE lora_id = $1""", lora_id)


async def opened(chat: Chat) -> None:
    """The effects of a new card."""
    await described(chat, "a fox")
    await chat.presses("Fine tuning")
    await chat.presses("Effects")


async def test_without_loras_that_are_served_here_nothing_is_said_of_them(front: Front, anna: Chat):
    await described(anna, "a fox")
    await anna.presses("Fine tuning")
    assert "Effects" not in str(await anna.last())
    await add_extra_lora(front.house.db, "Elsewhere", "runware")
    await switch_off(front, await add_extra_lora(front.house.db, "Off"))
    other = await add_extra_lora(front.house.db, "Of another family")
    await front.house.db.reading.execute(
        """UPDATE "ExtraLoraServing" SET architecture = 'sdxl' WHERE lora_id = $1""", other
    )
    await described(anna, "a fox")
    await anna.presses("Fine tuning")
    assert "Effects" not in str(await anna.last())


async def test_loras_are_chosen_shown_and_ordered_with_the_model_and_the_owners_weight(
    front: Front, anna: Chat, film: int, glow: int
):
    model_id = await add_model(front, anna)
    await described(anna, "a fox")
    await anna.presses("Fine tuning")
    assert "None chosen" in await anna.text()
    await anna.presses("Effects")
    assert buttons_of(await anna.last()) == ["Film <b>&", "Glow", "‹ Back"]
    await anna.presses("Glow")
    await anna.presses("Film")
    assert buttons_of(await anna.last()) == ["✅ Film <b>&", "✅ Glow", "‹ Back"]
    await anna.presses("Back")
    assert "Effects: Glow, Film <b>&" in await anna.text()
    await anna.presses("Back")
    assert "🪄 Effects: Glow, Film <b>&" in await anna.text()
    assert len(await anna.from_bot()) == 1
    await anna.presses("✨")
    order = await latest_order(front, anna)
    assert order["loras"] == [
        {"source": "personal", "id": model_id},
        {"source": "extra", "id": glow},
        {"source": "extra", "id": film},
    ]


async def test_one_lora_alone_is_ordered_in_russian_too(front: Front, film: int):
    boris = await front.meet("Борис", "ru")
    await boris.writes("/generate")
    await boris.presses("Без фото")
    await boris.writes("лиса")
    await boris.presses("Тонкая настройка")
    await boris.presses("Эффекты")
    assert "поместится до 4 эффектов" in (await boris.text()).replace("\u2068", "").replace("\u2069", "")
    await boris.presses("Film")
    await boris.presses("Назад")
    await boris.presses("Назад")
    assert "🪄 Эффект: Film <b>&" in await boris.text()
    await boris.presses("✨")
    order = await latest_order(front, boris)
    assert order["loras"] == [{"source": "extra", "id": film}]
    assert order["model"] == "runware:101@1"


async def test_a_press_that_comes_twice_switches_once(front: Front, anna: Chat, film: int, glow: int):
    await opened(anna)
    for pressed in ("Film", "Glow", "Film"):
        await anna.presses(pressed)
        before = await anna.last()
        await front.fault(redeliver=1)
        await front.handle_pending()
        assert (await anna.last())["buttons"] == before["buttons"]
    assert buttons_of(await anna.last()) == ["Film <b>&", "✅ Glow", "‹ Back"]


async def test_no_more_are_taken_than_fit_beside_the_model(front: Front, anna: Chat):
    for number in range(5):
        await add_extra_lora(front.house.db, f"Look number {number}")
    await opened(anna)
    assert "up to 4 fit" in await anna.text()
    for number in range(4):
        await anna.presses(f"Look number {number}")
    assert "No more than 4 effects fit" in str(await anna.presses("Look number 4"))
    assert len((await latest_draft(front))["extra_loras"]) == 4
    await front.house.db.reading.execute("""UPDATE "VendorModel" SET max_loras = 2 WHERE backend = 'preview'""")
    await add_model(front, anna)
    await anna.presses("Back")
    assert "are not available for this picture any more" in await anna.text()
    await anna.presses("Back")
    await anna.presses("Add a model")
    await anna.presses("Anna & co")
    assert "“Look number 1” is not available for this picture any more: it is taken out" in await anna.text()
    assert "🪄 Effect: Look number 0" in await anna.text()
    await anna.presses("Fine tuning")
    await anna.presses("Effects")
    assert "Only one effect fits" in str(await anna.presses("Look number 4"))


async def test_many_loras_have_pages(front: Front, anna: Chat):
    for number in range(18):
        await add_extra_lora(front.house.db, f"Look number {number:02}")
    await opened(anna)
    assert "Page 1 of 3" in await anna.text()
    assert len(buttons_of(await anna.last())) == 10
    await anna.presses("Next ▶")
    await anna.presses("Look number 15")
    assert "Page 2 of 3" in await anna.text()
    assert "✅ Look number 15" in buttons_of(await anna.last())
    await anna.presses("Next ▶")
    assert buttons_of(await anna.last()) == ["Look number 16", "Look number 17", "◀ Previous", "‹ Back"]
    last = await anna.last()
    draft_id = (await front.house.db.reading.fetchval("""SELECT max(draft_id) FROM "Draft" """)) or 0
    await anna.presses("◀ Previous")
    assert "Page 2 of 3" in await anna.text()
    await put_button(front, anna, ShowExtraLoras(draft_id=draft_id, page=99).pack(), last["message_id"])
    await anna.presses("?")
    assert "Page 3 of 3" in await anna.text()


async def test_a_lora_that_the_owner_switched_off_is_dropped_with_a_sentence_and_never_fails_the_order(
    front: Front, anna: Chat, film: int, glow: int
):
    await opened(anna)
    await anna.presses("Film")
    await anna.presses("Glow")
    await anna.presses("Back")
    await anna.presses("Back")
    await switch_off(front, film)
    await anna.presses("✨")
    assert "The effect “Film <b>&” is not available for this picture any more: it is taken out" in await anna.text()
    assert "🪄 Effect: Glow" in await anna.text()
    assert await front.house.tasks.open_tasks(anna.id) == []
    await anna.presses("✨")
    assert (await latest_order(front, anna))["loras"] == [{"source": "extra", "id": glow}]


async def test_a_second_press_of_make_finds_the_order_whatever_the_owner_switched_off(
    front: Front, anna: Chat, film: int
):
    await opened(anna)
    await anna.presses("Film")
    await anna.presses("Back")
    await anna.presses("Back")
    card = await anna.last()
    make_it = next(button["data"] for row in card["buttons"] for button in row if "✨" in button["text"])
    await anna.presses("✨")
    await switch_off(front, film)
    await put_button(front, anna, make_it)
    await anna.presses("?")
    assert len(await front.house.tasks.open_tasks(anna.id)) == 1
    assert "not available" not in await anna.text()


async def test_stale_buttons_say_what_became_of_a_lora(front: Front, anna: Chat, film: int, glow: int):
    await opened(anna)
    await switch_off(front, film)
    await anna.presses("Film")
    assert "“Film <b>&” is not available" in await anna.text()
    assert buttons_of(await anna.last()) == ["Glow", "‹ Back"]
    draft_id = await front.house.db.reading.fetchval("""SELECT max(draft_id) FROM "Draft" """)
    for lora_id, is_wanted in ((4_000, True), (4_000, False)):
        press = ChooseExtraLora(draft_id=draft_id, lora_id=lora_id, is_wanted=is_wanted, page=7)
        await put_button(front, anna, press.pack())
        await anna.presses("?")
        assert buttons_of(await anna.last()) == ["Glow", "‹ Back"]
    await switch_off(front, glow)
    await put_button(front, anna, ShowExtraLoras(draft_id=draft_id).pack())
    await anna.presses("?")
    assert "Fine tuning" in await anna.text()
    assert "Effects" not in str(await anna.last())
    other = await front.meet("Ben")
    await put_button(front, other, ChooseExtraLora(draft_id=draft_id, lora_id=glow, is_wanted=True).pack())
    await other.presses("?")
    assert (await latest_draft(front))["extra_loras"] == []


async def test_again_another_style_another_variation_and_a_picture_to_start_from_keep_the_loras(
    front: Front, anna: Chat, film: int
):
    await opened(anna)
    await anna.presses("Film")
    await anna.presses("Back")
    await anna.presses("Back")
    draft = await front.house.drafts.read(
        await anna.person(), await front.house.db.reading.fetchval("""SELECT max(draft_id) FROM "Draft" """)
    )
    (picture,) = await make(front, anna, order=draft.order(), key=draft.key)
    for press in (f"again:{draft.draft_id}", f"vary:{picture.file_id}"):
        await put_button(front, anna, press)
        await anna.presses("?")
        assert "🪄 Effect: Film <b>&" in await anna.text(), press
    for press in (f"other:{draft.draft_id}", f"restyle:{picture.file_id}"):
        await put_button(front, anna, press)
        await anna.presses("?")
        await anna.presses("Look 03")
        assert "🪄 Effect: Film <b>&" in await anna.text(), press
    await switch_off(front, film)
    await put_button(front, anna, f"vary:{picture.file_id}")
    await anna.presses("?")
    assert "it is taken out" in await anna.text()
    assert (await latest_draft(front))["extra_loras"] == []


async def test_a_model_is_never_offered_a_lora_that_its_vendor_does_not_serve(front: Front, anna: Chat, film: int):
    model_id = await add_model(front, anna)
    await front.house.db.reading.execute("""UPDATE "ModelServing" SET backend = 'replicate'""")
    await described(anna, "a fox")
    await anna.presses("Fine tuning")
    assert "Effects" not in str(await anna.last())
    await anna.presses("Back")
    await anna.presses("👤")
    await anna.presses("No model")
    await anna.presses("Fine tuning")
    await anna.presses("Effects")
    await anna.presses("Film")
    await put_button(front, anna, ChooseModel(draft_id=1, model_id=model_id).pack())
    await anna.presses("?")
    assert "is not available for this picture any more" in await anna.text(), "the person matters more than an effect"
    assert "👤 Model: Anna & co" in await anna.text()


async def test_a_photo_that_joins_keeps_the_loras(front: Front, anna: Chat, film: int):
    await opened(anna)
    await anna.presses("Film")
    await anna.sends(draw())
    assert "🪄 Effect: Film <b>&" in await anna.text()
    await anna.presses("✨")
    order = await latest_order(front, anna)
    assert (order["kind"], order["loras"]) == ("image_to_image", [{"source": "extra", "id": film}])
