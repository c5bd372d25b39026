"""By hand: pencil, watercolour, oil."""

import math

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
    cloud,
    contrast,
    distance,
    flat,
    gradient_map,
    luma,
    mix,
    saturate,
    smoothstep,
    vignette,
)
from workers.backends.preview.strokes import bristles, brushed, flow, ink_lines, paper_grain

WHITE: Colour = (1.0, 1.0, 1.0)


def _oval(shot: Shot, look: Look, reach: float, ragged: float) -> Plane:
    """Where the hand has worked: the person, ending in a ragged edge before the paper does."""
    height, width = shot.height, shot.width
    far = distance(height, width, (shot.focus[0], shot.focus[1] + 0.14))
    noise = cloud(look.rng, height, width, 7, 4) - 0.5
    return 1 - smoothstep(far + ragged * noise, reach * 0.72, reach)


def sketch(shot: Shot, look: Look) -> Pixels:
    """Graphite on tinted paper: soft tone, crossing hatches in the shadows, sure outlines."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    source = mix(flat(height, width, WHITE), shot.person, shot.mask) if shot.is_cut else shot.picture
    grey = luma(source)
    # Colour dodge: what is no darker than its surroundings turns to paper.
    calm = smooth_surfaces(grey[..., None].repeat(3, 2), max(2, size // 256), 0.0012)[..., 0]
    soft = blur(grey, size * 0.012)
    dodge = np.clip(calm / np.maximum(soft, 0.02), 0, 1)
    fine = np.clip(calm / np.maximum(blur(grey, size * 0.0035), 0.02), 0, 1)
    tone = dodge**1.7 * 0.75 + fine**1.6 * 0.25
    lines = ink_lines(blur(grey, size * 0.0008), size * 0.0012, 12, 0.010)
    shade = smooth_surfaces(grey[..., None].repeat(3, 2), max(2, size // 150), 0.01)[..., 0]
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    pitch = size * 0.0052
    jitter = (cloud(look.rng, height, width, 30, 2) - 0.5) * pitch * 1.2
    hatch = np.zeros((height, width), np.float32)
    for angle, below in ((0.9, 0.52), (-0.6, 0.33), (0.15, 0.2)):
        wave = np.cos((columns * math.cos(angle) + rows * math.sin(angle) + jitter) / pitch * 2 * np.pi)
        hatch += (0.5 + 0.5 * wave) ** 1.4 * smoothstep(below - shade, 0.0, 0.22) * 0.42
    graphite = 1 - np.clip(tone, 0, 1) * (0.35 + 0.65 * lines)
    graphite = np.clip(graphite * 1.15 + hatch + (1 - shade) * 0.16, 0, 0.97)
    worked = _oval(shot, look, 0.92, 0.35) * (np.clip(shot.mask * 1.1, 0, 1) if shot.is_cut else 1.0)
    tooth = cloud(look.rng, height, width, size / 3.2, 1)
    graphite = graphite * worked * (0.72 + 0.42 * tooth)
    sheet_colour = between(WHITE, look.palette.light, 0.9)
    lead = between(look.palette.deep, (0.13, 0.13, 0.15), 0.45)
    sheet = flat(height, width, sheet_colour) * paper_grain(look.rng, height, width, size / 5)[..., None] * 0.985
    return mix(sheet, flat(height, width, lead), np.clip(graphite, 0, 0.96))


def watercolor(shot: Shot, look: Look) -> Pixels:
    """Wet washes that pool at their edges, granulating pigment, white paper around."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    wobble = (cloud(look.rng, height, width, 26, 3) - 0.5) * 0.05
    source = saturate(contrast(shot.person if shot.is_cut else shot.picture, 0.12), 1.4)
    wash = brushed(smooth_surfaces(source, max(2, round(size * 0.007)), 0.008), max(3, round(size * 0.006)))
    wash = smooth_surfaces(wash, max(2, round(size * 0.004)), 0.002)
    # Paint in few layers: lights stay paper, darks take three glazes.
    grey = luma(wash)
    scaled = np.clip(grey + wobble, 0, 1) * 5
    steps = (np.floor(scaled) + smoothstep(scaled % 1, 0.35, 0.65)) / 5
    wash = wash * (0.62 + 0.38 * steps / np.maximum(grey, 0.08))[..., None]
    wash = 1 - (1 - np.clip(wash, 0, 1) ** 0.78) * 0.88
    pools = np.abs(blur(steps, size * 0.0012) - blur(steps, size * 0.006))
    wash = wash * (1 - np.clip(pools * 1.1, 0, 0.25))[..., None]
    splash = _splash(shot, look)
    hues = mix(
        flat(height, width, colours.main),
        flat(height, width, colours.accent),
        cloud(look.rng, height, width, 3, 4),
    )
    rim_of_wash = smoothstep(splash, 0.02, 0.25) - 0.75 * smoothstep(splash, 0.18, 0.6)
    stain = np.clip(
        0.30 * splash
        + 0.38 * np.clip(rim_of_wash, 0, 1) * splash
        + 0.1 * splash * cloud(look.rng, height, width, 12, 4),
        0,
        1,
    )
    sheet = flat(height, width, (0.988, 0.983, 0.968))
    ground = sheet * (1 - stain[..., None] * (1 - hues))
    worked = _oval(shot, look, 1.0, 0.55)
    worked = worked * shot.mask if shot.is_cut else worked
    picture = ground * (1 - worked[..., None]) + (wash * (0.92 + 0.08 * ground)) * worked[..., None]
    lines = ink_lines(luma(source), size * 0.0012, 9)
    pencil = 1 - (1 - lines) * worked * 0.42
    picture = picture * pencil[..., None]
    granulation = cloud(look.rng, height, width, size / 6, 2)
    depth = 1 - luma(np.clip(picture, 0, 1))
    picture = picture + ((granulation - 0.5) * 0.10 * depth)[..., None]
    result: Pixels = picture * paper_grain(look.rng, height, width, size / 4)[..., None]
    return result


