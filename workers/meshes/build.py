"""Builds the models of the preview backend: a photo as a standing medallion, words as a standing picture.

No AI has a part in it, and the model says so: on its plinth, on its back and in its textures' metadata.
"""

import io
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from services.orders import TextToImageOrder
from workers.backends.preview.badge import DESCRIPTION, encoded, to_image
from workers.backends.preview.framing import Shot, frame
from workers.backends.preview.lettering import Sheet, Typeface, fit
from workers.backends.preview.painting import paint_words
from workers.backends.preview.photo import read_photo
from workers.backends.preview.pixels import Pixels, Plane, blur, flat, luma, smoothstep
from workers.backends.preview.subject import find_subject_face, separate
from workers.meshes.accessors import Array
from workers.meshes.atlas import linear
from workers.meshes.medallion import Outline, back, front, plinth, rim
from workers.meshes.write import Part, written_glb

PHOTO_SIZE = (832, 1024)
"""Pixels of a medallion's picture."""
WORDS_SIZE = (1024, 1024)
_OVAL = Outline(0.8125, 2.0)
_PANEL = Outline(1.0, 18.0)
_GOLD = (0.83, 0.58, 0.27)
_BRAND = "Dream Photo"
_JPEG_QUALITY = 88


def relief_glb(photo: bytes, *, label: str) -> bytes:
    """The photo as a bas-relief in an oval frame on a plinth that carries the label.

    The same photo and label give the same bytes. Raises UnreadablePhoto.
    """
    developed, face = find_subject_face(read_photo(photo))
    shot = frame(separate(developed, face), *PHOTO_SIZE, 0)
    return _standing(_OVAL, encoded(to_image(shot.picture, *PHOTO_SIZE)), shot.picture, _relief(shot), label)


def words_glb(prompt: str, seed: int, *, negative_prompt: str | None = None, label: str) -> bytes:
    """The composition that the preview paints from words, as a framed picture on a plinth that carries the label.

    The same words, seed and label give the same bytes.
    """
    width, height = WORDS_SIZE
    order = TextToImageOrder(prompt=prompt, negative_prompt=negative_prompt, width=width, height=height, num_images=1)
    painted = [stage.picture for stage in paint_words(order, seed) if stage.picture is not None]
    with Image.open(io.BytesIO(painted[0].content)) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.float32) / 255
    # A canvas, not a relief: type that is bent cannot be read.
    return _standing(_PANEL, painted[0].content, pixels, np.zeros(pixels.shape[:2], np.float32), label)


def _standing(outline: Outline, texture: bytes, picture: Pixels, depth: Plane, label: str) -> bytes:
    """All parts together, in colours that go with the picture."""
    mean = picture.reshape(-1, 3).mean(axis=0)
    dark = np.clip(mean * 0.35 + 0.03, 0.05, 0.3)
    red, green, blue = (float(c) for c in dark)
    stone = tuple(float(c) for c in linear(dark))
    parts: list[Part] = [
        front(outline, _height_of(depth), texture),
        back(outline, _reverse(outline, (red, green, blue), label)),
        rim(outline, _GOLD),
        *plinth(outline, (stone[0], stone[1], stone[2]), _plate((red, green, blue), label)),
    ]
    return written_glb(parts)


def _height_of(depth: Plane) -> Callable[[Array, Array], Array]:
    """How far forward the front stands: gently domed, with the relief on it, level where it meets the rim."""
    height, width = depth.shape

    def at(places: Array, out: Array) -> Array:
        x = (places[:, 0] * (width - 1)).astype(np.float32).reshape(1, -1)
        y = (places[:, 1] * (height - 1)).astype(np.float32).reshape(1, -1)
        # OpenCV's maps have at most 32767 columns; a front has half as many points.
        relief = cv2.remap(depth, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        level: Array = 0.06 * (1 - out**2) + relief * (1 - smoothstep(out, 0.78, 1.0)) + 0.02
        return level

    return at


def _relief(shot: Shot) -> Plane:
    """Height of a bas-relief over the picture, in half heights of the medallion.

    The person stands out as a body would, roundest at the face; light and shade add the small forms.
    """
    unit = shot.height / 1024
    tone = luma(shot.picture)
    detail = blur(tone, 7 * unit) - blur(tone, 60 * unit)
    body = blur(shot.mask, 34 * unit)
    hard = (shot.mask > 0.5).astype(np.uint8)
    inner = cv2.distanceTransform(cv2.copyMakeBorder(hard, 1, 1, 1, 1, cv2.BORDER_REPLICATE), cv2.DIST_L2, 3)
    round_form = np.sqrt(np.clip(inner[1:-1, 1:-1] / (230 * unit), 0, 1)).astype(np.float32)
    relief = 0.05 * body + 0.13 * blur(round_form, 24 * unit) + 0.12 * np.clip(detail, -0.25, 0.25)
    if shot.face is not None:
        x, y, w, h = shot.face
        rows = (np.arange(shot.height, dtype=np.float32)[:, None] - y - h * 0.5) / (h * 0.72)
        columns = (np.arange(shot.width, dtype=np.float32)[None, :] - x - w * 0.5) / (w * 0.62)
        relief += 0.09 * np.sqrt(np.clip(1 - rows**2 - columns**2, 0, 1))
    return blur(relief.astype(np.float32), 6 * unit)


def _plate(ground: tuple[float, float, float], label: str) -> bytes:
    """The plinth's sign."""
    width, height = 768, 96
    sheet = Sheet(height, width)
    block = fit(label.upper(), Typeface.SANS, 800, (width * 0.9, height * 0.8), (58, 16))
    sheet.write(block, width / 2, (height - block.height) / 2, (0.97, 0.86, 0.62), anchor="m")
    return _jpeg(sheet.laid_on(flat(height, width, ground)))


def _reverse(outline: Outline, ground: tuple[float, float, float], label: str) -> bytes:
    """What is written on the back."""
    height = 512
    width = round(height * outline.half_width)
    sheet = Sheet(height, width)
    lines = (
        (_BRAND, Typeface.SERIF, 700, 0.36, 50.0, 0.95),
        (label.upper(), Typeface.SANS, 800, 0.50, 34.0, 0.9),
        (DESCRIPTION.partition(": ")[2], Typeface.SANS, 500, 0.62, 17.0, 0.7),
    )
    for text, face, weight, top, size, opacity in lines:
        block = fit(text, face, weight, (width * 0.8, height * 0.2), (size, 9))
        sheet.write(block, width / 2, height * top, (0.97, 0.86, 0.62), opacity, anchor="m")
    return _jpeg(sheet.laid_on(flat(height, width, ground)))


def _jpeg(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    to_image(pixels, pixels.shape[1], pixels.shape[0]).save(
        out, "JPEG", quality=_JPEG_QUALITY, optimize=True, comment=DESCRIPTION.encode()
    )
    return out.getvalue()
