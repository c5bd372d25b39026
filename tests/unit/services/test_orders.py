"""Orders are checked once, written canonically, and made again by their seed."""

import random
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.orders import ImageToImageOrder, TextToImageOrder, order_hash, order_json, parse_order, with_seed


def test_an_order_reads_back_as_it_was_written():
    for order in (TextToImageOrder(prompt="лиса"), ImageToImageOrder(file_id=UUID(int=5), style="noir", num_images=4)):
        assert parse_order(order_json(order)) == order


def test_the_same_order_has_the_same_hash_and_another_another():
    assert order_hash(TextToImageOrder(prompt="a")) == order_hash(TextToImageOrder(prompt="a", steps=20))
    assert order_hash(TextToImageOrder(prompt="a")) != order_hash(TextToImageOrder(prompt="a", steps=21))


def test_a_negative_prompt_stands_in_the_order_only_when_given():
    assert "negative_prompt" not in order_json(TextToImageOrder(prompt="a"))


def test_a_seed_is_drawn_only_where_none_was_given():
    assert with_seed(TextToImageOrder(prompt="a", seed=7), random.Random(1)).seed == 7
    drawn = with_seed(TextToImageOrder(prompt="a"), random.Random(1)).seed
    assert drawn == with_seed(TextToImageOrder(prompt="a"), random.Random(1)).seed


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_images": 0},
        {"num_images": 5},
        {"width": 1000},
        {"width": 64},
        {"seed": 2**31},
        {"style": "No Such"},
        {"prompt": "x" * 2001},
        {"negative_prompt": ""},
        {"colour": "red"},
    ],
)
def test_what_no_backend_could_make_is_no_order(wrong):
    with pytest.raises(ValidationError):
        TextToImageOrder(**wrong)
