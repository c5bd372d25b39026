"""What drifts through the air: petals, leaves, sparks, bubbles."""

import math
from collections.abc import Callable

import cv2
import numpy as np

from workers.backends.preview.pixels import Colour, Pixels, Plane, blur, screen

Outline = Callable[[float], float]
"""Reach of a shape, 0 to 1, in a direction in radians."""


def petal(angle: float) -> float:
    """A petal: long, pointed at the stem, notched at the tip."""
    body = math.sqrt(abs(math.cos(angle / 2)))
    notch = 0.24 * math.exp(-((angle / 0.22) ** 2))
    return max(0.12, body - notch) * (0.55 + 0.45 * abs(math.cos(angle)))


def leaf(angle: float) -> float:
    """A maple leaf: five lobes, the lowest ones small."""
    lobes = 1 - abs(math.sin(2.5 * angle))
    teeth = 0.06 * abs(math.sin(12.5 * angle))
    return (0.34 + 0.66 * lobes + teeth) * (0.55 + 0.45 * math.cos(angle * 0.5) * math.cos(angle * 0.5))


def scatter(
    rng: np.random.Generator,
    height: int,
    width: int,
    outline: Outline,
    colours: tuple[Colour, ...],
    count: int,
    radius: tuple[float, float],
    softness: float,
) -> tuple[Pixels, Plane]:
    """Shapes fallen anywhere, turned and foreshortened by chance: their colours and their cover, 0 to 1.

    Radii and softness in shares of the longer side.
    """
    size = max(height, width)
    cover = np.zeros((height, width), np.float32)
    layer = np.zeros((height, width, 3), np.float32)
    angles = np.linspace(-math.pi, math.pi, 44, endpoint=False)
    reach = np.array([outline(float(angle)) for angle in angles])
    shape = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], 1)
    for _ in range(count):
        turn, tilt = rng.uniform(0, 2 * math.pi), rng.uniform(0.35, 1.0)
        spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        lie = rng.uniform(0, 2 * math.pi)
        lean = np.array([[math.cos(lie), -math.sin(lie)], [math.sin(lie), math.cos(lie)]])
        points = (shape * (1, tilt)) @ spin @ lean * rng.uniform(*radius) * size
        points += (rng.uniform(0, width), rng.uniform(0, height))
        corners = [points.round().astype(np.int32)]
        colour = np.array(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.82, 1.1)
        cv2.fillPoly(layer, corners, np.clip(colour, 0, 1).tolist(), cv2.LINE_AA)
        cv2.fillPoly(cover, corners, 1.0, cv2.LINE_AA)
    soft = softness * size
    # The colours are spread before the edge is softened: black must not creep in from outside.
    spread = blur(layer, max(0.6, soft * 1.5)) / np.maximum(blur(cover, max(0.6, soft * 1.5)), 0.02)[..., None]
    near = np.where(cover[..., None] > 0.98, layer, np.clip(spread, 0, 1)) if soft < 1.5 else np.clip(spread, 0, 1)
    return near.astype(np.float32), np.clip(blur(cover, max(0.5, soft)), 0, 1)


def sparks(
    rng: np.random.Generator,
    height: int,
    width: int,
    colour: Colour,
    count: int,
    radius: tuple[float, float],
    band: tuple[float, float] = (0.0, 1.0),
) -> Pixels:
    """Points of light with a halo, on black; radii in shares of the longer side, the band in shares of the height."""
    size = max(height, width)
    points = np.zeros((height, width), np.float32)
    for _ in range(count):
        place = (int(rng.uniform(0, width)), int(rng.uniform(*band) * height))
        reach = max(1, round(rng.uniform(*radius) * size))
        cv2.circle(points, place, reach, float(rng.uniform(0.45, 1.0)), -1, cv2.LINE_AA)
    core = blur(points, max(0.6, size * 0.0010))
    halo = blur(points, size * 0.010) * 2.2 + blur(points, size * 0.003) * 1.2
    glow = np.clip(halo, 0, 1)[..., None] * np.array(colour, np.float32)
    return screen(glow, np.repeat((core * 0.95)[..., None], 3, axis=2))


def bubbles(rng: np.random.Generator, height: int, width: int, count: int, radius: tuple[float, float]) -> Plane:
    """Rising bubbles, white on black: a bright rim, a glint, nearly nothing within."""
    size = max(height, width)
    layer = np.zeros((height, width), np.float32)
    for _ in range(count):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        reach = max(2, round(rng.uniform(*radius) * size))
        power = float(rng.uniform(0.35, 0.8))
        cv2.circle(layer, (x, y), reach, power * 0.16, -1, cv2.LINE_AA)
        cv2.circle(layer, (x, y), reach, power, max(1, reach // 9), cv2.LINE_AA)
        glint = (x - round(reach * 0.38), y - round(reach * 0.38))
        cv2.circle(layer, glint, max(1, reach // 6), min(1.0, power * 1.5), -1, cv2.LINE_AA)
    return np.clip(blur(layer, max(0.5, size * 0.0009)), 0, 1)
