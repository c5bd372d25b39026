"""Where nobody has been: under water, in a wood that glows."""

import numpy as np

from workers.backends.preview.backdrops import between, lights, sky, snow
from workers.backends.preview.drifting import bubbles, sparks
from workers.backends.preview.framing import Shot
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    bloom,
    blur,
    cloud,
    contrast,
    distance,
    flat,
    grain,
    luma,
    mix,
    saturate,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import face_distance, graded, place, rim, side_light

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)


def underwater(shot: Shot, look: Look) -> Pixels:
    """Below the surface: shafts of sun, light that ripples over everything, bubbles."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    top = between(colours.accent, WHITE, 0.45)
    abyss = between(colours.deep, BLACK, 0.15)
    background = sky(height, width, (top, between(top, colours.main, 0.7), colours.main, abyss, abyss))
    background = screen(background, _shafts(shot, look)[..., None] * np.array(top, np.float32) * 0.75)
    drift = snow(look.rng, height, width, 160, (0.0006, 0.0018), 0.0012)
    background = screen(background, drift[..., None] * np.array(top, np.float32) * 0.45)
    sea = between(colours.main, colours.accent, 0.45)
    person = graded(contrast(saturate(shot.person, 0.82), 0.1), between(sea, WHITE, 0.25), 0.55)
    ripple = _ripples(look, height, width)
    y = np.arange(height, dtype=np.float32)[:, None] / height
    person = person * (0.86 + 0.10 * (1 - y))[..., None]
    # The face takes the play of light more gently than the rest.
    calm = 0.45 + 0.55 * np.clip(face_distance(shot) - 0.4, 0, 1)
    person = screen(
        person,
        (ripple * calm * (0.06 + 0.94 * luma(person)) * 0.6)[..., None]
        * np.array(between(top, WHITE, 0.4), np.float32),
    )
    picture = place(shot, screen(background, ripple[..., None] * np.array(top, np.float32) * 0.10), person, 0.8)
    picture = screen(picture, rim(shot, between(top, WHITE, 0.4), -1.57, 0.8))
    picture = mix(picture, flat(height, width, sea), 0.10)
    spared = 1 - np.exp(-((face_distance(shot) / 1.2) ** 4))
    rising = bubbles(look.rng, height, width, 42, (0.004, 0.014)) + bubbles(look.rng, height, width, 5, (0.02, 0.034))
    picture = screen(picture, (np.clip(rising, 0, 1) * spared * 0.8)[..., None] * np.array(WHITE, np.float32))
    return vignette(bloom(picture, 0.7, size * 0.02, 0.35), 0.5, shot.focus)


def _shafts(shot: Shot, look: Look) -> Plane:
    """Sunbeams that fan out from a point above the water."""
    height, width = shot.height, shot.width
    from_x = (0.28, 0.72, 0.5, 0.1)[look.variation]
    rows = np.arange(height, dtype=np.float32)[:, None] / height + 0.35
    columns = np.arange(width, dtype=np.float32)[None, :] / width - from_x
    angle = np.arctan2(columns, rows)
    line = look.rng.random(64).astype(np.float32)
    fan = np.interp(angle.ravel(), np.linspace(-1.3, 1.3, 64), line).reshape(angle.shape).astype(np.float32)
    fan = blur(smoothstep(fan, 0.45, 0.95), max(height, width) * 0.006)
    return fan * np.clip(1.15 - (rows - 0.35) * 1.05, 0, 1) ** 1.5


def _ripples(look: Look, height: int, width: int) -> Plane:
    """The bright net that waves throw: thin where the surface is steep."""
    first, second = cloud(look.rng, height, width, 8, 2), cloud(look.rng, height, width, 11, 2)
    net = (1 - np.abs(first * 2 - 1)) ** 7 + 0.8 * (1 - np.abs(second * 2 - 1)) ** 8
    return np.clip(blur(net, max(height, width) * 0.0012), 0, 1)


def enchanted(shot: Shot, look: Look) -> Pixels:
    """A wood at night: trunks in the mist, a moon behind the leaves, fireflies around the person."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    night = between(colours.deep, BLACK, 0.35)
    mist = between(colours.main, (0.55, 0.72, 0.78), 0.3)
    glow = between(colours.accent, (1.0, 0.86, 0.42), 0.55)
    moon = ((0.78, 0.16), (0.22, 0.14), (0.66, 0.10), (0.34, 0.20))[look.variation]
    background = _wood(shot, look, night, mist)
    far = distance(height, width, moon)
    background = screen(background, np.exp(-far * 2.4)[..., None] * np.array(mist, np.float32) * 0.65)
    spots = (glow, between(glow, WHITE, 0.4), between(glow, colours.main, 0.4))
    background = screen(background, lights(look.rng, height, width, spots, 22, (0.008, 0.028), (0.25, 1.0)) * 0.6)
    background = screen(background, sparks(look.rng, height, width, glow, 60, (0.0012, 0.0028)))
    left = moon[0] < 0.5
    person = contrast(saturate(shot.person, 0.86), 0.16) * side_light(shot, left, 0.18)[..., None] * 0.88
    person = graded(person, between(mist, WHITE, 0.35), 0.36)
    # The fireflies light the person from below.
    y = np.arange(height, dtype=np.float32)[:, None] / height
    person = person * (1 + smoothstep(y, 0.35, 1.0)[..., None] * (np.array(glow, np.float32) - 0.45) * 0.35)
    picture = place(shot, background, person, 0.55)
    picture = screen(picture, rim(shot, between(mist, WHITE, 0.4), 3.6 if left else -0.5, 1.0))
    picture = screen(picture, rim(shot, glow, -0.2 if left else 3.3, 0.9))
    spared = (1 - np.exp(-((face_distance(shot) / 1.15) ** 4)))[..., None].astype(np.float32)
    picture = screen(picture, sparks(look.rng, height, width, glow, 34, (0.002, 0.0045), (0.1, 1.0)) * spared)
    return grain(vignette(bloom(picture, 0.6, size * 0.02, 0.45), 0.45, shot.focus), look.rng, 0.014, 1)


