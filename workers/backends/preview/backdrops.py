"""Backgrounds made of light alone: studio paper, lights out of focus, skies, stars, snow."""

import cv2
import numpy as np

from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    blur,
    cloud,
    distance,
    flat,
    gradient_map,
    mix,
    screen,
    smoothstep,
)


def between(first: Colour, second: Colour, share: float) -> Colour:
    """A colour on the way from the first to the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def paper(
    rng: np.random.Generator, height: int, width: int, edge: Colour, glow: Colour, centre: tuple[float, float]
) -> Pixels:
    """A painted studio backdrop: a pool of light behind the head, uneven as hand-painted canvas."""
    pool = 1 - smoothstep(distance(height, width, centre), 0.05, 0.95)
    mottle = cloud(rng, height, width, 5) - 0.5
    return gradient_map(np.clip(pool + 0.14 * mottle, 0, 1), (edge, between(edge, glow, 0.55), glow))


def sky(height: int, width: int, stops: tuple[Colour, ...]) -> Pixels:
    """A smooth gradient from the top stop to the bottom stop."""
    ramp = np.broadcast_to(np.linspace(0, 1, height, dtype=np.float32)[:, None], (height, width))
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(ramp, places, [stop[c] for stop in stops]) for c in range(3)], 2).astype(np.float32)


def lights(
    rng: np.random.Generator,
    height: int,
    width: int,
    colours: tuple[Colour, ...],
    count: int,
    radius: tuple[float, float],
    band: tuple[float, float] = (0.0, 1.0),
) -> Pixels:
    """Lamps out of focus: discs with a brighter rim, on black. Radii in shares of the longer side."""
    half = (max(2, width // 2), max(2, height // 2))
    layer = np.zeros((half[1], half[0], 3), np.float32)
    size = max(half)
    for _ in range(count):
        x = int(rng.uniform(-0.05, 1.05) * half[0])
        y = int((band[0] + (band[1] - band[0]) * rng.beta(1.3, 1.3)) * half[1])
        disc = max(2, int(rng.uniform(*radius) * size))
        colour = colours[int(rng.integers(len(colours)))]
        power = rng.uniform(0.15, 0.6)
        left, top = max(0, x - disc - 2), max(0, y - disc - 2)
        patch = layer[top : y + disc + 3, left : x + disc + 3]
        if patch.size == 0:
            continue
        spot = np.zeros(patch.shape[:2], np.float32)
        cv2.circle(spot, (x - left, y - top), disc, 0.72, -1, cv2.LINE_AA)
        cv2.circle(spot, (x - left, y - top), disc, 1.0, max(1, disc // 12), cv2.LINE_AA)
        patch[:] = screen(patch, spot[..., None] * (np.array(colour, np.float32) * power))
    soft = cv2.GaussianBlur(layer, (0, 0), max(0.6, size * 0.0018))
    return cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)


def windows(rng: np.random.Generator, height: int, width: int, wall: Colour, glass: Colour, warm: Colour) -> Pixels:
    """An office far out of focus: tall panes, a ceiling line, a few warm lamps."""
    small_h, small_w = max(8, height // 4), max(8, width // 4)
    room = sky(small_h, small_w, (between(wall, glass, 0.35), wall, between(wall, (0, 0, 0), 0.45)))
    pane = max(3, int(max(small_w, small_h) * rng.uniform(0.10, 0.16)))
    start = -int(rng.integers(pane))
    top, bottom = int(small_h * rng.uniform(-0.1, 0.1)), int(small_h * rng.uniform(0.62, 0.8))
    for number, x in enumerate(range(start, small_w + pane, pane)):
        if number % 5 == 4:
            continue
        tone = rng.uniform(0.35, 1.0)
        colour = between(wall, glass, tone)
        cv2.rectangle(room, (x + pane // 8, max(0, top)), (x + pane - pane // 8, bottom), colour, -1)
        if rng.random() < 0.5:
            split = int(rng.uniform(0.3, 0.7) * bottom)
            cv2.line(room, (x, split), (x + pane, split), wall, max(1, pane // 12))
    room = cv2.GaussianBlur(room, (0, 0), max(small_w, small_h) * 0.016)
    large = cv2.resize(room, (width, height), interpolation=cv2.INTER_CUBIC)
    lamps = lights(rng, height, width, (warm, glass, between(warm, glass, 0.5)), 16, (0.012, 0.035), (0.05, 0.75))
    return screen(large, lamps * 0.55)


def nebula(rng: np.random.Generator, height: int, width: int, deep: Colour, gas: Colour, fire: Colour) -> Pixels:
    """Two drifts of glowing gas among stars."""
    small_h, small_w = max(8, height // 2), max(8, width // 2)
    first, second = cloud(rng, small_h, small_w, 3, 6), cloud(rng, small_h, small_w, 4, 6)
    veil = 1 - np.abs(cloud(rng, small_h, small_w, 2.5, 5) * 2 - 1)
    space = flat(small_h, small_w, between(deep, (0.0, 0.0, 0.0), 0.65))
    space = screen(space, (np.clip(first * 1.5 - 0.5, 0, 1) ** 1.6 * veil)[..., None] * np.array(gas, np.float32))
    space = screen(
        space,
        (np.clip(second * 1.7 - 0.75, 0, 1) ** 1.5 * veil)[..., None] * np.array(fire, np.float32) * 0.9,
    )
    core = np.clip(first * second * 2.2 - 0.75, 0, 1)
    space = screen(space, core[..., None] * np.array([1.0, 0.93, 0.86], np.float32) * 0.6)
    large = cv2.resize(space, (width, height), interpolation=cv2.INTER_CUBIC)
    return screen(large, stars(rng, height, width))


def stars(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Many faint, some bright, a few with a halo."""
    field = np.zeros((height, width), np.float32)
    count = height * width // 1400
    rows, columns = rng.integers(0, height, count), rng.integers(0, width, count)
    field[rows, columns] = rng.random(count, np.float32) ** 5
    dots = cv2.GaussianBlur(field, (0, 0), 0.8) * 4
    halo = np.zeros_like(field)
    for _ in range(14):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(halo, (x, y), max(1, max(width, height) // 640), float(rng.uniform(0.5, 1)), -1, cv2.LINE_AA)
    glow = blur(halo, max(width, height) * 0.006) * 2.5 + cv2.GaussianBlur(halo, (0, 0), 1.0)
    return np.repeat(np.clip(dots + glow, 0, 1)[..., None], 3, axis=2)


def snow(
    rng: np.random.Generator,
    height: int,
    width: int,
    count: int,
    radius: tuple[float, float],
    softness: float,
) -> Plane:
    """Falling flakes, white on black; radii and softness in shares of the longer side."""
    layer = np.zeros((height, width), np.float32)
    size = max(height, width)
    for _ in range(count):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        flake = max(1, int(rng.uniform(*radius) * size))
        cv2.ellipse(
            layer,
            centre,
            (flake, max(1, int(flake * rng.uniform(0.75, 1)))),
            rng.uniform(0, 180),
            0,
            360,
            rng.uniform(0.35, 0.95),
            -1,
            cv2.LINE_AA,
        )
    return np.clip(blur(layer, max(0.5, softness * size)), 0, 1)


def ridges(rng: np.random.Generator, height: int, width: int, far: Colour, near: Colour, top: float) -> Pixels:
    """Mountains behind mountains in mist; top: where the farthest begin, in shares of the height."""
    scene = sky(height, width, (between(far, (1, 1, 1), 0.25), between(far, (1, 1, 1), 0.72)))
    x = np.arange(width, dtype=np.float32)
    rows = np.arange(height, dtype=np.float32)[:, None]
    layers = 5
    for number in range(layers):
        share = number / (layers - 1)
        line = np.zeros(width, np.float32)
        for octave in range(6):
            knots = 3 * 2**octave
            heights = rng.random(knots + 2).astype(np.float32)
            line += np.interp(x, np.linspace(0, width, knots + 2), heights) * 0.5**octave
        crest = height * (top + (0.86 - top) * share) - (line / 2 - 0.5) * height * (0.26 - 0.12 * share)
        if number >= 3:
            crest = _firs(rng, crest, height, share)
        hill = np.clip(rows - crest[None, :], 0, 1)
        depth = np.clip((rows - crest[None, :]) / (height * 0.3), 0, 1)
        colour = between(between(far, (1, 1, 1), 0.45), near, share**0.8)
        tone = flat(height, width, colour)
        tone = mix(tone, flat(height, width, between(colour, (1, 1, 1), 0.45)), depth * (0.75 - 0.5 * share))
        scene = mix(scene, tone, hill.astype(np.float32))
    return scene


def _firs(rng: np.random.Generator, crest: Plane, height: int, share: float) -> Plane:
    """A crest with a row of fir trees on it."""
    width = crest.shape[0]
    step = max(4, int(width * 0.016 * (0.6 + share)))
    grown = crest.copy()
    for centre in range(0, width, step):
        middle = centre + int(rng.integers(-step // 3, step // 3 + 1))
        tall = height * rng.uniform(0.03, 0.075) * (0.5 + share)
        half = max(2, int(tall * 0.22))
        left, right = max(0, middle - half), min(width, middle + half)
        if right <= left:
            continue
        off = np.abs(np.arange(left, right, dtype=np.float32) - middle) / half
        jagged = off + 0.12 * np.sin(off * 28)
        base = crest[min(max(middle, 0), width - 1)]
        grown[left:right] = np.minimum(grown[left:right], base - tall * np.clip(1 - jagged, 0, 1))
    return grown
