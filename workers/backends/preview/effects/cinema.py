"""Cinema: noir, neon, faded film, double exposure."""

import cv2
import numpy as np

from workers.backends.preview.backdrops import between, lights, ridges, sky
from workers.backends.preview.framing import Shot
from workers.backends.preview.lettering import Sheet, Typeface, fit, ink
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    Plane,
    bloom,
    blur,
    contrast,
    distance,
    flat,
    gradient_map,
    grain,
    luma,
    mix,
    screen,
    smoothstep,
    vignette,
)
from workers.backends.preview.placing import place, rim, side_light

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)


def noir(shot: Shot, look: Look) -> Pixels:
    """Black and white film of the forties: one hard lamp, blinds, smoke-dark room, grain."""
    # An orthochromatic film sees red as dark: skin gains structure.
    grey = cv2.transform(shot.picture, np.array([[0.36, 0.48, 0.16]], np.float32))
    from_left = look.variation % 2 == 0
    room = blur(grey[..., None].repeat(3, 2), max(shot.width, shot.height) * 0.012)[..., 0] * 0.30 + 0.035
    far = distance(shot.height, shot.width, (shot.focus[0] + (0.2 if from_left else -0.2), shot.focus[1]))
    room = room + 0.20 * np.exp(-far * 3.0)
    lit = np.clip(grey * 1.12, 0, 1) * side_light(shot, from_left, 0.42)
    tone = room + (lit - room) * shot.mask
    if look.variation in (1, 2):
        tone = tone * _blinds(shot, look, 0.55 if look.variation == 1 else -0.4)
    tone = np.clip((tone - 0.035) * 1.16, 0, 1)
    tone = tone + 0.55 * (tone * tone * (3 - 2 * tone) - tone)
    paper_tone = between(WHITE, look.palette.light, 0.6)
    ink_tone = between(BLACK, look.palette.deep, 0.55)
    middle = between(ink_tone, paper_tone, 0.5)
    picture = gradient_map(np.clip(tone, 0, 1), (ink_tone, middle, paper_tone))
    picture = screen(picture, rim(shot, paper_tone, 3.5 if not from_left else -0.4, 0.55))
    picture = bloom(picture, 0.75, max(shot.width, shot.height) * 0.015, 0.3)
    return grain(vignette(picture, 0.75, shot.focus), look.rng, 0.055, max(shot.width, shot.height) / 1000)


def _blinds(shot: Shot, look: Look, slant: float) -> Plane:
    """Shadows of a venetian blind across everything."""
    y = np.arange(shot.height, dtype=np.float32)[:, None] / shot.height
    x = np.arange(shot.width, dtype=np.float32)[None, :] / shot.width
    phase = (y + x * slant * 0.35) * look.rng.uniform(8.5, 11.5)
    slats = smoothstep(np.abs((phase % 1) * 2 - 1), 0.28, 0.52)
    window = np.exp(-((distance(shot.height, shot.width, shot.focus) / 0.75) ** 4))
    # On the face the shadows are thinner: eyes must stay readable.
    face = np.exp(-((distance(shot.height, shot.width, shot.focus) / 0.24) ** 4))
    result: Plane = (1 - (0.6 - 0.3 * face) * (1 - slats) * window).astype(np.float32)
    return result


def neon(shot: Shot, look: Look) -> Pixels:
    """Two coloured lamps in the night, a glowing sign behind the head, rain-soft lights."""
    colours = look.palette
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    night = between(colours.deep, BLACK, 0.35)
    background = sky(height, width, (night, between(night, colours.main, 0.22), night))
    spots = (colours.main, colours.accent, between(colours.main, colours.accent, 0.5))
    background = screen(background, lights(look.rng, height, width, spots, 34, (0.012, 0.045)) * 0.5)
    background = screen(background, _sign(shot, look))
    grey = luma(shot.person)
    tone = np.clip(grey * 1.05, 0, 1)
    tone = tone + 0.35 * (tone * tone * (3 - 2 * tone) - tone)
    first, second = colours.main, colours.accent
    if look.variation % 2:
        first, second = second, first
    # Each lamp colours its own side of the face; they meet on the nose.
    left = gradient_map(
        tone, (between(night, first, 0.10), between(night, first, 0.75), between(first, WHITE, 0.55), WHITE)
    )
    right = gradient_map(
        tone,
        (between(night, second, 0.10), between(night, second, 0.75), between(second, WHITE, 0.55), WHITE),
    )
    x = np.arange(width, dtype=np.float32) / width - shot.focus[0]
    share = np.broadcast_to(smoothstep(x, -0.14, 0.14)[None, :], (height, width))
    person = mix(mix(left, right, share), shot.person * 0.85, 0.22)
    picture = place(shot, background, person, 0.45)
    picture = screen(picture, rim(shot, first, 3.3, 1.2) + rim(shot, second, -0.15, 1.2))
    return grain(vignette(bloom(picture, 0.6, size * 0.02, 0.45), 0.5, shot.focus), look.rng, 0.02, 1)


