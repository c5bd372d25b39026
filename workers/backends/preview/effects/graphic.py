"""Print: pop art, comic, poster."""

import cv2
import numpy as np

from workers.backends.preview.backdrops import between
from workers.backends.preview.framing import Shot
from workers.backends.preview.guided import smooth_surfaces
from workers.backends.preview.lettering import Sheet, Typeface, fit, ink, printable, shortened
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    blur,
    flat,
    luma,
    mix,
    saturate,
    smoothstep,
)
from workers.backends.preview.strokes import halftone, ink_lines

BLACK: Colour = (0.06, 0.05, 0.08)
WHITE: Colour = (1.0, 1.0, 1.0)


def _calm_tone(shot: Shot, evenness: float) -> Plane:
    """Brightness in large shapes, stretched to the whole scale within the person."""
    size = max(shot.width, shot.height)
    calm = smooth_surfaces(shot.person, max(3, round(size * 0.008)), evenness)
    grey = luma(smooth_surfaces(calm, max(2, round(size * 0.004)), evenness / 3))
    inside = grey[shot.mask > 0.5]
    low, high = (0.05, 0.95) if inside.size < 100 else (float(v) for v in np.percentile(inside[::7], (2, 98)))
    return np.clip((grey - low) / max(high - low, 0.2), 0, 1)


def _stepped(tone: Plane, steps: tuple[tuple[float, Colour], ...], softness: float) -> Pixels:
    """Flat inks: each colour from its brightness up, with clean printed borders."""
    picture = flat(tone.shape[0], tone.shape[1], steps[0][1])
    for start, colour in steps[1:]:
        above = smoothstep(tone, start - softness, start + softness)
        picture = mix(picture, flat(tone.shape[0], tone.shape[1], colour), above)
    return picture


def _person_share(shot: Shot) -> Plane:
    """The person's flat shape; without an outline, all of the picture."""
    return smoothstep(shot.mask, 0.3, 0.7) if shot.is_cut else np.ones_like(shot.mask)


