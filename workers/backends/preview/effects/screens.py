"""As seen on a screen: the poster shot of a blockbuster, a signal that breaks up."""

import numpy as np

from workers.backends.preview.backdrops import between, sky
from workers.backends.preview.drifting import sparks
from workers.backends.preview.framing import Shot
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    bloom,
    blur,
    cloud,
    contrast,
    distance,
    flat,
    gradient_map,
    grain,
    luma,
    mix,
    saturate,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import face_distance, place, rim, side_light

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)
BAR = 0.075
"""Height of each black bar, in shares of the picture."""


def blockbuster(shot: Shot, look: Look) -> Pixels:
    """The hero before the storm: cold shadows, a burning horizon, sparks in the air, black bars."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    cold = between(colours.deep, (0.03, 0.16, 0.22), 0.5)
    fire = between(colours.accent, (1.0, 0.55, 0.16), 0.45)
    left = look.variation % 2 == 0
    x = 0.15 if left else 0.85
    background = _storm(shot, look, cold, fire, x)
    person = contrast(saturate(shot.person, 0.85), 0.34) * side_light(shot, left, 0.2)[..., None]
    grey = luma(person)
    split = gradient_map(
        np.clip(grey, 0, 1), (BLACK, between(cold, (0.25, 0.42, 0.46), 0.5), (0.86, 0.66, 0.5), (1.0, 0.9, 0.78))
    )
    person = mix(person, split, 0.42)
    picture = place(shot, background, person, 0.5)
    picture = screen(picture, rim(shot, fire, 3.5 if left else -0.35, 1.3))
    picture = screen(picture, rim(shot, between(cold, WHITE, 0.45), -0.3 if left else 3.4, 0.7))
    spared = (1 - np.exp(-((face_distance(shot) / 1.1) ** 4)))[..., None].astype(np.float32)
    embers = sparks(look.rng, height, width, fire, 54, (0.0006, 0.0019), (0.15, 1.0))
    picture = screen(picture, embers * spared * 0.9)
    picture = screen(picture, _streak(shot, x, between(fire, WHITE, 0.25)))
    picture = grain(vignette(bloom(picture, 0.66, size * 0.022, 0.4), 0.5, shot.focus), look.rng, 0.02, 1)
    bar = round(height * BAR)
    picture[:bar] = 0
    picture[height - bar :] = 0
    return picture


def _storm(shot: Shot, look: Look, cold: Colour, fire: Colour, x: float) -> Pixels:
    """Smoke lit from behind by something that burns."""
    height, width = shot.height, shot.width
    horizon = (0.62, 0.55, 0.68, 0.5)[look.variation]
    picture = sky(
        height, width, (between(cold, BLACK, 0.5), cold, between(cold, fire, 0.35), between(cold, BLACK, 0.3))
    )
    far = distance(height, width, (x, horizon))
    picture = screen(picture, np.exp(-far * 2.3)[..., None] * np.array(fire, np.float32) * 1.1)
    smoke, veil = cloud(look.rng, height, width, 4, 6), cloud(look.rng, height, width, 7, 5)
    dark = between(cold, BLACK, 0.55)
    picture = mix(picture, flat(height, width, dark), smoothstep(smoke, 0.42, 0.85) * 0.6)
    lit = smoothstep(veil, 0.55, 0.95) * np.exp(-far * 1.6)
    return screen(picture, lit[..., None] * np.array(between(fire, WHITE, 0.2), np.float32) * 0.45)


def _streak(shot: Shot, x: float, colour: Colour) -> Pixels:
    """The flat flare of an anamorphic lens, at the height of the fire."""
    height, width = shot.height, shot.width
    rows = (np.arange(height, dtype=np.float32)[:, None] / height - 0.30) / 0.0042
    columns = (np.arange(width, dtype=np.float32)[None, :] / width - x) / 0.42
    line = np.exp(-(np.abs(rows) ** 1.3)) * np.exp(-(columns**2))
    return (line * 0.55)[..., None].astype(np.float32) * np.array(colour, np.float32)


def glitch(shot: Shot, look: Look) -> Pixels:
    """A broken signal: colours that part, torn bands, scan lines, dead blocks."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    night = between(colours.deep, BLACK, 0.3)
    background = sky(height, width, (night, between(night, colours.main, 0.6), between(night, colours.accent, 0.4)))
    person = contrast(saturate(shot.person, 0.85), 0.25)
    picture = place(shot, background, person, 0.3)
    off = round(size * (0.011, 0.016, 0.009, 0.013)[look.variation])
    grey = luma(picture)
    first, second = (colours.main, colours.accent) if look.variation % 2 == 0 else (colours.accent, colours.main)
    ghost = np.roll(grey, -off, axis=1)[..., None] * np.array(first, np.float32)
    echo = np.roll(grey, off, axis=1)[..., None] * np.array(second, np.float32)
    parted = screen(ghost, echo)
    # The face keeps most of its own colour; around it the signal falls apart.
    near = 0.62 * np.exp(-((distance(height, width, shot.focus) / 0.42) ** 4))
    picture = mix(parted * 1.35, screen(picture, parted * 0.42), (0.3 + near).astype(np.float32))
    picture = _torn(picture, shot, look)
    rows = np.arange(height, dtype=np.float32)
    pitch = max(3.0, size / 260)
    lines = 0.86 + 0.14 * np.cos(rows / pitch * 2 * np.pi)
    picture = picture * lines[:, None, None]
    picture = screen(picture, rim(shot, between(first, WHITE, 0.3), 3.2, 0.8))
    return grain(vignette(bloom(picture, 0.6, size * 0.012, 0.4), 0.4, shot.focus), look.rng, 0.03, size / 900)


def _torn(picture: Pixels, shot: Shot, look: Look) -> Pixels:
    """Bands pushed aside and blocks that froze; eyes and mouth are left whole."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    torn = picture.copy()
    for _ in range(13):
        top, tall = int(look.rng.uniform(0, height)), max(2, int(look.rng.uniform(0.004, 0.035) * height))
        push = int(look.rng.normal(0, 0.045) * width)
        torn[top : top + tall] = np.roll(torn[top : top + tall], push, axis=1)
    for _ in range(16):
        tall, wide = int(look.rng.uniform(0.008, 0.03) * size), int(look.rng.uniform(0.03, 0.16) * size)
        top, left = int(look.rng.uniform(0, height - tall)), int(look.rng.uniform(0, max(1, width - wide)))
        patch = torn[top : top + tall, left : left + wide]
        tone = look.palette.main if look.rng.random() < 0.5 else look.palette.accent
        torn[top : top + tall, left : left + wide] = patch.mean(axis=(0, 1)) * 0.5 + np.array(tone, np.float32) * 0.5
    whole = np.exp(-((face_distance(shot) / 0.95) ** 6))
    return mix(torn, picture, blur(whole.astype(np.float32), size * 0.004) * 0.85)