def _sign(shot: Shot, look: Look) -> Pixels:
    """A neon tube behind the head: ring, bars, triangle or double frame by variation."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    tube = np.zeros((height, width, 3), np.float32)
    x, y = round(shot.focus[0] * width), round(shot.focus[1] * height)
    face = shot.face[3] if shot.face is not None else min(width, height) * 0.3
    reach, line = round(min(face * 1.25, 0.44 * min(width, height) + face * 0.2)), max(2, size // 170)
    main, accent = look.palette.main, look.palette.accent
    match look.variation:
        case 0:
            cv2.circle(tube, (x, y), reach, main, line, cv2.LINE_AA)
            cv2.ellipse(tube, (x, y), (round(reach * 1.13),) * 2, 0, 200, 340, accent, line, cv2.LINE_AA)
        case 1:
            for number in range(-3, 4):
                at = x + round(number * reach * 0.52)
                tall = round(reach * (1.35 - 0.16 * abs(number)))
                cv2.line(tube, (at, y - tall), (at, y + tall), accent if number % 2 else main, line, cv2.LINE_AA)
        case 2:
            corners = np.array(
                [
                    (x, y - round(reach * 1.3)),
                    (x + round(reach * 1.3), y + reach),
                    (x - round(reach * 1.3), y + reach),
                ]
            )
            cv2.polylines(tube, [corners], True, accent, line, cv2.LINE_AA)
            cv2.polylines(tube, [corners + np.array((0, round(reach * 0.16)))], True, main, line, cv2.LINE_AA)
        case _:
            for share, colour in ((1.0, main), (1.14, accent)):
                half = round(reach * share)
                cv2.rectangle(tube, (x - half, y - half), (x + half, y + half), colour, line, cv2.LINE_AA)
    glow = blur(tube, size * 0.006) * 1.5 + blur(tube, size * 0.03) * 3.0
    core = np.clip(blur(tube, size * 0.0016) * 1.6, 0, 1)
    return np.clip(screen(np.clip(glow, 0, 1), core + 0.6 * core.max(axis=2, keepdims=True) ** 2), 0, 1)


def vintage(shot: Shot, look: Look) -> Pixels:
    """Colour film of the seventies: faded blacks, a light leak, a paper frame with a date."""
    height, width, size = shot.height, shot.width, max(shot.width, shot.height)
    colours = look.palette
    picture = blur(shot.picture, size * 0.0007)
    faded = contrast(picture, -0.12)
    grey = luma(faded)
    toned = gradient_map(
        grey,
        (
            between(colours.deep, (0.25, 0.17, 0.2), 0.5),
            between(colours.main, (0.72, 0.58, 0.42), 0.5),
            (1.0, 0.94, 0.80),
        ),
    )
    picture = mix(faded * np.array((1.05, 0.98, 0.84), np.float32), toned, 0.42)
    picture = 0.085 + picture * 0.87
    leak_at = ((1.02, 0.3), (-0.02, 0.65), (0.9, 1.0), (0.1, -0.02))[look.variation]
    leak = np.exp(-((distance(height, width, leak_at) / 0.42) ** 2))[..., None]
    picture = screen(picture, leak * np.array(between(colours.accent, (1.0, 0.45, 0.15), 0.6), np.float32) * 0.6)
    picture = grain(vignette(picture, 0.45, shot.focus), look.rng, 0.05, size / 900)
    return _paper_frame(picture, look)


def _paper_frame(picture: Pixels, look: Look) -> Pixels:
    """A print on cream paper, wider below, with the stamp of a photo lab."""
    height, width = picture.shape[:2]
    side = round(min(height, width) * 0.055)
    foot = round(side * 2.6)
    inner = cv2.resize(picture, (width - 2 * side, height - side - foot), interpolation=cv2.INTER_AREA)
    # Cropped rather than squeezed: a frame must not change the shape of a face.
    aspect = (width - 2 * side) / (height - side - foot)
    if aspect > width / height:
        keep = round(width / aspect)
        top = round((height - keep) * 0.35)
        source = picture[top : top + keep]
    else:
        keep = round(height * aspect)
        source = picture[:, (width - keep) // 2 : (width - keep) // 2 + keep]
    inner = cv2.resize(source, (width - 2 * side, height - side - foot), interpolation=cv2.INTER_AREA)
    sheet = flat(height, width, (0.955, 0.935, 0.885))
    sheet += (look.rng.standard_normal((height, width), np.float32) * 0.008)[..., None]
    sheet[side : height - foot, side : width - side] = inner
    stamp = Sheet(height, width)
    year, month = 1968 + int(look.rng.integers(22)), 1 + int(look.rng.integers(12))
    block = fit(f"{month:02d} · {year}", Typeface.SERIF, 500, (width * 0.5, foot * 0.5), (foot * 0.30, 8))
    stamp.draw.rectangle((side, side, width - side - 1, height - foot - 1), outline=ink((0.4, 0.35, 0.3), 0.35))
    stamp.write(block, side, height - foot + (foot - block.height) / 2, (0.45, 0.36, 0.28), 0.85)
    return stamp.laid_on(sheet)


def double_exposure(shot: Shot, look: Look) -> Pixels:
    """Mountains and mist inside the outline of the person, on light paper."""
    colours = look.palette
    height, width = shot.height, shot.width
    ground = between(colours.light, WHITE, 0.55)
    land = ridges(look.rng, height, width, colours.main, colours.deep, (0.50, 0.60, 0.42, 0.55)[look.variation])
    grey = luma(contrast(shot.person, 0.35))
    portrait = gradient_map(
        np.clip(grey * 1.08, 0, 1),
        (
            colours.deep,
            between(colours.deep, colours.main, 0.55),
            between(colours.main, colours.light, 0.7),
            ground,
        ),
    )
    # The landscape shows below the face; the face keeps its features.
    y = np.arange(height, dtype=np.float32)[:, None] / height
    face_share = (shot.face[3] / height) if shot.face is not None else 0.3
    sink = smoothstep(y - shot.focus[1], 0.15 * face_share, 1.25 * face_share)
    share = np.broadcast_to(0.16 + 0.80 * sink, (height, width)).astype(np.float32)
    inside = mix(screen(portrait, land * 0.10), land * (0.55 + 0.45 * portrait), share)
    mask = shot.mask
    if not shot.is_cut:
        mask = mask * (0.55 + 0.45 * (1 - np.clip(luma(shot.picture), 0, 1)))
    background = mix(flat(height, width, ground), blur(land, max(height, width) * 0.02), 0.10)
    # The body dissolves into the paper.
    fade = 1 - smoothstep(y, 0.84, 1.02)
    picture = mix(background, inside, mask * fade)
    birds = Sheet(height, width)
    for _ in range(9):
        x, at = look.rng.uniform(0.62, 0.95) * width, look.rng.uniform(0.06, 0.30) * height
        wing = look.rng.uniform(0.006, 0.016) * max(width, height)
        if look.variation % 2:
            x = width - x
        column, row = min(max(round(x), 0), width - 1), round(at)
        if shot.mask[row, column] > 0.02 or abs(x / width - shot.focus[0]) < 0.2:
            continue  # birds fly in the sky, not across a face
        birds.draw.line(
            (
                (x - wing, at - wing * 0.5),
                (x - wing * 0.3, at - wing * 0.05),
                (x, at + wing * 0.15),
                (x + wing * 0.3, at - wing * 0.05),
                (x + wing, at - wing * 0.6),
            ),
            fill=ink(colours.deep, 0.75),
            width=max(1, round(wing * 0.16)),
            joint="curve",
        )
    return grain(birds.laid_on(picture), look.rng, 0.02, 1)
