"""Distances of faces, and what is told of them."""

import math

import pytest

from services.photos.likeness import REFERENCE_LINE, distance, likeness, reference


def at(*places: float) -> tuple[float, ...]:
    return (*places, *[0.0] * (128 - len(places)))


def test_the_distance_is_euclidean() -> None:
    assert distance(at(0, 3), at(4, 0)) == 5
    assert distance(at(1, 2), at(1, 2)) == 0


def test_likeness_falls_with_the_distance_from_one_to_nothing() -> None:
    told = [likeness(step / 100) for step in range(200)]
    assert told == sorted(told, reverse=True)
    assert told[0] > 0.99
    assert told[-1] < 0.01


def test_the_line_for_another_try_lies_between_a_persons_own_photos_and_strangers() -> None:
    """The house makes a portrait again that is less than 40 % alike. Seen: docs/photo-verdicts.md, "Likeness"."""
    assert likeness(0.44) > 0.8, "of people's own photos 95 of 100 were nearer"
    assert likeness(REFERENCE_LINE) < 0.4, "of strangers 99 of 100 were farther"


def test_a_face_is_less_alike_the_more_blurred_it_is() -> None:
    told = [likeness(0.4, sharpness / 100) for sharpness in range(250, 14, -1)]
    assert told == sorted(told, reverse=True)
    assert len(set(told)) == len(told), "it falls from the very first blur, which nobody sees"
    assert likeness(0.1, 0.15) == likeness(0.1, 0.0) == likeness(0.1, -0.001) == 0


@pytest.mark.parametrize("apart", [0.2, 0.45, 0.55, 0.6, 0.8])
def test_what_blur_takes_off_the_distance_does_not_make_a_face_more_alike(apart: float) -> None:
    """Photographs whose embedding came nearer to somebody's with blur did so by less than this."""
    told = [likeness(apart - 0.1 * (0.9 - sharpness), sharpness) for sharpness in (0.9, 0.8, 0.6, 0.4, 0.2)]
    assert told == sorted(told, reverse=True)


def test_a_reference_is_the_mean_of_a_persons_photos() -> None:
    assert reference([at(0.1), at(0.3), at(0.2)]) == pytest.approx(at(0.2))


def test_somebody_else_does_not_move_the_reference() -> None:
    own = [at(0.1), at(0.3), at(0.2)]
    assert reference([at(5.0), *own]) == pytest.approx(reference(own))


def test_the_first_decides_between_strangers() -> None:
    assert reference([at(0.0), at(9.0)]) == at(0.0)


def test_no_photo_has_no_reference() -> None:
    with pytest.raises(ValueError, match="no embedding"):
        reference([])


def test_a_reference_is_not_brought_to_length_one() -> None:
    assert math.hypot(*reference([at(1.4), at(1.4)])) == pytest.approx(1.4)
