"""What is measured on real photographs, and that the verdicts over it are those that a person would give."""

from itertools import pairwise
from uuid import UUID

import pytest
import skimage.data
from PIL import Image, ImageFilter

from services.photos.figures import Embedding, Turn
from services.photos.likeness import SAME_PERSON_LINE, distance, likeness
from services.photos.verdicts import SAME_SHOT_BITS, VerdictCode, judge, same_shot
from tests.integration.eyes.conftest import Memory
from tests.integration.eyes.pictures import (
    PHOTOS,
    blurred,
    cases,
    cut,
    encoded,
    enlarged,
    everyday_cases,
    far_away,
    lit,
    portraits,
    two_people,
)
from tests.integration.eyes.verdict_table import Judged, judged
from workers.eyes.eyes import Eyes

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAY_BE_WRONG = 3
BLURS = (0, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06)
"""Shares of the face's width."""


async def test_each_fault_is_named_and_no_good_photo_is_refused(memory: Memory) -> None:
    check(await judged(memory, everyday_cases()))


@pytest.mark.long
async def test_of_all_pictures_and_their_spoilt_copies_hardly_one_is_judged_wrongly(memory: Memory) -> None:
    check(await judged(memory, cases()))


def check(results: list[Judged]) -> None:
    wrong = [result for result in results if not result.is_right]
    assert len(wrong) <= MAY_BE_WRONG, [str(result) for result in wrong]
    assert all(result.wanted is not VerdictCode.GOOD for result in wrong), "no good photo may be refused"


async def test_a_face_is_found_where_it_is(memory: Memory) -> None:
    for portrait in portraits():
        face = (await memory.look(encoded(portrait.image))).faces[0]
        for measured, drawn in zip((face.x, face.y, face.width, face.height), portrait.face, strict=True):
            assert abs(measured - drawn) < portrait.face[2] * 0.15
        assert face.turn is Turn.FRONTAL


async def test_sizes_are_those_of_the_photo_however_large_it_is(memory: Memory) -> None:
    portrait = portraits()[0]
    large = portrait.image.resize((3000, 3000))
    seen = await memory.look(encoded(large))
    assert (seen.width, seen.height) == (3000, 3000)
    assert abs(seen.faces[0].width - portrait.face[2] * 3000 / 1280) < 60


async def test_a_photo_that_lies_on_its_side_is_measured_upright(memory: Memory) -> None:
    upright = portraits()[1].image
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encoded(upright.transpose(Image.Transpose.ROTATE_90), exif=exif)
    one, other = await memory.look(encoded(upright)), await memory.look(lying)
    assert (other.width, other.height) == upright.size
    assert same_shot(one, other)


async def test_heic_shows_the_same_person_upright(memory: Memory) -> None:
    heic = await memory.look((PHOTOS / "astronaut.heic").read_bytes())
    png = await memory.look(encoded(Image.fromarray(skimage.data.astronaut()), "PNG"))
    assert (heic.width, heic.height) == (432, 512)
    assert heic.embedding is not None
    assert png.embedding is not None
    assert distance(heic.embedding, png.embedding) < 0.3


async def test_a_person_stays_the_same_in_every_light_and_two_are_told_apart(memory: Memory) -> None:
    copies = []
    for portrait in portraits():
        shown = [
            portrait.image,
            portrait.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            lit(portrait, 0.5),
            portrait.image.rotate(-12),
        ]
        copies.append([(await memory.look(encoded(image))).embedding for image in shown])
    for same in copies:
        assert all(distance(same[0], other) < 0.35 for other in same)
    assert all(distance(one, other) > SAME_PERSON_LINE for one in copies[0] for other in copies[1])


async def test_somebody_elses_photo_in_a_set_is_found(memory: Memory) -> None:
    astronaut, hopper = portraits()
    shown = {
        "one": astronaut.image,
        "mirrored": astronaut.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "stranger": hopper.image,
        "copy": astronaut.image.resize((900, 900)),
    }
    names = dict(enumerate(shown))
    photos = [(UUID(int=key), await memory.look(encoded(shown[name]))) for key, name in names.items()]
    verdicts = {names[photo_id.int]: verdict.code for photo_id, verdict in judge(photos).items()}
    assert verdicts == {
        "one": VerdictCode.GOOD,
        "mirrored": VerdictCode.GOOD,
        "stranger": VerdictCode.ANOTHER_PERSON,
        "copy": VerdictCode.DUPLICATE,
    }


MOST_RISE = 0.005
"""Of a likeness of 0 to 1: shown are whole percents."""


async def test_likeness_never_rises_while_blur_grows(memory: Memory, shared_eyes: Eyes) -> None:
    """Seen from the person, from another person, and from between the two, where likeness changes fastest."""
    seen_of = {portrait.name: await memory.look(encoded(portrait.image)) for portrait in portraits()}
    faces = [figures.embedding for figures in seen_of.values() if figures.embedding is not None]
    between = [towards(*faces, share) for share in (0.4, 0.5, 0.6)]
    for portrait in portraits():
        copies = [await shared_eyes.look_at_portrait(encoded(blurred(portrait, share))) for share in BLURS]
        measured = [copy.sharpness for copy in copies]
        assert measured == sorted(measured, reverse=True)
        for face in (*faces, *between):
            told = [likeness(distance(copy.embedding or (), face), copy.sharpness) for copy in copies]
            assert all(after <= before + MOST_RISE for before, after in pairwise(told)), (portrait.name, told)


def towards(one: Embedding, other: Embedding, share: float) -> Embedding:
    """The embedding of somebody between two people."""
    return tuple(number + share * (further - number) for number, further in zip(one, other, strict=True))


async def test_copies_look_alike_and_other_photos_do_not(memory: Memory) -> None:
    astronaut, hopper = portraits()
    first = await memory.look(encoded(astronaut.image))
    for copy in (encoded(astronaut.image, quality=30), encoded(astronaut.image.resize((640, 640)), "PNG")):
        assert same_shot(first, await memory.look(copy))
    for other in (hopper.image, cut(astronaut, "left", 0.1), astronaut.image.transpose(Image.Transpose.ROTATE_90)):
        seen = await memory.look(encoded(other))
        assert (first.looks ^ seen.looks).bit_count() > SAME_SHOT_BITS


async def test_every_face_is_found_largest_first(memory: Memory) -> None:
    astronaut, hopper = portraits()
    seen = await memory.look(encoded(two_people(astronaut, hopper)))
    assert len(seen.faces) == 2
    assert seen.faces[0].width > seen.faces[1].width
    assert seen.faces[0].x > astronaut.image.width


async def test_a_tiny_face_is_found_too(memory: Memory) -> None:
    seen = await memory.look(encoded(far_away(portraits()[0], 0.2)))
    assert len(seen.faces) == 1


async def test_dim_light_is_not_taken_for_blur(memory: Memory) -> None:
    portrait = portraits()[1]
    bright, dim = await memory.look(encoded(portrait.image)), await memory.look(encoded(lit(portrait, 0.4)))
    assert dim.sharpness > 0.8 * bright.sharpness
    assert dim.light.mean < 0.5 * bright.light.mean


async def test_a_smooth_picture_without_a_face_is_measured_as_a_whole(memory: Memory) -> None:
    rocket = enlarged(Image.fromarray(skimage.data.rocket()))
    sharp = await memory.look(encoded(rocket))
    soft = await memory.look(encoded(rocket.filter(ImageFilter.GaussianBlur(6))))
    assert sharp.faces == ()
    assert sharp.embedding is None
    assert sharp.sharpness > 2 * soft.sharpness