def _wood(shot: Shot, look: Look, night: Colour, mist: Colour) -> Pixels:
    """Trunks behind trunks: the farther, the paler."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    picture = sky(
        height, width, (between(mist, night, 0.45), between(mist, night, 0.15), mist, between(mist, night, 0.6))
    )
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    for depth in range(4):
        share = depth / 3
        cover = np.zeros((height, width), np.float32)
        for _ in range(9 - 2 * depth):
            foot, lean = look.rng.uniform(-0.05, 1.05), look.rng.uniform(-0.05, 0.05)
            half = look.rng.uniform(0.006, 0.013) * (1 + 2.6 * share)
            bend = 0.012 * np.sin(y * look.rng.uniform(4, 9) + look.rng.uniform(0, 6))
            spread = half * (1 + 0.7 * smoothstep(y, 0.75, 1.0))
            off = np.abs(x - foot - lean * (1 - y) - bend)
            cover = np.maximum(cover, 1 - smoothstep(off / spread, 0.9, 1.1))
        tone = between(between(mist, night, 0.4), night, share)
        picture = mix(picture, flat(height, width, tone), cover)
        fog = cloud(look.rng, height, width, 4, 4) * smoothstep(y, 0.35, 0.95)
        picture = mix(picture, flat(height, width, mist), np.clip(fog * (0.55 - 0.35 * share), 0, 1))
        picture = blur(picture, size * (0.004 if depth < 3 else 0.0075))
    crown = cloud(look.rng, height, width, 16, 4)
    leaves = smoothstep(crown - y * 1.5, 0.18, 0.34)
    return blur(mix(picture, flat(height, width, night), leaves * 0.9), size * 0.004)
