"""Photographs of two people, and copies of them spoilt in every way that the verdicts know."""

import functools
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from services.photos.verdicts import VerdictCode
from tests.conftest import ROOT

PHOTOS = ROOT / "tests" / "photos"
SIDE = 1280
NOBODY = ("chelsea", "coffee", "rocket", "retina", "hubble_deep_field", "grass")
"""Of skimage.data: a cat, a cup, a machine, an eye from within, stars, grass."""

EVERYDAY = frozenset(
    {
        "as it is",
        "noise of 12",
        "two thirds of the light",
        "a third more light",
        "blur of 2% of the face",
        "25% of the light",
        "2.5 times the light",
        "40% cut off at the left",
        "25% cut off at the top",
        "25% cut off at the bottom",
        "far away",
        "a thumbnail",
        "with another person",
        "turned by 90 degrees, which the file does not say",
        "turned by 180 degrees, which the file does not say",
    }
)
"""Of what is done to the pictures: looked at in every run of the tests; the rest with --long."""

TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}

Box = tuple[int, int, int, int]
"""x, y, width and height of the face in pixels, as a person would draw it: forehead to chin."""


@dataclass(frozen=True)
class Portrait:
    name: str
    image: Image.Image
    face: Box


@functools.cache
def portraits() -> list[Portrait]:
    astronaut = Image.fromarray(skimage.data.astronaut()).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    with Image.open(PHOTOS / "hopper.jpg") as stored:
        hopper = stored.convert("RGB").resize((1092, SIDE), Image.Resampling.LANCZOS)
    return [
        Portrait("astronaut", astronaut, (445, 145, 230, 315)),
        Portrait("hopper", hopper, (371, 281, 371, 436)),
    ]


def encoded(image: Image.Image, image_format: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **{"quality": 88, **options})
    return out.getvalue()


def blurred(portrait: Portrait, share: float) -> Image.Image:
    """Blurred by this share of the face's width (standard deviation)."""
    return portrait.image.filter(ImageFilter.GaussianBlur(portrait.face[2] * share))


def lit(portrait: Portrait, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(portrait.image).enhance(factor)


def noisy(portrait: Portrait) -> Image.Image:
    pixels = np.asarray(portrait.image, np.float32)
    noise = np.random.default_rng(1).normal(0, 12, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def cut(portrait: Portrait, side: str, share: float) -> Image.Image:
    """Cropped so that this share of the face is gone, and brought to the size of a phone's photo."""
    x, y, width, height = portrait.face
    left, top, right, bottom = 0, 0, *portrait.image.size
    match side:
        case "left":
            left = round(x + width * share)
        case "right":
            right = round(x + width * (1 - share))
        case "top":
            top = round(y + height * share)
        case _:
            bottom = round(y + height * (1 - share))
    return enlarged(portrait.image.crop((left, top, right, bottom)))


def enlarged(image: Image.Image) -> Image.Image:
    scale = max(1.0, 600 / min(image.size))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def far_away(portrait: Portrait, share: float) -> Image.Image:
    ground = Image.new("RGB", (SIDE, SIDE), (120, 130, 120))
    size = (round(portrait.image.width * share), round(portrait.image.height * share))
    ground.paste(portrait.image.resize(size, Image.Resampling.LANCZOS), (400, 500))
    return ground


def two_people(one: Portrait, other: Portrait) -> Image.Image:
    ground = Image.new("RGB", (one.image.width + other.image.width, SIDE))
    ground.paste(one.image, (0, 0))
    ground.paste(other.image, (one.image.width, 0))
    return ground


def drawing() -> Image.Image:
    """A face as a child draws it."""
    paper = Image.new("RGB", (900, 900), "white")
    pen = ImageDraw.Draw(paper)
    pen.ellipse((200, 200, 700, 700), outline="black", width=8)
    for eye in (340, 520):
        pen.ellipse((eye, 360, eye + 40, 400), fill="black")
    pen.arc((320, 420, 580, 620), 20, 160, fill="black", width=8)
    return paper


@dataclass(frozen=True)
class Case:
    """A picture, what was done to it, and the verdict that a person would give."""

    name: str
    done: str
    wanted: VerdictCode
    make: Callable[[], Image.Image]


def cases() -> list[Case]:
    """All of them, first those of each person in the same order."""
    both = portraits()
    return [
        *(
            Case(portrait.name, done, wanted, make)
            for portrait, other in zip(both, reversed(both), strict=True)
            for done, make, wanted in _treatments(portrait, other)
        ),
        *(Case(name, "no person", VerdictCode.NO_FACE, lambda name=name: still(name)) for name in NOBODY),
        Case("drawing", "no person", VerdictCode.NO_FACE, drawing),
    ]


def everyday_cases() -> list[Case]:
    """Each fault in its mildest form, and what is no fault, now on one person, now on the other; and two of nobody."""
    every = cases()
    of_each = [[case for case in every if case.name == portrait.name] for portrait in portraits()]
    of_people = [alike for alike in zip(*of_each, strict=True) if alike[0].done in EVERYDAY]
    chosen = [alike[number % len(alike)] for number, alike in enumerate(of_people)]
    return chosen + [case for case in every if case.name in ("chelsea", "drawing")]


def still(name: str) -> Image.Image:
    """A photograph without a person."""
    return enlarged(Image.fromarray(getattr(skimage.data, name)()).convert("RGB"))


def _treatments(portrait: Portrait, other: Portrait) -> Iterator[tuple[str, Callable[[], Image.Image], VerdictCode]]:
    good = VerdictCode.GOOD
    yield "as it is", lambda: portrait.image, good
    yield "mirrored", lambda: portrait.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), good
    yield "turned by 15 degrees", lambda: portrait.image.rotate(15, fillcolor=(90, 90, 90)), good
    yield "noise of 12", lambda: noisy(portrait), good
    yield "two thirds of the light", lambda: lit(portrait, 0.66), good
    yield "a third more light", lambda: lit(portrait, 1.3), good
    yield "black and white", lambda: portrait.image.convert("L").convert("RGB"), good
    for share in (0.02, 0.03, 0.05, 0.08):
        yield f"blur of {share:.0%} of the face", lambda share=share: blurred(portrait, share), VerdictCode.BLURRED
    for factor in (0.25, 0.15, 0.08):
        yield f"{factor:.0%} of the light", lambda factor=factor: lit(portrait, factor), VerdictCode.TOO_DARK
    for factor in (2.5, 4.0):
        yield f"{factor} times the light", lambda factor=factor: lit(portrait, factor), VerdictCode.TOO_BRIGHT
    for side in ("left", "right", "top", "bottom"):
        for share in (0.25, 0.4):
            yield (
                f"{share:.0%} cut off at the {side}",
                lambda s=side, c=share: cut(portrait, s, c),
                VerdictCode.FACE_CUT,
            )
    yield "far away", lambda: far_away(portrait, 0.2), VerdictCode.FACE_TOO_SMALL
    yield "a thumbnail", lambda: portrait.image.resize((320, 320)), VerdictCode.TOO_SMALL
    yield "with another person", lambda: two_people(portrait, other), VerdictCode.SEVERAL_FACES
    yield "twice in one photo", lambda: two_people(portrait, portrait), VerdictCode.SEVERAL_FACES
    for degrees, turn in TURNS.items():
        done = f"turned by {degrees} degrees, which the file does not say"
        yield done, lambda turn=turn: portrait.image.transpose(turn), VerdictCode.ON_ITS_SIDE
