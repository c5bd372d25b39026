"""Encodes frames as an animated GIF that stays small and calm.

GIF and not a video: Telegram takes H.264 or GIF as an animation, and no free encoder of H.264 is in our packages.
All frames share one palette, and the dither pattern stands still, so that what does not move does not flicker and
need not be stored again.
"""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from workers.meshes.accessors import Array

COLOURS = 255
"""Of the palette; one more index says "as in the frame before"."""
_SAME = 255
_LEVELS = 64
"""Of each channel in the table that finds a colour's nearest neighbour."""
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)


def animated_gif(frames: Sequence[Array], frame_ms: int) -> bytes:
    """Frames, height × width × 3 uint8, as a GIF that repeats for ever."""
    palette = _palette(frames)
    nearest = _nearest_table(palette)
    height, width = frames[0].shape[:2]
    pattern = np.tile((_BAYER + 0.5) / 16 - 0.5, (height // 4 + 1, width // 4 + 1))[:height, :width, None]
    spread = _spacing(palette)
    images: list[Image.Image] = []
    before: Array | None = None
    for frame in frames:
        dithered = np.clip(frame + pattern * spread, 0, 255).astype(np.uint8) >> 2
        indices = nearest[dithered[..., 0], dithered[..., 1], dithered[..., 2]]
        shown = indices if before is None else np.where(indices == before, _SAME, indices).astype(np.uint8)
        before = indices
        image = Image.fromarray(shown, "P")
        image.putpalette([*palette.reshape(-1).tolist(), 0, 0, 0])
        images.append(image)
    out = io.BytesIO()
    images[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=frame_ms,
        loop=0,
        transparency=_SAME,
        disposal=1,
        optimize=False,
    )
    return out.getvalue()


def _palette(frames: Sequence[Array]) -> Array:
    """The 255 colours that serve all frames best, from a sample of them."""
    chosen = frames[:: max(1, len(frames) // 6)]
    sheet = np.concatenate([frame[::3, ::3] for frame in chosen])
    reduced = Image.fromarray(sheet).quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=1)
    colours = np.array(reduced.getpalette() or [0, 0, 0], np.uint8).reshape(-1, 3)[:COLOURS]
    return np.concatenate([colours, np.repeat(colours[-1:], COLOURS - len(colours), axis=0)])


def _spacing(palette: Array) -> float:
    """How far the colours of a palette stand apart: so wide must the dither be to hide the steps between them."""
    distances = np.linalg.norm(palette[:, None].astype(np.float32) - palette[None], axis=2)
    distances[distances < 1] = np.inf  # itself and its doubles
    nearest = distances.min(axis=1)
    return float(np.clip(np.median(nearest[np.isfinite(nearest)], keepdims=False), 5, 20)) if len(nearest) else 5.0


def _nearest_table(palette: Array) -> Array:
    """Index of the nearest colour for every cell of the colour cube."""
    axis = (np.arange(_LEVELS, dtype=np.float32) + 0.5) * (256 / _LEVELS)
    weights = np.array([0.55, 0.77, 0.33], np.float32)  # square roots of how much the eye minds each channel
    colours = palette.astype(np.float32) * weights
    halves = (colours**2).sum(axis=1) / 2
    green, blue = np.meshgrid(axis, axis, indexing="ij")
    table = np.empty((_LEVELS, _LEVELS, _LEVELS), np.uint8)
    for level, red in enumerate(axis):
        cells = np.stack([np.full(green.size, red, np.float32), green.reshape(-1), blue.reshape(-1)], 1) * weights
        table[level] = np.argmax(cells @ colours.T - halves, axis=1).reshape(_LEVELS, _LEVELS)
    return table
