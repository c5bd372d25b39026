"""Elsewhere: among the stars, in the snow."""

import cv2
import numpy as np

from workers.backends.preview.backdrops import between, lights, nebula, sky, snow
from workers.backends.preview.framing import Shot
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    bloom,
    blur,
    contrast,
    flat,
    grain,
    luma,
    mix,
    saturate,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import face_distance, graded, place, rim, side_light

WHITE: Colour = (1.0, 1.0, 1.0)


def cosmos(shot: Shot, look: Look) -> Pixels:
    """Before a nebula and a planet's edge, in starlight."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    background = nebula(look.rng, height, width, colours.deep, colours.main, colours.accent)
    background = _planet(background, look)
    left = look.variation % 2 == 0
    night = between(colours.deep, colours.main, 0.5)
    person = contrast(saturate(shot.person, 0.85), 0.18) * side_light(shot, left, 0.22)[..., None] * 0.92
    person = graded(person, between(night, WHITE, 0.35), 0.42)
    grey = luma(person)[..., None]
    person = person + (1 - np.clip(grey * 2.2, 0, 1)) * np.array(colours.main, np.float32) * 0.07
    picture = place(shot, background, person, 0.6)
    picture = screen(picture, rim(shot, between(colours.main, WHITE, 0.35), 3.5 if left else -0.4, 1.2))
    picture = screen(picture, rim(shot, colours.accent, -0.3 if left else 3.4, 0.8))
    near = snow(look.rng, height, width, 36, (0.0006, 0.0016), 0.0008)[..., None]
    picture = screen(picture, near * np.array(between(colours.accent, WHITE, 0.6), np.float32) * 0.7)
    return grain(vignette(bloom(picture, 0.62, size * 0.018, 0.5), 0.4, shot.focus), look.rng, 0.012, 1)


def _planet(background: Pixels, look: Look) -> Pixels:
    """A great sphere at the edge of the picture, lit from one side."""
    height, width = background.shape[:2]
    size = max(height, width)
    x, y, radius = ((0.86, 0.20, 0.17), (0.10, 0.24, 0.24), (0.92, 0.52, 0.30), (0.16, 0.14, 0.12))[look.variation]
    rows = (np.arange(height, dtype=np.float32)[:, None] - y * height) / (radius * size)
    columns = (np.arange(width, dtype=np.float32)[None, :] - x * width) / (radius * size)
    far = np.sqrt(rows * rows + columns * columns)
    body = 1 - smoothstep(far, 0.985, 1.0)
    towards = 1 if x > 0.5 else -1
    depth = np.sqrt(np.clip(1 - far * far, 0, 1))
    lit = np.clip(-0.62 * towards * columns - 0.42 * rows + 0.38 * depth, 0, 1)
    stripes = 0.5 + 0.5 * np.sin(
        rows * 9 + 1.6 * np.sin(columns * 2.2 + rows * 3) + blur(background, size * 0.01)[..., 0] * 3
    )
    first, second = between(look.palette.main, WHITE, 0.25), between(look.palette.accent, WHITE, 0.4)
    surface = mix(flat(height, width, first), flat(height, width, second), stripes.astype(np.float32))
    ball = surface * (lit**0.9)[..., None]
    picture = mix(background, ball, body)
    air = (
        np.exp(-((np.clip(far - 1, 0, 9) / 0.07) ** 1.2))
        * (1 - body)
        * np.clip(0.25 - 0.6 * towards * columns - 0.4 * rows, 0, 1)
    )
    return screen(
        picture,
        air[..., None].astype(np.float32) * np.array(between(look.palette.accent, WHITE, 0.3), np.float32) * 0.8,
    )


def winter(shot: Shot, look: Look) -> Pixels:
    """A snowfall at dusk: cold air, warm lamps far away, flakes near and far."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    dusk = look.variation % 2 == 1
    top = between(colours.deep, colours.main, 0.35 if dusk else 0.85)
    bottom = between(colours.main, colours.light, 0.35 if dusk else 0.9)
    background = sky(height, width, (top, between(top, bottom, 0.5), bottom, between(bottom, WHITE, 0.5)))
    background = _firs(background, look, between(top, colours.deep, 0.45), between(bottom, WHITE, 0.25))
    lamps: tuple[Colour, ...] = ((1.0, 0.78, 0.42), (1.0, 0.88, 0.62), between(colours.accent, WHITE, 0.5))
    band = (0.30, 0.85)
    background = screen(
        background,
        lights(look.rng, height, width, lamps, 26 if dusk else 12, (0.012, 0.034), band) * (0.85 if dusk else 0.5),
    )
    far = snow(look.rng, height, width, 420, (0.0012, 0.0035), 0.0012)
    background = screen(background, far[..., None] * np.array((0.9, 0.95, 1.0), np.float32) * 0.8)
    cold = between(colours.main, WHITE, 0.55)
    person = graded(contrast(saturate(shot.person, 0.9), 0.12), cold, 0.30)
    person = person * side_light(shot, look.variation < 2, 0.08)[..., None]
    picture = place(shot, background, person, 0.5)
    picture = screen(picture, rim(shot, between(cold, WHITE, 0.6), -1.57, 0.7))
    middle = snow(look.rng, height, width, 130, (0.002, 0.0046), 0.0012)
    near = snow(look.rng, height, width, 22, (0.010, 0.022), 0.007)
    # The flakes spare the eyes: a face with a white disc on it is a spoilt photo.
    spared = 1 - 0.85 * np.exp(-((face_distance(shot) / 1.0) ** 4))
    flakes = np.clip(middle * 0.85 + near * 0.5, 0, 1) * spared
    picture = screen(picture, flakes[..., None] * np.array((0.94, 0.97, 1.0), np.float32))
    return vignette(bloom(picture, 0.78, size * 0.015, 0.25), 0.28, shot.focus)


def _firs(background: Pixels, look: Look, tree: Colour, snowy: Colour) -> Pixels:
    """A wood of fir trees in the haze, out of focus."""
    height, width = background.shape[:2]
    small_h, small_w = max(8, height // 4), max(8, width // 4)
    size = max(small_h, small_w)
    picture = cv2.resize(background, (small_w, small_h), interpolation=cv2.INTER_AREA)
    for row in range(3):
        share = row / 2
        layer = np.zeros((small_h, small_w), np.float32)
        foot = small_h * (0.74 + 0.16 * share)
        for _ in range(13 - 3 * row):
            x = look.rng.uniform(-0.05, 1.05) * small_w
            tall = size * look.rng.uniform(0.26, 0.46) * (0.65 + 0.5 * share)
            for tier in range(5):
                tip = foot - tall * (1 - tier * 0.15)
                base = tip + tall * 0.34
                half = tall * (0.06 + 0.042 * tier)
                corners = np.array([(x, tip), (x + half, base), (x - half, base)]).round().astype(np.int32)
                cv2.fillPoly(layer, [corners], 1.0, cv2.LINE_AA)
        layer[round(foot) :] = 1.0
        layer = cv2.GaussianBlur(layer, (0, 0), size * (0.012 - 0.003 * share))
        fog = between(snowy, tree, 0.25 + 0.5 * share)
        ramp = np.clip((np.arange(small_h, dtype=np.float32)[:, None] - foot + tall) / tall, 0, 1)
        colour = mix(
            flat(small_h, small_w, fog),
            flat(small_h, small_w, snowy),
            np.broadcast_to(ramp**2.2, (small_h, small_w)),
        )
        picture = mix(picture, colour, layer * 0.9)
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
