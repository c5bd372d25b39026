"""Portraits by daylight and lamp: studio, office, evening sun."""

import numpy as np

from workers.backends.preview.backdrops import between, lights, paper, sky, windows
from workers.backends.preview.framing import Shot
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Pixels,
    bloom,
    blur,
    contrast,
    distance,
    grain,
    mix,
    saturate,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import graded, place, rim, side_light, soft_skin

WHITE = (1.0, 1.0, 1.0)


def studio(shot: Shot, look: Look) -> Pixels:
    """A hand-painted backdrop, one large soft lamp, a hair light."""
    colours = look.palette
    x, y = shot.focus
    from_left = look.variation % 2 == 0
    lightness = (0.30, 0.62, 0.12, 0.45)[look.variation]
    glow = between(colours.main, colours.light, lightness)
    edge = between(colours.deep, colours.main, 0.25 + 0.3 * lightness)
    pool = (x + (0.12 if from_left else -0.12), y + 0.02)
    background = paper(look.rng, shot.height, shot.width, edge, glow, pool)
    person = soft_skin(shot, shot.person, 0.4)
    person = contrast(saturate(person, 0.96), 0.22) * side_light(shot, from_left, 0.13)[..., None]
    person = graded(person, between(WHITE, colours.main, 0.25), 0.25)
    picture = place(shot, background, person, 0.28)
    picture = screen(picture, rim(shot, between(colours.light, WHITE, 0.5), 3.6 if not from_left else -0.5, 0.5))
    return grain(vignette(picture, 0.38, shot.focus), look.rng, 0.012, 1)


def business(shot: Shot, look: Look) -> Pixels:
    """A bright office far out of focus, crisp and slightly cool."""
    colours = look.palette
    wall = between(colours.deep, colours.main, 0.5)
    glass = between(colours.main, colours.light, 0.8)
    background = windows(look.rng, shot.height, shot.width, wall, glass, between(colours.accent, WHITE, 0.3))
    background = mix(background, np.full_like(background, 0.62), 0.12)
    from_left = look.variation % 2 == 1
    person = soft_skin(shot, shot.person, 0.35)
    person = contrast(saturate(person, 0.92), 0.28) * side_light(shot, from_left, 0.10)[..., None]
    picture = place(shot, background, graded(person, glass, 0.14), 0.4)
    picture = screen(picture, rim(shot, glass, -0.4 if not from_left else 3.5, 0.35))
    return vignette(contrast(picture, 0.1), 0.3, shot.focus)


def golden_hour(shot: Shot, look: Look) -> Pixels:
    """Low sun behind the shoulder: haze, warm rim, lights in the grass."""
    colours = look.palette
    size = max(shot.width, shot.height)
    sun_left = look.variation % 2 == 1
    sun = (0.16 if sun_left else 0.84, (0.30, 0.24, 0.38, 0.2)[look.variation])
    warm = between(colours.accent, (1.0, 0.80, 0.52), 0.6)
    land = between(colours.deep, colours.main, 0.35)
    background = sky(
        shot.height, shot.width, (colours.main, colours.accent, warm, land, between(land, colours.deep, 0.5))
    )
    background = mix(background, blur(shot.picture, size * 0.05), 0.12)
    spots = (warm, colours.accent, between(warm, WHITE, 0.4))
    background = screen(
        background, lights(look.rng, shot.height, shot.width, spots, 46, (0.012, 0.05), (0.45, 1.05)) * 0.75
    )
    far = distance(shot.height, shot.width, sun)
    disc = (1 - smoothstep(far, 0.0, 0.11))[..., None] + np.exp(-far * 3.4)[..., None] * 0.85
    background = screen(background, disc * np.array(between(warm, WHITE, 0.45), np.float32))
    person = graded(contrast(soft_skin(shot, shot.person, 0.3), 0.12), warm, 0.30)
    person = person * side_light(shot, sun_left, 0.16)[..., None] * 0.96
    picture = place(shot, background, person, 0.75)
    picture = screen(picture, rim(shot, between(warm, WHITE, 0.3), 3.6 if sun_left else -0.45, 1.1))
    haze = np.exp(-far * 2.1)[..., None] * np.array(warm, np.float32) * 0.36
    picture = bloom(screen(picture, haze), 0.72, size * 0.02, 0.35)
    return grain(vignette(contrast(picture, 0.15), 0.3, shot.focus), look.rng, 0.015, 1)


def high_key(shot: Shot, look: Look) -> Pixels:
    """A white room full of light: soft shadows, a breath of colour at the edges."""
    colours = look.palette
    size = max(shot.width, shot.height)
    tint = between(colours.main, WHITE, (0.60, 0.52, 0.58, 0.62)[look.variation])
    pool = ((0.5, 0.35), (0.3, 0.3), (0.7, 0.3), (0.5, 0.6))[look.variation]
    background = paper(look.rng, shot.height, shot.width, tint, WHITE, pool)
    person = np.clip(soft_skin(shot, shot.person, 0.5), 0, 1)
    person = 1 - (1 - person) ** 1.32
    person = contrast(saturate(person, 0.9), 0.1) * side_light(shot, look.variation % 2 == 0, 0.06)[..., None]
    picture = place(shot, background, graded(person, between(tint, WHITE, 0.6), 0.18), 0.7)
    picture = screen(picture, rim(shot, WHITE, 3.6 if look.variation % 2 else -0.5, 0.45))
    # The light swallows the feet of the picture, as it does in such studios.
    y = np.arange(shot.height, dtype=np.float32)[:, None] / shot.height
    veil = np.broadcast_to(smoothstep(y, 0.74, 1.12), (shot.height, shot.width)) * 0.6
    picture = mix(picture, np.ones_like(picture) * np.array(between(tint, WHITE, 0.55), np.float32), veil)
    return grain(bloom(picture, 0.82, size * 0.025, 0.35), look.rng, 0.008, 1)
