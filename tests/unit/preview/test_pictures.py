"""What the pictures promise: size, badge, sameness where it is due and difference where it is due."""

import itertools
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from services.orders import MAX_SEED, ImageToImageOrder, TextToImageOrder
from tests.unit.preview.photos import dark_portrait, decoded, difference, portrait, still_life
from workers.backends.base import Picture
from workers.backends.preview.badge import DESCRIPTION, badged, to_image
from workers.backends.preview.effects import PAINTERS
from workers.backends.preview.framing import frame
from workers.backends.preview.look import make_look
from workers.backends.preview.painting import paint_photo, paint_words
from workers.backends.preview.photo import WORK_AREA, UnreadablePhoto, read_photo
from workers.backends.preview.pixels import luma
from workers.backends.preview.styles import Style
from workers.backends.preview.subject import Subject, Subjects, find_subject_face, separate
from workers.backends.preview.wish import read_wish

FILE_ID = UUID(int=1)
VISIBLE = 3.0
"""Difference from which a person sees another picture, not the same one again."""


def photo_order(**asked: object) -> ImageToImageOrder:
    return ImageToImageOrder.model_validate({"file_id": FILE_ID, "width": 320, "height": 320, "seed": 3, **asked})


def words_order(**asked: object) -> TextToImageOrder:
    return TextToImageOrder.model_validate({"width": 320, "height": 320, "seed": 3, **asked})


def from_photo(content: bytes, **asked: object) -> list[Picture]:
    order = photo_order(**asked)
    assert order.seed is not None
    return [stage.output for stage in paint_photo(order, content, order.seed, Subjects()) if stage.output is not None]


def from_words(**asked: object) -> list[Picture]:
    order = words_order(**asked)
    assert order.seed is not None
    return [stage.output for stage in paint_words(order, order.seed) if stage.output is not None]


def painted(subject: Subject, style: Style, prompt: str, seed: int) -> Image.Image:
    """One picture of a subject that is prepared already."""
    look = make_look(style, read_wish(prompt), prompt, seed)
    return to_image(PAINTERS[style](frame(subject, 256, 256, look.variation), look), 256, 256)


@pytest.fixture(scope="module")
def subjects() -> dict[str, Subject]:
    """Person, person in the dark, and no person."""
    photos = {"portrait": portrait(), "dark": dark_portrait(), "no face": still_life()}
    return {name: separate(*find_subject_face(read_photo(content))) for name, content in photos.items()}


@pytest.mark.parametrize("style", Style)
def test_every_style_paints_every_photo_in_the_size_of_its_canvas(style: Style, subjects: dict[str, Subject]) -> None:
    for subject in subjects.values():
        for variation in range(4):
            shot = frame(subject, 256, 320, variation)
            pixels = PAINTERS[style](shot, make_look(style, read_wish(""), "", variation))
            assert pixels.shape == (320, 256, 3)
            assert pixels.dtype == np.float32
            assert np.isfinite(pixels).all()
            assert float(luma(np.clip(pixels, 0, 1)).std()) > 0.05, "a picture, not a flat sheet"


def test_every_style_has_a_painter() -> None:
    assert set(PAINTERS) == set(Style)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("prompt", ["", "в красном платье"])
def test_neighbouring_seeds_give_visibly_different_pictures(
    style: Style, prompt: str, subjects: dict[str, Subject]
) -> None:
    pictures = [painted(subjects["portrait"], style, prompt, seed) for seed in range(4)]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > VISIBLE


def test_the_face_is_found_and_cut_out_of_its_background(subjects: dict[str, Subject]) -> None:
    for name in ("portrait", "dark"):
        subject = subjects[name]
        assert subject.face is not None
        assert subject.mask is not None
        x, y = (round(v) for v in subject.face.centre)
        assert subject.mask[y, x] > 250, "the face is the person"
        assert subject.mask[:20, -20:].max() < 20, "the corner is not"
        assert subject.mask[round(subject.face.y - 0.3 * subject.face.height), x] > 200, "nor is the hair lost"


def test_a_photo_without_a_face_is_framed_and_painted_whole(subjects: dict[str, Subject]) -> None:
    assert subjects["no face"].face is None
    assert subjects["no face"].mask is None
    assert not frame(subjects["no face"], 320, 320, 0).is_cut


def test_a_dark_photo_is_opened_up(subjects: dict[str, Subject]) -> None:
    assert float(subjects["dark"].photo.mean()) > 2 * float(read_photo(dark_portrait()).mean())


@pytest.mark.parametrize(
    ("width", "height"), [(256, 256), (2048, 256), (256, 2048), (1344, 768), (2048, 2048), (832, 1216)]
)
def test_pictures_have_exactly_the_size_of_the_order(width: int, height: int) -> None:
    for picture in (
        *from_photo(portrait(), style="vintage", width=width, height=height),
        *from_words(prompt="Север", width=width, height=height),
    ):
        image = decoded(picture.content)
        assert (picture.width, picture.height) == image.size == (width, height)