def _splash(shot: Shot, look: Look) -> Plane:
    """A loose wash around the head, with drops flown off it; 0 paper, 1 wet."""
    height, width = shot.height, shot.width
    x, y = shot.focus
    shift = ((-0.08, 0.0), (0.10, -0.04), (0.0, 0.08), (0.06, 0.05))[look.variation]
    far = distance(height, width, (x + shift[0], y + shift[1]))
    wet = smoothstep(0.72 - far + (cloud(look.rng, height, width, 4, 6) - 0.5) * 0.85, 0.0, 0.22)
    return np.clip(wet, 0, 1)


def oil(shot: Shot, look: Look) -> Pixels:
    """Thick paint on canvas: dabs along the forms, ridges that catch light, a dark warm ground."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    x, y = shot.focus
    ground = gradient_map(
        np.clip(1 - distance(height, width, (x + (0.22, -0.22, 0.1, -0.1)[look.variation], y)) * 0.95, 0, 1)
        + 0.22 * (cloud(look.rng, height, width, 6, 4) - 0.5),
        (
            between(colours.deep, (0.05, 0.04, 0.03), 0.4),
            between(colours.deep, colours.main, 0.55),
            between(colours.main, colours.light, 0.25),
        ),
    )
    share = shot.mask if shot.is_cut else np.clip(shot.mask + 0.35, 0, 1)
    source = mix(ground, contrast(saturate(shot.person, 1.08), 0.22), share)
    radius = max(4, round(size * 0.0085))
    painted = brushed(source, radius)
    # Around the eyes and mouth the brush is finer.
    fine = brushed(source, max(3, radius // 2))
    near_face = np.exp(-((distance(height, width, (x, y)) / 0.26) ** 2)) * (0.75 if shot.face is not None else 0.3)
    painted = mix(painted, fine, near_face.astype(np.float32))
    grey = luma(painted)
    ridges = bristles(look.rng, flow(grey, size * 0.008), max(1.0, size * 0.0016), 7)
    relief = np.clip(ridges, -2.2, 2.2) * (0.028 + 0.02 * (1 - near_face))
    light = 1 + relief * 1.25
    weave = (
        np.cos(np.arange(width, dtype=np.float32) * 2.1)[None, :]
        + np.cos(np.arange(height, dtype=np.float32) * 2.1)[:, None]
    )
    picture = painted * (light + weave * 0.008)[..., None] + np.clip(relief, 0, 1)[..., None] * 0.25
    picture = contrast(saturate(picture, 1.05), 0.16) * np.array((1.01, 1.0, 0.965), np.float32)
    return vignette(picture, 0.45, shot.focus)