def pop_art(shot: Shot, look: Look) -> Pixels:
    """Screen print: a hot flat ground with dots, the face in four inks, slightly off register."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    tone = _calm_tone(shot, 0.006)
    skin = between(colours.light, WHITE, 0.3)
    dark = between(colours.deep, BLACK, 0.4)
    inks = _stepped(
        tone,
        ((0.0, dark), (0.24, between(dark, colours.accent, 0.62)), (0.44, colours.accent), (0.64, skin)),
        0.02,
    )
    dots = halftone(np.clip(tone * 1.15 + 0.1, 0, 1), size / 95, 0.6)
    shade_zone = smoothstep(tone, 0.40, 0.46) * (1 - smoothstep(tone, 0.70, 0.86))
    inks = mix(inks, flat(height, width, colours.main), dots * shade_zone * 0.75)
    ground = flat(height, width, colours.main)
    ramp = np.broadcast_to(np.linspace(0, 1, height, dtype=np.float32)[:, None], (height, width))
    slope = (ramp, 1 - ramp, ramp.mean() + 0 * ramp, np.abs(ramp * 2 - 1))[look.variation]
    ground = mix(ground, flat(height, width, colours.light), halftone(0.35 + 0.6 * slope, size / 42, 0.785) * 0.9)
    off = round(size * 0.006)
    person = _person_share(shot)
    ghost = cv2.warpAffine(person, np.array([[1, 0, off * 2.2], [0, 1, off]], np.float32), (width, height))
    picture = mix(
        ground,
        flat(height, width, between(colours.accent, dark, 0.15)),
        ghost * (1.0 if shot.is_cut else 0.0),
    )
    picture = mix(picture, inks, person)
    lines = ink_lines(luma(smooth_surfaces(shot.person, max(2, size // 260), 0.004)), size * 0.0017, 16, 0.012)
    return mix(picture, flat(height, width, dark), (1 - lines) * person * 0.9)


def comic(shot: Shot, look: Look) -> Pixels:
    """A panel of a comic: inked outlines, flat colour, dots in the shadows, rays behind."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    source = shot.person if shot.is_cut else shot.picture
    calm = smooth_surfaces(source, max(3, round(size * 0.007)), 0.006)
    calm = smooth_surfaces(calm, max(2, round(size * 0.004)), 0.003)
    tone = luma(calm)
    levels = 4.0
    scaled = np.clip(tone, 0, 1) * levels
    stepped = (np.floor(scaled) + smoothstep(scaled % 1, 0.42, 0.58)) / levels
    colour = saturate(calm * (0.30 + 0.70 * stepped / np.maximum(tone, 0.05))[..., None], 1.65)
    colour = np.clip(colour * 1.08 + 0.03, 0, 1)
    shadow = halftone(np.clip(0.30 + tone * 1.1, 0, 1), size / 120, 0.785) * (1 - smoothstep(tone, 0.34, 0.55))
    colour = colour * (1 - 0.5 * shadow)[..., None]
    x, y = shot.focus[0] * width, shot.focus[1] * height
    rows = np.arange(height, dtype=np.float32)[:, None] - y
    columns = np.arange(width, dtype=np.float32)[None, :] - x
    rays = (18, 26, 14, 22)[look.variation]
    wave = np.cos(np.arctan2(rows, columns) * rays + look.rng.uniform(0, 6))
    far = np.sqrt(rows * rows + columns * columns) / size
    ground = mix(flat(height, width, colours.main), flat(height, width, colours.accent), smoothstep(wave, -0.06, 0.06))
    dots = halftone(np.clip(far * 1.5, 0, 1), size / 56, 0.785)
    ground = mix(ground, flat(height, width, colours.light), dots * 0.85)
    person = _person_share(shot)
    contour = np.clip(
        cv2.dilate(person, np.ones((3, 3), np.uint8), iterations=max(1, round(size * 0.0022))) - person, 0, 1
    )
    picture = mix(ground, colour, person)
    if shot.is_cut:
        halo = cv2.dilate(person, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, size // 70) | 1,) * 2))
        picture = mix(picture, flat(height, width, WHITE), cv2.GaussianBlur(halo, (0, 0), 1.0) * (1 - person))
        picture = mix(picture, flat(height, width, BLACK), contour)
    lines = ink_lines(luma(smooth_surfaces(source, max(2, size // 260), 0.003)), size * 0.0015, 18, 0.012)
    solid = 1 - smoothstep(tone, 0.10, 0.16)
    picture = mix(picture, flat(height, width, BLACK), np.clip((1 - lines) + solid * 0.85, 0, 1) * person)
    frame = Sheet(height, width)
    edge, line = round(size * 0.018), max(2, round(size * 0.005))
    frame.draw.rectangle((0, 0, width - 1, height - 1), outline=ink(WHITE), width=edge)
    frame.draw.rectangle((edge, edge, width - edge - 1, height - edge - 1), outline=ink(BLACK), width=line)
    picture = frame.laid_on(picture)
    return _caption(picture, look, edge + line)


def _caption(picture: Pixels, look: Look, inset: int) -> Pixels:
    """The person's words in the narrator's box, as comics tell a story."""
    words = shortened(printable(look.prompt, Typeface.CONDENSED), 90)
    if not words:
        return picture
    height, width = picture.shape[:2]
    size = min(height, width)
    block = fit(
        words.upper(),
        Typeface.CONDENSED,
        600,
        (width * 0.46, height * 0.16),
        (size * 0.036, size * 0.02),
        1.3,
    )
    pad = round(size * 0.018)
    sheet = Sheet(height, width)
    right = inset + block.width + 2 * pad
    sheet.draw.rectangle(
        (inset, inset, right, inset + block.height + 2 * pad),
        fill=ink((1.0, 0.93, 0.55)),
        outline=ink(BLACK),
        width=max(2, size // 260),
    )
    sheet.write(block, inset + pad, inset + pad * 0.8, BLACK)
    return sheet.laid_on(picture)


def poster(shot: Shot, look: Look) -> Pixels:
    """A street poster: three flat inks, engraved midtones, a strip with a word in capitals."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    tone = _calm_tone(shot, 0.008)
    dark = between(colours.deep, BLACK, 0.25)
    paper = between(colours.light, (0.97, 0.93, 0.83), 0.5)
    inks = _stepped(tone, ((0.0, dark), (0.30, between(dark, colours.main, 0.85)), (0.66, paper)), 0.014)
    pitch = size * 0.0085
    rows = np.arange(height, dtype=np.float32)[:, None]
    wave = np.broadcast_to(0.5 + 0.5 * np.cos(rows / pitch * 2 * np.pi), (height, width))
    zone = smoothstep(tone, 0.48, 0.52) * (1 - smoothstep(tone, 0.66, 0.68))
    inks = mix(inks, flat(height, width, paper), smoothstep(wave - 0.5, -0.12, 0.12) * zone)
    ground = _poster_ground(shot, look, paper)
    person = _person_share(shot)
    picture = mix(ground, inks, person)
    lines = ink_lines(blur(luma(shot.person), size * 0.0012), size * 0.0016, 14, 0.012)
    picture = mix(picture, flat(height, width, dark), (1 - lines) * person * 0.75)
    wear = look.rng.standard_normal((height, width), np.float32)
    picture = picture + (cv2.GaussianBlur(wear, (0, 0), 1.1) * 0.02)[..., None]
    return _poster_strip(picture, look, dark, paper)


def _poster_ground(shot: Shot, look: Look, paper: Colour) -> Pixels:
    """A split field, a rising sun, beams, or a large disc."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    x, y = shot.focus[0] * width, shot.focus[1] * height
    rows = np.arange(height, dtype=np.float32)[:, None] - y
    columns = np.arange(width, dtype=np.float32)[None, :] - x
    match look.variation:
        case 0:
            share = smoothstep(np.broadcast_to(columns, (height, width)), -1.0, 1.0)
            return mix(flat(height, width, colours.main), flat(height, width, colours.accent), share)
        case 1:
            disc = 1 - smoothstep(np.sqrt(rows * rows + columns * columns), size * 0.36, size * 0.363)
            return mix(flat(height, width, paper), flat(height, width, colours.accent), disc)
        case 2:
            wave = np.cos(np.arctan2(rows, columns) * 16)
            return mix(flat(height, width, colours.accent), flat(height, width, paper), smoothstep(wave, -0.04, 0.04))
        case _:
            band = np.cos((rows + columns * 0.6) / size * 26)
            ground = mix(
                flat(height, width, colours.main),
                flat(height, width, between(colours.main, paper, 0.35)),
                smoothstep(band, -0.05, 0.05),
            )
            return ground


def _poster_strip(picture: Pixels, look: Look, dark: Colour, paper: Colour) -> Pixels:
    """The strip with the person's first words, or the house's word where there are none."""
    height, width = picture.shape[:2]
    strip = round(height * 0.135) if height <= width * 1.6 else round(width * 0.2)
    words = printable(look.prompt, Typeface.CONDENSED)
    title = " ".join(words.split()[:3])
    title = shortened(title, 22) if title else "DREAM"
    sheet = Sheet(height, width)
    top = height - strip
    sheet.draw.rectangle((0, top, width, height), fill=ink(dark))
    sheet.draw.rectangle((0, top, width, top + max(2, strip // 22)), fill=ink(look.palette.accent))
    block = fit(title.upper(), Typeface.CONDENSED, 700, (width * 0.62, strip * 0.86), (strip * 0.62, 8), 1.0)
    sheet.write(block, width * 0.045, top + (strip - block.font.size * 1.42) / 2, paper)
    return sheet.laid_on(picture)
