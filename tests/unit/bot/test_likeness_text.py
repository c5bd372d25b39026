"""Likeness in words: what was measured, and honestly what was not."""

from dataclasses import replace

import pytest

from bot.likeness_text import album_likeness, picture_likeness
from tests.texts import TEXTS
from tests.unit.bot.test_buttons import file

PLAIN = file()


def test_a_picture_that_nobody_looked_at_says_nothing():
    assert picture_likeness(TEXTS.bound("en"), PLAIN) is None
    assert album_likeness(TEXTS.bound("en"), [PLAIN, PLAIN]) is None
    assert album_likeness(TEXTS.bound("en"), []) is None


def test_one_picture_says_its_own_likeness_and_an_album_the_best_and_the_mean():
    t = TEXTS.bound("en")
    one, other = replace(PLAIN, likeness=0.87, has_face=True), replace(PLAIN, likeness=0.61, has_face=True)
    assert album_likeness(t, [one]) == "👤 Likeness 87 %"
    assert album_likeness(t, [one, one]) == "👤 Likeness 87 %", "the same number is said once"
    assert album_likeness(t, [one, other, PLAIN]) == "👤 Likeness: best 87 %, 74 % on average. The closest come first."


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "На 1 картинке лица не видно"), (2, "На 2 картинках лица не видно"), (21, "На 21 картинке лица не видно")],
)
def test_pictures_without_a_face_are_counted_and_never_zero_percent(count: int, words: str):
    faceless = [replace(PLAIN, has_face=False)] * count
    told = album_likeness(TEXTS.bound("ru"), [*faceless, replace(PLAIN, likeness=0.9, has_face=True)])
    assert told is not None
    assert words in told
    assert " 0 %" not in told


def test_what_was_made_again_is_said_to_be_for_free():
    told = album_likeness(TEXTS.bound("en"), [replace(PLAIN, likeness=0.5, has_face=True, is_remade=True)])
    assert told is not None
    assert "1 picture did not look enough like you at first" in told
    assert "for free" in told
