"""The small arithmetic of light: every function takes and gives float pictures, 0 black to 1 white.

What is used in every painter works in place: a full picture is 12 MB, and a small machine has few to spare.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Any: to the stubs of OpenCV and numpy the product of a float32 array and a number is no longer float32.
# At run time it is, and a test holds every painter to it.
Pixels = NDArray[Any]
"""Height × width × 3, float32, sRGB, 0 to 1."""
Plane = NDArray[Any]
"""Height × width, float32, 0 to 1."""
Photo = NDArray[Any]
"""Height × width × 3, uint8, RGB."""
Colour = tuple[float, float, float]
"""sRGB, 0 to 1."""

_LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


def luma(picture: Pixels) -> Plane:
    """Brightness as the eye weighs the three channels."""
    return cv2.transform(picture, _LUMA)


def blur(picture: Pixels, sigma: float) -> Pixels:
    """Gaussian blur, sigma in pixels; wide ones are made on a smaller picture, where they look the same."""
    if sigma < 0.3:
        return picture
    shrink = max(1, int(sigma / 4))
    if shrink == 1:
        return cv2.GaussianBlur(picture, (0, 0), sigma)
    height, width = picture.shape[:2]
    size = (max(2, width // shrink), max(2, height // shrink))
    small = cv2.GaussianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / shrink)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def mix(below: Pixels, above: Pixels, share: Plane | float) -> Pixels:
    """Above over below; a share of 1 shows only what is above."""
    if isinstance(share, float):
        return cv2.addWeighted(below, 1 - share, above, share, 0)
    result = above - below
    result *= share[..., None]
    result += below
    return result


def screen(below: Pixels, above: Pixels) -> Pixels:
    """Two slides projected onto one wall: light adds up and never burns out."""
    dark = 1 - np.clip(below, 0, 1)
    dark *= 1 - np.clip(above, 0, 1)
    np.subtract(1, dark, out=dark)
    return dark


def tint(picture: Pixels, colour: Colour) -> Pixels:
    """As seen through a coloured glass."""
    return picture * np.array(colour, np.float32)


def flat(height: int, width: int, colour: Colour) -> Pixels:
    """One colour all over."""
    return np.broadcast_to(np.array(colour, np.float32), (height, width, 3)).copy()


def contrast(picture: Pixels, amount: float) -> Pixels:
    """S-curve around the middle; 0 changes nothing, negative flattens."""
    calm = np.clip(picture, 0, 1)
    curve = 3 - 2 * calm
    curve *= calm
    curve *= calm
    curve -= calm
    curve *= amount
    curve += calm
    return curve


def saturate(picture: Pixels, factor: float) -> Pixels:
    """Colourfulness times a factor: 0 is grey."""
    grey = luma(picture)[..., None]
    result = picture - grey
    result *= factor
    result += grey
    return result


def gradient_map(brightness: Plane, stops: tuple[Colour, ...]) -> Pixels:
    """Colour by brightness: the first stop for black, the last for white, evenly spaced between."""
    places = np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(np.linspace(0, 1, 256), places, [stop[c] for stop in stops]) for c in range(3)], 1)
    levels = np.clip(brightness * 255, 0, 255).astype(np.uint8)
    result: Pixels = table.astype(np.float32)[levels]
    return result


def bloom(picture: Pixels, threshold: float, sigma: float, strength: float) -> Pixels:
    """Light that spills from what is brighter than the threshold."""
    bright = np.clip((picture - threshold) / (1 - threshold), 0, 1)
    return screen(picture, blur(bright, sigma) * strength)


def vignette(picture: Pixels, strength: float, centre: tuple[float, float] = (0.5, 0.45)) -> Pixels:
    """Darker towards the corners; the centre in shares of width and height."""
    away = distance(picture.shape[0], picture.shape[1], centre)
    return picture * (1 - strength * np.clip(away - 0.35, 0, 1))[..., None]


def distance(height: int, width: int, centre: tuple[float, float]) -> Plane:
    """How far each pixel is from the centre; 1 is about a corner of the picture."""
    y = (np.arange(height, dtype=np.float32) / height - centre[1]) * 1.35
    x = (np.arange(width, dtype=np.float32) / width - centre[0]) * 1.35
    return np.sqrt(y[:, None] ** 2 + x[None, :] ** 2)


def smoothstep(values: Plane, low: float, high: float) -> Plane:
    """0 below low, 1 above high, an eased slope between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def grain(picture: Pixels, rng: np.random.Generator, strength: float, size: float) -> Pixels:
    """Film grain, strongest in the midtones; the grain's size in pixels."""
    height, width = picture.shape[:2]
    noise: Plane = rng.standard_normal((height, width), np.float32)
    if size > 0.5:
        noise = blur(noise, size * 0.6)
        noise /= max(float(noise.std()), 1e-6)
    brightness = np.clip(luma(picture), 0, 1)
    result: Pixels = picture + (noise * strength * (0.35 + 2.6 * brightness * (1 - brightness)))[..., None]
    return result


def cloud(rng: np.random.Generator, height: int, width: int, cells: float, octaves: int = 5) -> Plane:
    """Fractal noise, 0 to 1: clouds, paper, pigment. Cells: how many bumps fit into the longer side."""
    total = np.zeros((height, width), np.float32)
    weight, sum_of_weights = 1.0, 0.0
    longer = max(height, width)
    for octave in range(octaves):
        step = cells * 2**octave / longer
        rows, columns = max(2, round(height * step) + 1), max(2, round(width * step) + 1)
        if max(rows, columns) > longer:
            break
        bumps = rng.random((rows, columns), np.float32)
        total += weight * cv2.resize(bumps, (width, height), interpolation=cv2.INTER_CUBIC)
        sum_of_weights += weight
        weight *= 0.55
    total /= sum_of_weights
    low, high = np.percentile(total[::4, ::4], (1, 99))
    result: Plane = np.clip((total - low) / max(float(high - low), 1e-6), 0, 1).astype(np.float32)
    return result
