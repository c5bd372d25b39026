"""The rules over measured photos: one verdict a photo, worst first, and what a set still needs."""

import itertools
import random
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.photos.figures import Face, Light, PhotoFigures
from services.photos.likeness import SAME_PERSON_LINE
from services.photos.verdicts import (
    JUDGED_IN_ORDER,
    MINIMUM,
    RECOMMENDED,
    SAME_SHOT_BITS,
    SetNeeds,
    VerdictCode,
    View,
    judge,
    judge_alone,
    needs,
)

WELL_LIT = Light(mean=128, contrast=45, dark=0.01, bright=0.01)
FACE = Face(x=400, y=300, width=240, height=320, score=0.9, yaw=0, cut=0)

numbers = random.Random(7)


def embedding(person: int, shot: int = 0) -> tuple[float, ...]:
    """Two shots of a person are about 0.4 apart, two people about 1.2."""
    own, moved = random.Random(person), random.Random(f"{person}/{shot}")
    return tuple(own.gauss(0, 0.075) + moved.gauss(0, 0.025) for _ in range(128))


def photo(person: int = 1, shot: int | None = None, **changes) -> PhotoFigures:
    shot = numbers.getrandbits(40) if shot is None else shot
    looks = random.Random(f"{person} {shot}").getrandbits(64)
    figures = PhotoFigures(
        width=960,
        height=1280,
        sharpness=0.9,
        whole_sharpness=0.8,
        light=WELL_LIT,
        faces=(FACE,),
        nudity=0.02,
        looks=looks,
        embedding=embedding(person, shot),
    )
    return replace(figures, **changes)


def a_set(*photos: PhotoFigures) -> list[tuple[UUID, PhotoFigures]]:
    return [(uuid4(), figures) for figures in photos]


def codes(photos: list[tuple[UUID, PhotoFigures]]) -> list[VerdictCode]:
    verdicts = judge(photos)
    return [verdicts[photo_id].code for photo_id, _ in photos]


BROKEN = {
    VerdictCode.NUDE: {"nudity": 0.97, "faces": ()},
    VerdictCode.TOO_SMALL: {"width": 400},
    VerdictCode.NO_FACE: {"faces": (), "embedding": None},
    VerdictCode.SEVERAL_FACES: {"faces": (FACE, replace(FACE, width=100, height=130))},
    VerdictCode.ON_ITS_SIDE: {"faces": (replace(FACE, roll=-88.0),)},
    VerdictCode.FACE_CUT: {"faces": (replace(FACE, cut=0.3),)},
    VerdictCode.FACE_TOO_SMALL: {"faces": (replace(FACE, width=60, height=80),)},
    VerdictCode.TOO_DARK: {"light": replace(WELL_LIT, mean=30, contrast=12)},
    VerdictCode.TOO_BRIGHT: {"light": replace(WELL_LIT, mean=240)},
    VerdictCode.BLURRED: {"sharpness": 0.25},
}


@pytest.mark.parametrize(("code", "change"), BROKEN.items())
def test_each_fault_of_a_photo_has_its_verdict(code: VerdictCode, change: dict) -> None:
    verdict = judge_alone(photo(**change))
    assert verdict.code is code
    assert not verdict.is_good


def test_a_good_photo_is_good() -> None:
    assert judge_alone(photo()).is_good


def test_of_two_faults_the_worse_is_told() -> None:
    alone = [code for code in JUDGED_IN_ORDER if code in BROKEN and "faces" not in BROKEN[code]]
    for worse, lesser in itertools.combinations(alone, 2):
        if BROKEN[worse].keys().isdisjoint(BROKEN[lesser]):
            assert judge_alone(photo(**BROKEN[worse], **BROKEN[lesser])).code is worse


def test_a_verdict_carries_the_numbers_of_its_sentence() -> None:
    assert judge_alone(photo(width=400)).figures == {"width": 400, "height": 1280, "at_least": 512}
    assert judge_alone(photo(**BROKEN[VerdictCode.SEVERAL_FACES])).figures == {"faces": 2}
    assert judge_alone(photo(**BROKEN[VerdictCode.FACE_CUT])).figures == {"percent": 30}


def test_passers_by_far_away_do_not_count() -> None:
    assert judge_alone(photo(faces=(FACE, replace(FACE, width=50, height=66)))).is_good


def test_who_stands_out_of_focus_behind_somebody_does_not_count() -> None:
    behind = replace(FACE, width=130, height=170, score=0.6)
    assert judge_alone(photo(faces=(FACE, behind))).is_good
    assert judge_alone(photo(faces=(FACE, replace(behind, score=0.9)))).code is VerdictCode.SEVERAL_FACES
    assert judge_alone(photo(faces=(FACE, replace(behind, width=200)))).code is VerdictCode.SEVERAL_FACES


@pytest.mark.parametrize("roll", [-45, 45, 60])
def test_a_tilted_head_is_good_and_a_photo_upside_down_is_not(roll: float) -> None:
    assert judge_alone(photo(faces=(replace(FACE, roll=roll),))).is_good
    assert judge_alone(photo(faces=(replace(FACE, roll=roll + 180),))).code is VerdictCode.ON_ITS_SIDE


