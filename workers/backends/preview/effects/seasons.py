"""Spring under cherry trees, a park in autumn."""

import numpy as np

from workers.backends.preview.backdrops import between, lights, sky
from workers.backends.preview.drifting import Outline, leaf, petal, scatter
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
    mix,
    saturate,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import face_distance, graded, place, rim, side_light, soft_skin

WHITE: Colour = (1.0, 1.0, 1.0)
BLOSSOM: Colour = (1.0, 0.76, 0.84)


def sakura(shot: Shot, look: Look) -> Pixels:
    """Under flowering cherry trees: pale sky, boughs of blossom out of focus, petals on the wind."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    blossom = between(BLOSSOM, colours.accent, 0.2)
    air = between(colours.main, WHITE, 0.62)
    background = sky(height, width, (between(colours.main, WHITE, 0.38), air, between(colours.light, WHITE, 0.4)))
    background = _boughs(background, shot, look, blossom)
    drops = (between(blossom, WHITE, 0.35), blossom, WHITE)
    background = screen(background, lights(look.rng, height, width, drops, 30, (0.010, 0.036)) * 0.4)
    far, cover = scatter(look.rng, height, width, petal, (between(blossom, WHITE, 0.3),), 90, (0.006, 0.013), 0.0016)
    background = mix(background, far, cover * 0.8)
    left = look.variation % 2 == 0
    person = contrast(saturate(soft_skin(shot, shot.person, 0.4), 0.98), 0.06) * 1.05
    person = graded(person, between(blossom, WHITE, 0.55), 0.22) * side_light(shot, left, 0.08)[..., None]
    picture = place(shot, background, person, 0.6)
    picture = screen(picture, rim(shot, between(blossom, WHITE, 0.6), 3.6 if left else -0.45, 0.7))
    picture = _fallen(picture, shot, look, petal, (between(blossom, WHITE, 0.45), blossom, WHITE), (0.013, 0.022))
    return grain(bloom(picture, 0.8, size * 0.02, 0.3), look.rng, 0.01, 1)


def _boughs(background: Pixels, shot: Shot, look: Look, blossom: Colour) -> Pixels:
    """Clouds of blossom that hang in from the upper corners."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    corner = ((-0.02, -0.02), (1.02, -0.02), (1.0, 0.35), (0.0, 0.30))[look.variation]
    other = (1.0 - corner[0], 0.0)
    reach = np.minimum(distance(height, width, corner), distance(height, width, other) * 1.5)
    clumps = cloud(look.rng, height, width, 9, 4)
    mass = smoothstep(0.62 - reach + (clumps - 0.5) * 0.75, 0.0, 0.16)
    tufts = cloud(look.rng, height, width, 34, 3)
    shade = between(between(blossom, (0.82, 0.42, 0.56), 0.55), look.palette.main, 0.2)
    tone = mix(
        flat(height, width, shade), flat(height, width, between(blossom, WHITE, 0.6)), smoothstep(tufts, 0.2, 0.75)
    )
    return blur(mix(background, tone, np.clip(mass, 0, 1) * 0.92), size * 0.006)


def autumn(shot: Shot, look: Look) -> Pixels:
    """An alley in October: trunks and gold far out of focus, low sun, maple leaves coming down."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    gold = between(colours.accent, (0.98, 0.68, 0.18), 0.5)
    rust = between(colours.main, (0.72, 0.26, 0.08), 0.5)
    haze = between(gold, (1.0, 0.93, 0.78), 0.65)
    left = look.variation % 2 == 1
    sun = (0.2 if left else 0.8, (0.2, 0.28, 0.14, 0.24)[look.variation])
    background = _alley(shot, look, gold, rust, haze)
    spots = (gold, rust, haze)
    background = screen(background, lights(look.rng, height, width, spots, 60, (0.014, 0.05), (0.0, 0.75)) * 0.5)
    far = distance(height, width, sun)
    background = screen(background, np.exp(-far * 2.6)[..., None] * np.array(haze, np.float32) * 0.75)
    small, cover = scatter(look.rng, height, width, leaf, (gold, rust), 46, (0.009, 0.017), 0.0022)
    background = mix(background, small, cover * 0.85)
    warm = between(haze, WHITE, 0.3)
    person = graded(contrast(soft_skin(shot, shot.person, 0.3), 0.14), warm, 0.32)
    person = person * side_light(shot, left, 0.14)[..., None] * 0.98
    picture = place(shot, background, person, 0.65)
    picture = screen(picture, rim(shot, haze, 3.6 if left else -0.45, 1.0))
    picture = _fallen(picture, shot, look, leaf, (gold, rust, between(gold, rust, 0.5)), (0.020, 0.034))
    picture = bloom(picture, 0.74, size * 0.02, 0.3)
    return grain(vignette(contrast(picture, 0.1), 0.35, shot.focus), look.rng, 0.015, 1)


def _alley(shot: Shot, look: Look, gold: Colour, rust: Colour, haze: Colour) -> Pixels:
    """Foliage above, a carpet of leaves below, a few trunks between."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    dusk = between(rust, look.palette.deep, 0.55)
    picture = sky(height, width, (between(gold, rust, 0.35), gold, haze, gold, between(rust, dusk, 0.4), dusk))
    crowns = cloud(look.rng, height, width, 7, 4)
    picture = mix(picture, flat(height, width, between(rust, dusk, 0.35)), smoothstep(crowns, 0.52, 0.9) * 0.6)
    x = np.arange(width, dtype=np.float32)[None, :] / width
    trunks = np.zeros((1, width), np.float32)
    for number in range(6):
        centre = (number + look.rng.uniform(0.1, 0.9)) / 6
        half = look.rng.uniform(0.008, 0.022)
        trunks = np.maximum(trunks, 1 - smoothstep(np.abs(x - centre), half, half * 1.8))
    y = np.arange(height, dtype=np.float32)[:, None] / height
    standing = trunks * (1 - smoothstep(y, 0.70, 0.76))
    picture = mix(picture, flat(height, width, between(dusk, (0.1, 0.06, 0.05), 0.4)), standing * 0.65)
    return blur(picture, size * 0.014)


def _fallen(
    picture: Pixels, shot: Shot, look: Look, outline: Outline, colours: tuple[Colour, ...], radius: tuple[float, float]
) -> Pixels:
    """The same petals or leaves before the person: some sharp, a few near and soft; the face stays free."""
    spared: Plane = 1 - np.exp(-((face_distance(shot) / 1.25) ** 4))
    for count, factor, softness, opacity in ((26, 1.0, 0.0010, 0.95), (7, 2.6, 0.0065, 0.7)):
        reach = (radius[0] * factor, radius[1] * factor)
        layer, cover = scatter(look.rng, shot.height, shot.width, outline, colours, count, reach, softness)
        picture = mix(picture, layer, (cover * spared * opacity).astype(np.float32))
    return picture
