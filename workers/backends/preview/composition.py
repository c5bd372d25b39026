"""A picture from words alone, without any photo: a poster of colour and shapes that carries the prompt.

It does not pretend to show what the words say: it sets them in type, and says that it is a preview.
"""

import math

import cv2
import numpy as np

from workers.backends.preview.backdrops import between, nebula, ridges, sky
from workers.backends.preview.lettering import Sheet, Typeface, fit, ink, printable, shortened
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    blur,
    cloud,
    distance,
    flat,
    gradient_map,
    grain,
    mix,
    screen,
    smoothstep,
)
from workers.backends.preview.strokes import halftone
from workers.backends.preview.styles import Style

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.04, 0.04, 0.06)
LONGEST = 260
"""Characters of a prompt that are set; more would be too small to read."""
SCENES = {
    Style.COSMOS: "nebula",
    Style.NEON: "nebula",
    Style.WINTER: "ridges",
    Style.DOUBLE_EXPOSURE: "ridges",
    Style.GOLDEN_HOUR: "sun",
    Style.VINTAGE: "sun",
    Style.POP_ART: "shapes",
    Style.COMIC: "shapes",
    Style.POSTER: "shapes",
    Style.WATERCOLOR: "silk",
    Style.OIL: "silk",
}
"""The motif that fits a style; the others take turns."""
_MOTIFS = ("silk", "sun", "shapes", "ridges", "nebula")


def compose(width: int, height: int, look: Look, style: Style | None) -> Pixels:
    """A composition of a size in pixels; variation and palette make the pictures of an order differ."""
    motif = SCENES.get(style) if style is not None else None
    if motif is None:
        motif = _MOTIFS[int(look.rng.integers(len(_MOTIFS)) + look.variation) % len(_MOTIFS)]
    match motif:
        case "silk":
            picture = _silk(width, height, look)
        case "sun":
            picture = _sun(width, height, look)
        case "shapes":
            picture = _shapes(width, height, look)
        case "ridges":
            top = (0.45, 0.55, 0.38, 0.6)[look.variation]
            picture = ridges(look.rng, height, width, look.palette.main, look.palette.deep, top)
        case _:
            picture = nebula(look.rng, height, width, look.palette.deep, look.palette.main, look.palette.accent)
    return grain(_lettered(picture, look), look.rng, 0.018, 1)


