"""The style gallery: shelves of pictures on one message."""

import asyncio

import pytest

from bot.features.generate import style_pictures
from tests.integration.bot.test_generate import buttons_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def shelves(front):
    """Two shelves: fourteen portraits, and three paintings that the house has pictures of."""
    await front.house.db.reading.execute(
        """UPDATE "Style" SET is_active = TRUE WHERE code IN ('oil', 'watercolor', 'sketch')"""
    )


async def test_the_gallery_is_a_picture_of_shelves_with_their_counts(anna, selfie, shelves):
    await anna.sends(selfie)
    shown = await anna.last()
    assert "Choose a style" in shown["caption"]
    assert shown["photo"]
    assert {"📸 Portrait · 14", "🎨 Painting · 3", "🎲 Surprise me"} <= set(buttons_of(shown))


async def test_shelves_open_turn_and_close_in_place(anna, selfie, shelves):
    await anna.sends(selfie)
    gallery = await anna.last()
    await anna.presses("Painting")
    painting = await anna.last()
    assert "Painting" in painting["caption"]
    assert any("Oil" in text for text in buttons_of(painting))
    await anna.presses("▶")
    assert "Part 1 of 2" in await anna.text()
    await anna.presses("▶")
    assert "Part 2 of 2" in await anna.text()
    await anna.presses("▶")
    assert await anna.text() == painting["caption"]
    await anna.presses("All styles")
    assert "Open a section" in await anna.text()
    (only,) = await anna.from_bot()
    assert only["message_id"] == gallery["message_id"]


async def test_the_gallery_opens_where_the_chosen_style_stands(anna, selfie, shelves):
    await anna.sends(selfie)
    await anna.presses("Portrait")
    await anna.presses("▶")
    await anna.presses("Look 13")
    await anna.presses("Style")
    assert "✅ 🎬 Look 13" in buttons_of(await anna.last())


async def test_a_surprise_is_never_the_present_style(front, anna, selfie):
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = FALSE WHERE code > 'look_1'""")
    await anna.sends(selfie)
    await anna.presses("Look 00")
    for expected in ("Look 01", "Look 00", "Look 01"):
        await anna.presses("Style")
        await anna.presses("Surprise me")
        assert expected in await anna.text()


async def test_a_surprise_without_another_style_is_explained(front, anna, selfie):
    await front.house.db.reading.execute("""UPDATE "Style" SET is_active = FALSE WHERE code > 'look_0'""")
    await anna.sends(selfie)
    await anna.presses("Look 00")
    await anna.presses("Style")
    answer = await anna.presses("Surprise me")
    assert answer["text"] == "This style is gone. Please choose another."


async def test_a_gallery_without_styles_asks_for_words(front, anna, selfie):
    await front.house.db.reading.execute('UPDATE "Style" SET is_active = FALSE')
    await anna.sends(selfie)
    assert "no styles to choose from" in await anna.text()
    await anna.presses("My own words")
    await anna.writes("a knight")
    assert "a knight" in await anna.text()


async def test_a_sheet_is_uploaded_once_for_everybody_and_drawn_once(front, anna, selfie, monkeypatch):
    drawn = []
    draw_sheet = style_pictures.draw_sheet
    monkeypatch.setattr(style_pictures, "draw_sheet", lambda tiles: drawn.append(tiles) or draw_sheet(tiles))
    ben = await front.meet("Ben")
    await anna.sends(selfie)
    await ben.sends(selfie)
    first, second = await front.calls("sendPhoto")
    assert second["parameters"]["photo"] == (await anna.last())["photo"]["file_id"] != first["parameters"]["photo"]
    assert (await anna.last())["photo"]["file_unique_id"] == (await ben.last())["photo"]["file_unique_id"]
    assert len(drawn) == 1


async def test_titles_on_sheets_and_buttons_are_in_the_persons_language(front, selfie, shelves):
    anya = await front.meet("Аня", language_code="ru")
    await anya.sends(selfie)
    await anya.presses("Живопись")
    assert "Живопись" in await anya.text()
    assert any("Масло" in text for text in buttons_of(await anya.last()))


async def test_an_owners_style_without_a_picture_has_a_tile_and_a_card(front, anna, selfie):
    await front.house.db.reading.execute(
        """
        INSERT INTO "Style" (code, title_ru, title_en, emoji, style_group, prompt, position)
        VALUES ('mine', 'Моё', '🎈 My own <look> ' || repeat('long ', 60), '🎈', 'art', 'p', 1)
        """
    )
    await anna.sends(selfie)
    await anna.presses("Painting")
    assert (await anna.last())["photo"]
    await anna.presses("My own")
    card = await anna.last()
    assert card["photo"]
    assert "My own <look>" in card["caption"]


async def test_a_shelf_that_became_shorter_shows_its_last_page(front, anna, selfie):
    await anna.sends(selfie)
    await front.house.db.reading.execute(
        """UPDATE "Style" SET is_active = FALSE WHERE code NOT IN ('look_0', 'look_1')"""
    )
    await anna.presses("▶")
    assert "🎬 Look 01" in buttons_of(await anna.last())


async def test_a_picture_that_telegram_refuses_costs_no_screen(front, anna, selfie):
    await front.fault(method="sendPhoto", error_code=400, times=2)
    await anna.sends(selfie)
    shown = await anna.last()
    assert "Choose a style" in shown["text"]
    await anna.presses("Look 00")
    assert (await anna.last())["photo"]


async def test_presses_of_two_people_at_once_are_both_answered(front, anna, selfie, shelves):
    ben = await front.meet("Ben")
    await anna.sends(selfie)
    await ben.sends(selfie)
    await asyncio.gather(anna.presses("Painting"), ben.presses("Portrait"))
    assert "Painting" in await anna.text()
    assert "Portrait" in await ben.text()
