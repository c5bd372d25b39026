"""What is on offer, and that the house can make and show all of it."""

from PIL import Image

from repository.catalogue import CatalogueRepository
from workers.backends.preview.style_pictures import FOLDER, MAX_BYTES, SIDE
from workers.backends.preview.styles import Style


async def test_at_least_two_dozen_styles_stand_in_six_groups_each_with_its_titles(database):
    catalogue = CatalogueRepository(database.reading)
    styles, groups = await catalogue.get_styles(), await catalogue.get_style_groups()
    assert len(styles) >= 24
    assert [group.code for group in groups] == ["portrait", "cinema", "art", "graphic", "fantasy", "seasons"]
    for group in groups:
        assert sum(style.style_group == group.code for style in styles) >= 3
        assert group.title("ru") != group.title("en")
    assert {style.style_group for style in styles} == {group.code for group in groups}
    assert all(style.title("ru") and style.title("en") and style.emoji and style.prompt for style in styles)


async def test_a_group_without_a_style_on_offer_is_not_shown(database):
    await database.reading.execute("""UPDATE "Style" SET is_active = FALSE WHERE style_group = 'seasons'""")
    groups = await CatalogueRepository(database.reading).get_style_groups()
    assert "seasons" not in [group.code for group in groups]


async def test_every_style_on_offer_has_a_painter_and_a_small_picture(database):
    codes = {style.code for style in await CatalogueRepository(database.reading).get_styles()}
    assert codes == {style.value for style in Style}
    assert {path.stem for path in FOLDER.glob("*.jpg")} == codes, "python -m workers.backends.preview.style_pictures"
    for code in codes:
        path = FOLDER / f"{code}.jpg"
        assert path.stat().st_size <= MAX_BYTES
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("JPEG", (SIDE, SIDE))