def test_figures_from_before_the_roll_was_measured_can_be_read_and_judged() -> None:
    record = photo().to_json()
    del record["faces"][0]["roll"]
    assert judge_alone(PhotoFigures.from_json(record)).is_good


def test_dark_skin_in_good_light_is_not_too_dark() -> None:
    """Highlights tell light from none; what is black all over shows nothing, whatever it is."""
    assert judge_alone(photo(light=Light(mean=38, contrast=32, dark=0.3, bright=0))).is_good
    assert judge_alone(photo(light=Light(mean=38, contrast=11, dark=0.3, bright=0))).code is VerdictCode.TOO_DARK
    assert judge_alone(photo(light=Light(mean=20, contrast=32, dark=0.5, bright=0))).code is VerdictCode.TOO_DARK


def test_a_close_up_is_never_nude() -> None:
    close = replace(FACE, width=600, height=800)
    assert judge_alone(photo(faces=(close,), nudity=0.95)).is_good


def test_the_line_for_nudity_is_the_owners() -> None:
    assert judge_alone(photo(nudity=0.7, faces=()), nude_line=0.6).code is VerdictCode.NUDE


def test_somebody_else_among_the_persons_photos_is_found_wherever_they_stand() -> None:
    for place in range(5):
        photos = [photo(1) for _ in range(4)]
        photos.insert(place, photo(2))
        found = codes(a_set(*photos))
        assert found[place] is VerdictCode.ANOTHER_PERSON
        assert found.count(VerdictCode.GOOD) == 4


def test_of_two_people_with_a_photo_each_the_first_is_the_person() -> None:
    assert codes(a_set(photo(1), photo(2))) == [VerdictCode.GOOD, VerdictCode.ANOTHER_PERSON]


def test_faces_that_are_badly_seen_do_not_decide_whose_photos_they_are() -> None:
    blurred = [photo(2, sharpness=0.2) for _ in range(3)]
    assert codes(a_set(*blurred, photo(1), photo(1))) == [VerdictCode.BLURRED] * 3 + [VerdictCode.GOOD] * 2


def test_who_somebody_is_does_not_depend_on_the_order() -> None:
    photos = a_set(*(photo(1) for _ in range(5)), *(photo(2) for _ in range(3)))
    told = judge(photos)
    for seed in range(10):
        mixed = random.Random(seed).sample(photos, len(photos))
        assert judge(mixed) == told


def test_the_later_of_two_copies_is_the_duplicate() -> None:
    first = photo(1, shot=5)
    copy = replace(first, looks=first.looks ^ 0b101, width=640, height=853)
    photos = a_set(first, photo(1), copy, first)
    verdicts = judge(photos)
    assert [verdicts[photo_id].code for photo_id, _ in photos] == [
        VerdictCode.GOOD,
        VerdictCode.GOOD,
        VerdictCode.DUPLICATE,
        VerdictCode.DUPLICATE,
    ]
    assert verdicts[photos[2][0]].like == photos[0][0]


def test_a_copy_of_a_photo_that_is_no_good_is_no_duplicate() -> None:
    dark = photo(1, shot=5, **BROKEN[VerdictCode.TOO_DARK])
    lit = replace(dark, light=WELL_LIT)
    assert codes(a_set(dark, lit)) == [VerdictCode.TOO_DARK, VerdictCode.GOOD]


def test_what_looks_alike_but_shows_another_face_is_no_copy() -> None:
    first = photo(1, shot=5)
    assert codes(a_set(first, replace(photo(1, shot=6), looks=first.looks)))[1] is VerdictCode.GOOD


def test_looks_that_differ_in_many_bits_are_no_copy() -> None:
    first = photo(1, shot=5)
    other = replace(first, looks=first.looks ^ ((1 << (SAME_SHOT_BITS + 1)) - 1))
    assert codes(a_set(first, other)) == [VerdictCode.GOOD, VerdictCode.GOOD]


def test_an_empty_set_needs_everything() -> None:
    assert judge([]) == {}
    assert needs([]) == SetNeeds(0, MINIMUM, RECOMMENDED, tuple(View))


def test_a_set_is_told_how_many_and_which_views_are_missing() -> None:
    eight = [photo(1) for _ in range(8)]
    asked = needs(a_set(*eight, photo(2), photo(1, sharpness=0.2)))
    assert asked == SetNeeds(8, 2, 7, (View.LEFT, View.RIGHT, View.CLOSE_UP, View.HALF_LENGTH))
    assert not asked.is_enough


def test_a_varied_set_of_fifteen_needs_nothing() -> None:
    faces = [
        FACE,
        replace(FACE, yaw=-30),
        replace(FACE, yaw=30),
        replace(FACE, width=400, height=560),
        replace(FACE, width=150, height=200),
    ]
    photos = [photo(1, faces=(face,)) for face in faces * 3]
    asked = needs(a_set(*photos))
    assert asked == SetNeeds(15, 0, 0, ())
    assert asked.is_enough


def test_one_person_stays_within_the_line_in_these_tests() -> None:
    from services.photos.likeness import distance

    assert distance(embedding(1, 1), embedding(1, 2)) < SAME_PERSON_LINE < distance(embedding(1, 1), embedding(2, 1))
