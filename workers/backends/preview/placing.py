"""Puts the person before another background so that both stand in one light."""

import math

import cv2
import numpy as np

from workers.backends.preview.framing import Shot
from workers.backends.preview.guided import smooth_surfaces
from workers.backends.preview.pixels import Colour, Pixels, Plane, blur, luma, mix, screen


def place(shot: Shot, background: Pixels, person: Pixels, wrap: float = 0.35) -> Pixels:
    """The person over the background, whose light wraps around the edges; wrap 0 to 1."""
    size = max(shot.width, shot.height)
    spill = blur(background, size * 0.02)
    edge = np.clip(1 - blur(shot.mask, size * 0.008), 0, 1) * shot.mask
    lit = screen(person, spill * (edge * wrap * (1.6 if shot.is_cut else 0.0))[..., None])
    return mix(background, lit, shot.mask)


def graded(person: Pixels, colour: Colour, share: float) -> Pixels:
    """The person under light of a colour, brightness kept."""
    light = np.array(colour, np.float32)
    light = light / max(float(light @ np.array([0.299, 0.587, 0.114], np.float32)), 0.05)
    result: Pixels = person * (1 - share + share * np.clip(light, 0.45, 1.7))
    return result


def rim(shot: Shot, colour: Colour, angle: float, strength: float) -> Pixels:
    """Light that catches the outline from one side; angle in radians, 0 from the right, up is negative."""
    size = max(shot.width, shot.height)
    if not shot.is_cut:
        return np.zeros_like(shot.picture)
    soft = blur(shot.mask, size * 0.011)
    slope_x, slope_y = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    facing = -(slope_x * math.cos(angle) + slope_y * math.sin(angle)) * size * 0.011
    caught = np.clip(facing * strength, 0, 1) * shot.mask * (0.35 + 0.65 * luma(shot.person))
    result: Pixels = caught[..., None] * np.array(colour, np.float32)
    return result


def side_light(shot: Shot, from_left: bool, depth: float) -> Plane:
    """Brightness across the picture for a lamp at one side; depth 0 is even light."""
    x = np.arange(shot.width, dtype=np.float32) / shot.width - shot.focus[0]
    towards = -x if from_left else x
    return np.broadcast_to(1 + depth * np.tanh(towards * 2.6)[None, :], (shot.height, shot.width))


def soft_skin(shot: Shot, picture: Pixels, share: float) -> Pixels:
    """Surfaces a little smoother, eyes and hair as sharp as they were."""
    size = max(shot.width, shot.height) if shot.face is None else shot.face[3] * 2.2
    smooth = smooth_surfaces(picture, max(2, round(size * 0.008)), 0.0016)
    return mix(picture, smooth, share)


def face_distance(shot: Shot) -> Plane:
    """How far each pixel is from the face, in half heights of it; everything is far where there is none."""
    if shot.face is None:
        return np.full((shot.height, shot.width), 9.0, np.float32)
    x, y, w, h = shot.face
    rows = (np.arange(shot.height, dtype=np.float32)[:, None] - y - h / 2) / (h * 0.6)
    columns = (np.arange(shot.width, dtype=np.float32)[None, :] - x - w / 2) / (w * 0.6)
    result: Plane = np.sqrt(rows * rows + columns * columns)
    return result
