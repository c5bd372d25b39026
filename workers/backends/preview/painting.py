"""The work of one order from its photo's bytes to finished files, as a story told in stages.

It is a generator: between two stages its caller may tell of the progress, or walk away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.orders import MAX_SEED, ImageToImageOrder, TextToImageOrder
from workers.backends.base import Picture, Solid
from workers.backends.preview.badge import encoded, to_image
from workers.backends.preview.composition import compose
from workers.backends.preview.effects import PAINTERS
from workers.backends.preview.framing import frame
from workers.backends.preview.look import choose_style, make_look
from workers.backends.preview.photo import read_photo, work_scale
from workers.backends.preview.pixels import Pixels, mix
from workers.backends.preview.styles import Style
from workers.backends.preview.subject import Subject, Subjects, find_subject_face, separate
from workers.backends.preview.wish import Wish, read_wish

FULL_STRENGTH = 0.6
"""An order's strength from which the style is applied whole; below it the photo shines through."""
MIN_WORK_SIDE = 64
"""Pixels; no side of a working canvas is smaller."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A piece of the work is done."""

    percent: int
    """Of the whole order, 1 to 100."""
    output: Picture | Solid | None = None
    """What this stage has finished."""


def paint_photo(order: ImageToImageOrder, content: bytes, seed: int, subjects: Subjects) -> Iterator[Stage]:
    """Pictures from the person's photo. Raises UnreadablePhoto before the first stage."""
    subject = subjects.find(content)
    if subject is None:
        photo = read_photo(content)
        yield Stage(4)
        developed, face = find_subject_face(photo)
        yield Stage(10)
        subject = separate(developed, face)
        subjects.keep(content, subject)
    yield Stage(25)
    wish = read_wish(order.prompt, order.negative_prompt)
    for number in range(order.num_images):
        own_seed = picture_seed(seed, number)
        pixels = styled(order, subject, wish, own_seed)
        yield Stage(25 + (75 * number + 55) // order.num_images)
        picture = finished(pixels, order, own_seed)
        yield Stage(25 + 75 * (number + 1) // order.num_images, picture)


def paint_words(order: TextToImageOrder, seed: int) -> Iterator[Stage]:
    """Compositions from words alone."""
    wish = read_wish(order.prompt, order.negative_prompt)
    style = Style(order.style) if order.style is not None else None
    yield Stage(2)
    for number in range(order.num_images):
        own_seed = picture_seed(seed, number)
        wished = style or (wish.styles[own_seed % len(wish.styles)] if wish.styles else None)
        look = make_look(wished or choose_style(wish, own_seed), wish, order.prompt, own_seed)
        pixels = compose(*work_size(order.width, order.height), look, wished)
        yield Stage(2 + (98 * number + 70) // order.num_images)
        picture = finished(pixels, order, own_seed)
        yield Stage(2 + 98 * (number + 1) // order.num_images, picture)


def picture_seed(seed: int, number: int) -> int:
    """The seed of an order's picture: an order of one picture with it makes the same picture again."""
    return (seed + number) % (MAX_SEED + 1)


def work_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the canvas for an order's size, in pixels."""
    scale = work_scale(width, height)
    return max(MIN_WORK_SIDE, round(width * scale)), max(MIN_WORK_SIDE, round(height * scale))


def styled(order: ImageToImageOrder, subject: Subject, wish: Wish, seed: int) -> Pixels:
    """One picture of a subject, as far from the photo as the order's strength says."""
    style = Style(order.style) if order.style is not None else choose_style(wish, seed)
    look = make_look(style, wish, order.prompt, seed)
    shot = frame(subject, *work_size(order.width, order.height), look.variation)
    painted = np.clip(PAINTERS[style](shot, look), 0, 1)
    share = min(1.0, order.strength / FULL_STRENGTH)
    return painted if share >= 1 else mix(shot.picture, painted, float(share))


def finished(pixels: Pixels, order: ImageToImageOrder | TextToImageOrder, seed: int) -> Picture:
    """The picture in its order's size, badged and encoded."""
    content = encoded(to_image(pixels, order.width, order.height))
    return Picture(content, "image/jpeg", order.width, order.height, seed)
