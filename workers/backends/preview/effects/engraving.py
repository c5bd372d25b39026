"""An engraving, as on a banknote: nothing but lines that swell and thin."""

import numpy as np

from workers.backends.preview.backdrops import between
from workers.backends.preview.framing import Shot
from workers.backends.preview.guided import smooth_surfaces
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    blur,
    contrast,
    flat,
    luma,
    mix,
    smoothstep,
    vignette,
)
from workers.backends.preview.strokes import ink_lines, paper_grain

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.04, 0.04, 0.05)


def engraving(shot: Shot, look: Look) -> Pixels:
    """Lines that follow the forms, crossed in the shadows, over the woven ground of a banknote."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    tone = _even_tone(shot, size)
    form = blur(tone, size * 0.035)
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    pitch = size * 0.0068
    angle = (0.0, 0.32, -0.32, 0.16)[look.variation]
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    swell = form * size * 0.05
    dark = 1 - tone
    ink = _cut((along - swell) / pitch, dark * 0.92, 0.10, 0.98)
    ink = np.maximum(ink, _cut((across * 0.72 + along * 0.72 + swell) / pitch, dark - 0.42, 0.03, 0.55))
    ink = np.maximum(ink, _cut((across * 0.72 - along * 0.72 - swell) / pitch, dark - 0.66, 0.03, 0.3))
    outline = ink_lines(blur(luma(shot.person), size * 0.001), size * 0.0013, 16, 0.011)
    ink = np.maximum(ink, (1 - outline) * 0.9)
    share = smoothstep(shot.mask, 0.35, 0.65) if shot.is_cut else np.ones_like(shot.mask)
    sheet_colour = between(colours.light, (0.965, 0.955, 0.915), 0.55)
    press = between(colours.deep, between(colours.main, BLACK, 0.35), 0.35)
    sheet = flat(height, width, sheet_colour) * paper_grain(look.rng, height, width, size / 5)[..., None]
    weave = _guilloche(shot, look) * (1 - share)
    sheet = mix(sheet, flat(height, width, between(colours.main, sheet_colour, 0.15)), np.clip(weave, 0, 1) * 0.75)
    shadow = mix(sheet, flat(height, width, between(colours.main, sheet_colour, 0.72)), share * dark * 0.5)
    picture = mix(shadow, flat(height, width, press), np.clip(ink * share, 0, 1))
    return vignette(picture, 0.12, shot.focus)


def _even_tone(shot: Shot, size: int) -> Plane:
    """Brightness with the local differences drawn out, stretched to the whole scale within the person."""
    calm = luma(smooth_surfaces(shot.person, max(2, size // 320), 0.0022))
    crisp = np.clip(calm + 0.55 * (calm - blur(calm, size * 0.02)), 0, 1)
    inside = crisp[shot.mask > 0.5]
    low, high = (0.05, 0.95) if inside.size < 100 else (float(v) for v in np.percentile(inside[::7], (2, 97)))
    stretched = np.clip((crisp - low) / max(high - low, 0.2), 0, 1)
    return np.clip(contrast(stretched[..., None].repeat(3, 2), 0.18)[..., 0], 0, 1) ** 0.85


def _cut(phase: Plane, depth: Plane, thinnest: float, widest: float) -> Plane:
    """Grooves of a graver: a line a turn of the phase, as wide as the tone is deep; 1 ink."""
    wave = np.abs((phase % 1) * 2 - 1)
    width = np.clip(thinnest + np.clip(depth, 0, 1) * (widest - thinnest), 0, 0.96) * (depth > -0.02)
    soft = 0.16
    return smoothstep(wave - 1 + width, -soft, soft) * smoothstep(depth, -0.02, 0.06)


def _guilloche(shot: Shot, look: Look) -> Plane:
    """Rosettes of fine interlaced lines around the head."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    rows = (np.arange(height, dtype=np.float32)[:, None] - shot.focus[1] * height) / size
    columns = (np.arange(width, dtype=np.float32)[None, :] - shot.focus[0] * width) / size
    far, turn = np.sqrt(rows * rows + columns * columns), np.arctan2(rows, columns)
    lobes = (12, 16, 9, 20)[look.variation]
    total = np.zeros((height, width), np.float32)
    for number, strength in ((0, 1.0), (1, 0.8)):
        wave = 0.022 * np.sin(turn * lobes + number * np.pi) + 0.006 * np.sin(turn * lobes * 3)
        total = np.maximum(total, strength * _thin((far + wave) * 62))
    return total * smoothstep(far, 0.06, 0.2)


def _thin(phase: Plane) -> Plane:
    wave = np.abs((phase % 1) * 2 - 1)
    return smoothstep(wave, 0.62, 0.9)
