"""Drafts: those of before still read and order the same, and a made order leads back to its choices."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import ValidationError

from repository.files import File, FileKind
from services.drafts.drafts import SIZES, STRENGTHS, Draft, DraftContent, PictureFormat, Strength
from services.drafts.variations import choices_of, nearest_format, nearest_strength, order_within_pack
from services.orders import (
    MAX_SEED,
    DatasetOrder,
    ImageToImageOrder,
    PackLook,
    TextToImageOrder,
    order_hash,
    order_json,
)
from workers.backends.preview.painting import FULL_STRENGTH

STORED_BEFORE = {
    "file_id": str(UUID(int=5)),
    "style": "noir",
    "prompt": "a fox",
    "num_images": 2,
    "picture_format": "portrait",
    "seed": None,
}
"""A draft as it was written when there was nothing to tune."""


def test_a_draft_stored_before_still_comes_to_the_same_order():
    draft = Draft(1, DraftContent.model_validate(STORED_BEFORE))
    before = ImageToImageOrder(file_id=UUID(int=5), style="noir", prompt="a fox", num_images=2, width=832, height=1152)
    assert order_hash(draft.order()) == order_hash(before)


def test_what_is_unwanted_is_asked_for_only_where_it_was_said():
    assert "negative_prompt" not in order_json(Draft(1, DraftContent(prompt="a fox")).order())
    for file_id in (None, UUID(int=5)):
        order = Draft(1, DraftContent(prompt="a fox", negative_prompt="rain", file_id=file_id)).order()
        assert order.negative_prompt == "rain"


@pytest.mark.parametrize("strength", Strength)
def test_the_likeness_reaches_the_order_of_a_photo(strength: Strength):
    order = Draft(1, DraftContent(style="noir", file_id=UUID(int=5), strength=strength)).order()
    assert isinstance(order, ImageToImageOrder)
    assert order.strength == STRENGTHS[strength]


@pytest.mark.parametrize("shape", PictureFormat)
def test_every_shape_can_be_ordered_and_is_about_a_megapixel(shape: PictureFormat):
    order = Draft(1, DraftContent(prompt="a fox", picture_format=shape)).order()
    assert (order.width, order.height) == SIZES[shape]
    assert 0.9e6 < order.width * order.height < 1.1e6
    assert nearest_format(*SIZES[shape]) is shape


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_a_seed_out_of_bounds_is_no_choice(seed: int):
    with pytest.raises(ValidationError):
        DraftContent(seed=seed)


def test_an_order_leads_back_to_its_choices_without_its_seed():
    content = DraftContent(
        file_id=UUID(int=5),
        style="noir",
        prompt="a fox",
        negative_prompt="rain",
        num_images=3,
        picture_format=PictureFormat.TALL,
        strength=Strength.BALANCED,
        seed=7,
    )
    assert choices_of(Draft(1, content).order()) == content.model_copy(update={"seed": None})


def test_an_order_from_elsewhere_leads_to_the_nearest_choices():
    order = ImageToImageOrder(
        file_id=UUID(int=5), prompt="x" * 2000, negative_prompt="y" * 2000, width=2048, height=1152, strength=0.4
    )
    choices = choices_of(order)
    assert choices.picture_format is PictureFormat.LANDSCAPE
    assert choices.strength is Strength.CLOSE
    assert (len(choices.prompt), len(choices.negative_prompt)) == (1000, 1000)
    assert nearest_strength(1) is Strength.BOLD
    assert choices_of(TextToImageOrder(prompt="a fox", width=256, height=2048)).picture_format is PictureFormat.TALL


def picture(position: int, seed: int | None) -> File:
    return File(
        UUID(int=9),
        1,
        FileKind.OUTPUT,
        1,
        position,
        "k",
        None,
        "image/jpeg",
        64,
        64,
        1,
        b"",
        seed,
        None,
        datetime.now(UTC),
    )


def test_a_picture_of_a_pack_leads_to_its_own_look():
    looks = (PackLook(style="noir"), PackLook(style="neon", prompt="at night"))
    pack = DatasetOrder(class_label="a woman", num_images=4, seed=MAX_SEED, looks=looks)
    assert order_within_pack(pack, picture(0, MAX_SEED)).style == "noir"
    third = order_within_pack(pack, picture(1, 2))  # the second picture was never made
    assert (third.style, third.prompt) == ("neon", "a woman, at night")
    assert order_within_pack(pack, picture(1, None)).style == "neon"


def test_every_step_of_likeness_shows_in_the_preview_too():
    shares = [min(1.0, STRENGTHS[step] / FULL_STRENGTH) for step in Strength]
    assert shares == sorted(set(shares))
    assert shares[-1] == 1
