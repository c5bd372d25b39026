"""A church window: coloured panes in lead, the sun behind them."""

import cv2
import numpy as np

from workers.backends.preview.backdrops import between
from workers.backends.preview.framing import Shot
from workers.backends.preview.guided import smooth_surfaces
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    bloom,
    blur,
    cloud,
    distance,
    flat,
    luma,
    mix,
    saturate,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import face_distance
from workers.backends.preview.strokes import ink_lines

LEAD: Colour = (0.055, 0.05, 0.06)
WHITE: Colour = (1.0, 1.0, 1.0)

_Labels = Plane
"""Which pane a pixel belongs to, int32."""


def stained_glass(shot: Shot, look: Look) -> Pixels:
    """The person in panes cut along the forms, rays and rings of colour around the head."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    source = shot.person if shot.is_cut else shot.picture
    inside = shot.mask > 0.5 if shot.is_cut else np.ones((height, width), bool)
    figure = _panes(source, shot, look)
    around, tints = _rose(shot, look)
    labels = np.where(inside, figure, around + figure.max() + 1).astype(np.int32)
    panes = _pane_colours(saturate(source, 1.5), figure)
    tone = luma(panes)
    panes = panes * (0.62 + 0.38 * np.clip(tone * 1.6, 0, 1) / np.maximum(tone, 0.08))[..., None]
    panes = np.clip(panes * 1.12 + 0.03, 0, 1)
    glass: Pixels = np.where(inside[..., None], panes, tints[around]).astype(np.float32)
    # A face is one pane, painted: lead across it would be a scar.
    face = (_face_pane(shot) * inside).astype(np.float32)
    glass = mix(glass, np.clip(_painted(source, size) * 1.06 + 0.02, 0, 1), face)
    lead = _lead(labels, inside, size)
    lead = np.maximum(lead * (1 - face), _lead(np.zeros_like(labels), inside, size))
    # Hand-made glass: streaks, bubbles, an edge that darkens under the lead.
    streaks = cloud(look.rng, height, width, 26, 3) - 0.5
    edge = np.clip(blur(lead, size * 0.006) * 1.6, 0, 1)
    glow = np.clip(1.18 - distance(height, width, shot.focus) * 0.45, 0.6, 1.25)
    glass = glass * ((1 + streaks * 0.22) * (1 - edge * 0.42) * glow)[..., None]
    drawn = (
        1 - ink_lines(luma(smooth_surfaces(source, max(2, size // 260), 0.003)), size * 0.0014, 14, 0.012)
    ) * inside
    glass = mix(glass, flat(height, width, LEAD), (drawn * 0.62).astype(np.float32))
    glass = bloom(glass, 0.62, size * 0.014, 0.45)
    relief = np.clip(cv2.Sobel(blur(lead, size * 0.0016), cv2.CV_32F, 0, 1) * -1.6, 0, 0.22)
    metal = flat(height, width, LEAD) + relief[..., None]
    return vignette(mix(glass, metal, lead), 0.35, shot.focus)


def _panes(source: Pixels, shot: Shot, look: Look) -> _Labels:
    """Panes that end where forms end: a watershed from scattered points."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    calm = smooth_surfaces(source, max(3, round(size * 0.008)), 0.006)
    markers = np.zeros((height, width), np.int32)
    count = 0
    pitch = size / 15
    for row in range(int(height / pitch) + 1):
        for column in range(int(width / pitch) + 1):
            x = round((column + 0.5 * (row % 2) + look.rng.uniform(-0.28, 0.28)) * pitch)
            y = round((row + look.rng.uniform(-0.28, 0.28)) * pitch)
            if 0 <= x < width and 0 <= y < height:
                count += 1
                cv2.circle(markers, (x, y), max(1, int(pitch / 9)), count, -1)
    image = (np.clip(calm, 0, 1) * 255).astype(np.uint8)
    found = cv2.watershed(np.ascontiguousarray(image), markers)
    # The dam lines of the watershed go to a neighbour; lead is drawn later, in one width.
    filled = cv2.dilate(np.maximum(found, 0).astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    result: _Labels = np.where(found > 0, found, filled)
    return result


def _face_pane(shot: Shot) -> Plane:
    """1 on the face; nothing where there is none."""
    return 1 - smoothstep(face_distance(shot), 0.98, 1.16)


def _painted(source: Pixels, size: int) -> Pixels:
    """Skin as glass painters give it: few tones, soft steps between."""
    calm = smooth_surfaces(source, max(3, round(size * 0.006)), 0.004)
    tone = luma(calm)
    scaled = np.clip(tone, 0, 1) * 5
    stepped = (np.floor(scaled) + smoothstep(scaled % 1, 0.3, 0.7)) / 5
    return saturate(calm * (0.4 + 0.6 * stepped / np.maximum(tone, 0.06))[..., None], 1.35)


def _pane_colours(source: Pixels, labels: _Labels) -> Pixels:
    """Each pane in the mean colour of what it covers."""
    flat_labels = labels.ravel()
    count = np.maximum(np.bincount(flat_labels), 1)
    means = np.stack([np.bincount(flat_labels, source[..., c].ravel()) / count for c in range(3)], 1)
    result: Pixels = means.astype(np.float32)[labels]
    return result


def _rose(shot: Shot, look: Look) -> tuple[_Labels, Pixels]:
    """Rings cut by rays, as in a rose window; which pane, and the colour of each."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    rows = (np.arange(height, dtype=np.float32)[:, None] - shot.focus[1] * height) / size
    columns = (np.arange(width, dtype=np.float32)[None, :] - shot.focus[0] * width) / size
    far, turn = np.sqrt(rows * rows + columns * columns), np.arctan2(rows, columns)
    rays = (14, 18, 12, 16)[look.variation]
    ring = np.searchsorted(np.array([0.30, 0.37, 0.52, 0.60, 0.80], np.float32), far.ravel()).reshape(far.shape)
    shift = 0.5 * (ring % 2)
    ray = np.floor((turn / (2 * np.pi) + 0.5) * rays + shift).astype(np.int32) % rays
    labels: _Labels = (ring.astype(np.int32) * rays + ray).astype(np.int32)
    stops = (
        colours.main,
        between(colours.main, colours.deep, 0.45),
        colours.accent,
        between(colours.accent, WHITE, 0.4),
        between(colours.main, colours.accent, 0.5),
    )
    tints = np.zeros((6 * rays, 3), np.float32)
    for number in range(6 * rays):
        stop = stops[(number // rays * 2 + number % 2 * (1 + number // rays % 2)) % len(stops)]
        tints[number] = np.clip(np.array(stop) * look.rng.uniform(0.82, 1.16), 0, 1)
    return labels, tints


def _lead(labels: _Labels, inside: Plane, size: int) -> Plane:
    """The cames between the panes, and a stronger one around the person."""

    def between_neighbours(values: Plane) -> Plane:
        edge = np.zeros(values.shape, np.uint8)
        edge[:, 1:] |= (values[:, 1:] != values[:, :-1]).astype(np.uint8)
        edge[1:] |= (values[1:] != values[:-1]).astype(np.uint8)
        return edge

    def drawn(edge: Plane, width: float) -> Plane:
        away = cv2.distanceTransform(1 - edge, cv2.DIST_L2, 3)
        return 1 - smoothstep(away, width * 0.5, width * 0.5 + 1.2)

    panes = drawn(between_neighbours(labels), size * 0.0028)
    contour = drawn(between_neighbours(inside.astype(np.uint8)), size * 0.0062)
    return np.maximum(panes, contour).astype(np.float32)