def _silk(width: int, height: int, look: Look) -> Pixels:
    """Folds of light: noise bent by noise."""
    half = (max(8, height // 2), max(8, width // 2))
    bend, drift = cloud(look.rng, *half, 2, 2), cloud(look.rng, *half, 2.5, 2)
    rows = np.linspace(0, 1, half[0], dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, half[1], dtype=np.float32)[None, :]
    angle = (0.5, 2.2, 1.2, 2.8)[look.variation]
    along = columns * math.cos(angle) + rows * math.sin(angle) + 1.3 * (bend - 0.5)
    folds = 0.5 + 0.5 * np.sin(along * 9 + drift * 5)
    tone = np.clip(0.62 * folds**1.5 + 0.38 * drift, 0, 1).astype(np.float32)
    colours = look.palette
    stops = (
        colours.deep,
        between(colours.deep, colours.main, 0.7),
        colours.main,
        colours.accent,
        colours.light,
    )
    soft = gradient_map(blur(tone, max(half) * 0.004), stops)
    shine = cv2.Sobel(blur(tone, max(half) * 0.006), cv2.CV_32F, 1, 1) * max(half) * 0.02
    soft = soft + np.clip(shine, -0.1, 0.25)[..., None]
    result: Pixels = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return result


def _sun(width: int, height: int, look: Look) -> Pixels:
    """A great sun over water."""
    colours, size = look.palette, max(width, height)
    horizon = (0.62, 0.7, 0.56, 0.66)[look.variation]
    picture = sky(
        height,
        width,
        (colours.deep, colours.main, colours.accent, between(colours.accent, colours.light, 0.6)),
    )
    x, y = (0.5, 0.36, 0.62, 0.5)[look.variation], horizon - 0.17
    rows = (np.arange(height, dtype=np.float32)[:, None] - y * height) / size
    columns = (np.arange(width, dtype=np.float32)[None, :] - x * width) / size
    far = np.sqrt(rows * rows + columns * columns)
    disc = 1 - smoothstep(far, 0.168, 0.170)
    sun = between(colours.light, (1.0, 0.95, 0.8), 0.5)
    picture = screen(picture, np.exp(-far * 5)[..., None] * np.array(sun, np.float32) * 0.5)
    picture = mix(picture, flat(height, width, sun), disc)
    line = round(horizon * height)
    depth = height - line
    ripple = (cloud(look.rng, max(2, depth), width, 9, 3) - 0.5) * np.linspace(4, 34, max(2, depth), dtype=np.float32)[
        :, None
    ]
    below = np.arange(depth, dtype=np.float32)[:, None]
    from_y = np.clip(line - 1 - below * 0.9 + ripple[:depth], 0, height - 1)
    from_x = np.clip(np.arange(width, dtype=np.float32)[None, :] + ripple[:depth] * 2.5, 0, width - 1)
    mirror = cv2.remap(picture, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR)
    dark = between(colours.deep, BLACK, 0.2)
    share = np.broadcast_to(np.linspace(0.18, 0.72, depth, dtype=np.float32)[:, None], (depth, width))
    picture[line:] = mix(mirror, flat(depth, width, dark), share)
    return picture


def _shapes(width: int, height: int, look: Look) -> Pixels:
    """Cut paper: circles, bars and dots that overlap."""
    colours, size = look.palette, max(width, height)
    picture = flat(height, width, between(colours.light, WHITE, 0.2))
    inks = (colours.main, colours.accent, colours.deep, between(colours.main, colours.accent, 0.5))
    for number in range(7):
        layer = np.zeros((height, width), np.float32)
        x, y = int(look.rng.uniform(0, 1) * width), int(look.rng.uniform(0, 0.8) * height)
        reach = round(size * look.rng.uniform(0.10, 0.26))
        match (number + look.variation) % 4:
            case 0:
                cv2.circle(layer, (x, y), reach, 1.0, -1, cv2.LINE_AA)
            case 1:
                cv2.circle(layer, (x, y), reach, 1.0, max(2, reach // 5), cv2.LINE_AA)
            case 2:
                box = cv2.boxPoints(((float(x), float(y)), (reach * 2.6, reach * 0.5), look.rng.uniform(0, 180)))
                cv2.fillPoly(layer, [box.round().astype(np.int32)], 1.0, cv2.LINE_AA)
            case _:
                cv2.circle(layer, (x, y), reach, 1.0, -1, cv2.LINE_AA)
                layer *= halftone(np.full((height, width), 0.5, np.float32), size / 60, 0.785)
        shadow = blur(
            cv2.warpAffine(layer, np.array([[1, 0, size * 0.006], [0, 1, size * 0.009]], np.float32), (width, height)),
            size * 0.01,
        )
        picture = mix(picture * (1 - 0.22 * shadow)[..., None], flat(height, width, inks[number % 4]), layer)
    return picture


def _lettered(picture: Pixels, look: Look) -> Pixels:
    """The prompt in large type on a quiet part of the picture, the label above it."""
    height, width = picture.shape[:2]
    unit = min(width, height)
    words = shortened(printable(look.prompt, Typeface.SANS), LONGEST)
    title, label = words or "Dream Photo", "PREVIEW — NO PHOTO, NO AI"
    serif = look.variation % 2 == 1 and not _unprintable(title, Typeface.SERIF)
    face, weight = (Typeface.SERIF, 700) if serif else (Typeface.SANS, 800)
    margin = width * 0.07
    box = (width - 2 * margin, height * (0.42 if height >= width * 0.5 else 0.55))
    block = fit(title, face, weight, box, (unit * 0.115, max(9.0, unit * 0.030)), 1.14)
    small = fit(label, Typeface.SANS, 700, (box[0], unit * 0.06), (max(9.0, unit * 0.019), 7))
    top = height * 0.90 - block.height
    # Whatever lies beneath, the words must be legible: shade the ground of the text.
    y = np.arange(height, dtype=np.float32)[:, None]
    veil = smoothstep(y, top - block.height * 0.35 - unit * 0.22, top + block.height * 0.25) * 0.72
    shaded = mix(picture, blur(picture, unit * 0.012), np.broadcast_to(veil, (height, width)))
    ground = between(look.palette.deep, BLACK, 0.35)
    shaded = mix(shaded, flat(height, width, ground), np.broadcast_to(veil, (height, width)))
    sheet = Sheet(height, width)
    rule = top - small.height * 2.5
    sheet.draw.rectangle(
        (margin, rule, margin + unit * 0.09, rule + max(2, unit * 0.006)), fill=ink(look.palette.accent)
    )
    sheet.write(small, margin, top - small.height * 1.75, look.palette.light, 0.9)
    sheet.write(block, margin, top, WHITE)
    corner = 1 - smoothstep(distance(height, width, (0.5, 0.4)), 0.75, 1.15) * 0.25
    return sheet.laid_on(shaded * corner[..., None])


def _unprintable(text: str, face: Typeface) -> bool:
    return printable(text, face) != text