@pytest.mark.parametrize(("width", "height"), [(1024, 256), (256, 1024), (768, 768)])
def test_the_whole_face_is_in_the_picture(width: int, height: int, subjects: dict[str, Subject]) -> None:
    for variation in range(4):
        shot = frame(subjects["portrait"], width, height, variation)
        assert shot.face is not None
        x, y, w, h = shot.face
        assert x > 0
        assert y > 0
        assert x + w < width
        assert y + h < height


def test_pictures_are_rgb_jpeg_and_say_in_the_file_what_they_are() -> None:
    for picture in (*from_photo(portrait(), style="noir"), *from_words(prompt="Sea")):
        image = decoded(picture.content)
        assert picture.media_type == "image/jpeg"
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.getexif()[0x010E] == DESCRIPTION
        assert image.info["comment"] == DESCRIPTION.encode()


@pytest.mark.parametrize("shade", [0, 128, 255])
@pytest.mark.parametrize("size", [(256, 256), (1024, 1024), (2048, 256)])
def test_the_badge_is_legible_on_any_ground(shade: int, size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, (shade, shade, shade))
    changed = np.asarray(badged(plain), np.int16).mean(axis=2)
    rows, columns = np.nonzero(np.abs(changed - shade) > 8)
    badge = changed[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert columns.min() > size[0] * 0.5
    assert rows.min() > size[1] * 0.5, "in the corner"
    assert badge.size < 0.04 * size[0] * size[1], "discreet"
    assert badge.max() - np.median(badge) > 60, "letters stand out from the pill"


def test_the_same_order_seed_and_photo_give_the_same_bytes() -> None:
    for style in ("studio", "cosmos"):
        first, second = (from_photo(portrait(), style=style, prompt="море", num_images=2) for _ in range(2))
        assert [p.content for p in first] == [p.content for p in second]
    assert from_words(prompt="море")[0].content == from_words(prompt="море")[0].content


def test_a_picture_can_be_made_again_from_its_own_seed() -> None:
    album = from_photo(portrait(), style="neon", num_images=3)
    assert [picture.seed for picture in album] == [3, 4, 5]
    assert from_photo(portrait(), style="neon", seed=5)[0].content == album[2].content


def test_the_largest_seed_wraps_around() -> None:
    assert [picture.seed for picture in from_words(prompt="x", num_images=2, seed=MAX_SEED)] == [MAX_SEED, 0]


@pytest.mark.parametrize("style", [style for style in Style if style is not Style.VINTAGE])
def test_other_words_give_a_visibly_other_picture(style: Style, subjects: dict[str, Subject]) -> None:
    prompts = ("кот в сапогах", "purple haze", "foo bar 7")
    pictures = [painted(subjects["portrait"], style, prompt, 3) for prompt in prompts]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > VISIBLE


def test_other_words_give_a_visibly_other_composition() -> None:
    pictures = [decoded(from_words(prompt=prompt)[0].content) for prompt in ("Кот на луне", "A dog at sea", "")]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > VISIBLE


def test_a_low_strength_keeps_the_photo() -> None:
    faint, strong, full = (
        decoded(from_photo(portrait(), style="pop_art", strength=share)[0].content) for share in (0.05, 0.3, 0.9)
    )
    shot = frame(separate(*find_subject_face(read_photo(portrait()))), 320, 320, 3)
    plain = Image.fromarray((np.clip(shot.picture, 0, 1) * 255).astype(np.uint8))
    assert difference(plain, faint) < difference(plain, strong) < difference(plain, full)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "   ",
        "Девушка у моря, закат",
        "слово " * 330,
        "Ё" * 2000,
        "🚀🔥👩‍🚀",
        "木漏れ日",
        "a\nb\tc\0d",
        "مرحبا",
    ],
)
def test_any_prompt_can_be_set_and_painted(prompt: str, subjects: dict[str, Subject]) -> None:
    assert len(from_words(prompt=prompt)) == 1
    for style in (Style.MAGAZINE, Style.POSTER, Style.COMIC):
        assert painted(subjects["no face"], style, prompt, 1).size == (256, 256)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        portrait()[:3000],
        b"GIF89a" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"<svg/>",
    ],
    ids=["empty", "text", "cut short", "gif", "broken png", "svg"],
)
def test_what_is_no_photo_is_refused_as_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        read_photo(content)


def test_cmyk_grey_palette_and_transparent_photos_become_rgb() -> None:
    from tests.unit.preview.photos import encoded

    person = np.asarray(decoded(portrait()))
    for mode, image_format in (
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("RGBA", "WEBP"),
    ):
        photo = read_photo(encoded(person, mode=mode, image_format=image_format))
        assert photo.shape == (512, 512, 3)
        assert photo.dtype == np.uint8


def test_a_large_photo_is_worked_on_within_bounds() -> None:
    from tests.unit.preview.photos import encoded

    photo = read_photo(encoded(np.zeros((3000, 4500, 3), np.uint8)))
    assert photo.shape[0] * photo.shape[1] <= WORK_AREA * 1.01


def test_progress_never_falls_and_ends_at_a_hundred() -> None:
    order = photo_order(style="studio", num_images=3)
    percents = [stage.percent for stage in paint_photo(order, portrait(), 3, Subjects())]
    assert percents == sorted(set(percents))
    assert percents[-1] == 100
