"""Marks of a hand: ink lines, brush strokes, paper, halftone dots."""

import math

import cv2
import numpy as np

from workers.backends.preview.pixels import Pixels, Plane, blur, cloud, luma, smoothstep


def ink_lines(grey: Plane, sigma: float, sharpness: float = 18.0, threshold: float = 0.014) -> Plane:
    """Dark lines where the drawing has edges: 0 ink, 1 paper (extended difference of Gaussians, Winnemöller).

    The threshold is how much darker than its surroundings a line is: below it lies the grain of skin.
    """
    narrow, wide = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), sigma * 1.6)
    result: Plane = np.clip(1 + np.tanh(sharpness * 4 * (narrow - wide + threshold)), 0, 1).astype(np.float32)
    return result


def flow(grey: Plane, sigma: float) -> tuple[Plane, Plane]:
    """Direction along the edges at every pixel, x and y of a unit vector (smoothed structure tensor)."""
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx, yy, xy = blur(dx * dx, sigma), blur(dy * dy, sigma), blur(dx * dy, sigma)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def bristles(rng: np.random.Generator, direction: tuple[Plane, Plane], width: float, steps: int) -> Plane:
    """Noise drawn out along a direction, around 0: the ridges that a brush leaves."""
    height, breadth = direction[0].shape
    noise = blur(rng.random((height, breadth), np.float32), max(0.5, width * 0.45))
    columns, rows = np.meshgrid(np.arange(breadth, dtype=np.float32), np.arange(height, dtype=np.float32))
    total = noise.copy()
    for sign in (-1.0, 1.0):
        for step in range(1, steps + 1):
            reach = sign * step * width
            total += cv2.remap(
                noise,
                columns + direction[0] * reach,
                rows + direction[1] * reach,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT,
            )
    total -= blur(total, width * 8)
    return total / max(float(total.std()), 1e-6)


def brushed(picture: Pixels, radius: int) -> Pixels:
    """Flat dabs with crisp borders: of four neighbouring squares each pixel takes the calmest (Kuwahara)."""
    window = (radius + 1, radius + 1)
    mean = cv2.blur(picture, window)
    grey = luma(picture)
    grey_mean = cv2.blur(grey, window)
    spread = np.maximum(cv2.blur(grey * grey, window) - grey_mean * grey_mean, 1e-7)
    weights = np.zeros(picture.shape[:2], np.float32)
    total = np.zeros_like(picture)
    half = radius / 2
    for x, y in (
        (-half, -half),
        (half, -half),
        (-half, half),
        (half, half),
        (0, -half),
        (0, half),
        (-half, 0),
        (half, 0),
    ):
        shift = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
        size = (picture.shape[1], picture.shape[0])
        moved = cv2.warpAffine(spread, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        weight = 1 / (1 + (moved * 4000) ** 2 + moved * 8000)
        total += (
            cv2.warpAffine(mean, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT) * weight[..., None]
        )
        weights += weight
    return total / weights[..., None]


def paper_grain(rng: np.random.Generator, height: int, width: int, cells: float) -> Plane:
    """The tooth of drawing paper, around 1."""
    rough = cloud(rng, height, width, cells, 2)
    return (0.94 + 0.12 * rough).astype(np.float32)


def halftone(tone: Plane, pitch: float, angle: float) -> Plane:
    """Printed dots: 1 where ink falls, more of it the darker the tone. Pitch in pixels, angle in radians."""
    rows = np.arange(tone.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(tone.shape[1], dtype=np.float32)[None, :]
    u = (columns * math.cos(angle) + rows * math.sin(angle)) / pitch * 2 * np.pi
    v = (rows * math.cos(angle) - columns * math.sin(angle)) / pitch * 2 * np.pi
    screen = (np.cos(u) + np.cos(v)) / 4 + 0.5
    soft = 2.2 / pitch
    return smoothstep((1 - np.clip(tone, 0, 1)) - (1 - screen), -soft, soft)
