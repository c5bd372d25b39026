"""The cover of a magazine that does not exist."""

import numpy as np

from workers.backends.preview.backdrops import between, paper
from workers.backends.preview.framing import Shot
from workers.backends.preview.lettering import (
    Block,
    Sheet,
    Typeface,
    fit,
    ink,
    load_font,
    printable,
    shortened,
)
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import (
    Colour,
    Pixels,
    contrast,
    grain,
    luma,
    mix,
    saturate,
    screen,
    vignette,
)
from workers.backends.preview.placing import graded, place, rim, side_light, soft_skin

WHITE: Colour = (1.0, 1.0, 1.0)
MASTHEAD = "DREAM"
HOUSE_LINES = ("The portrait issue", "Light, colour, character")


def magazine(shot: Shot, look: Look) -> Pixels:
    """A coloured studio, the masthead behind the head, the person's words as cover lines."""
    colours = look.palette
    height, width = shot.height, shot.width
    edge = between(colours.main, colours.deep, (0.12, 0.35, 0.05, 0.5)[look.variation])
    glow = between(colours.main, colours.light, (0.45, 0.3, 0.6, 0.25)[look.variation])
    background = paper(look.rng, height, width, edge, glow, (shot.focus[0], shot.focus[1] + 0.1))
    if not shot.is_cut:
        background = mix(background, shot.picture, 0.35)
    bright = float(luma(background[: height // 4]).mean()) > 0.62
    letters = between(colours.deep, (0.0, 0.0, 0.0), 0.3) if bright else WHITE
    background = _masthead(background, letters)
    left = look.variation % 2 == 0
    person = contrast(saturate(soft_skin(shot, shot.person, 0.45), 1.06), 0.26)
    person = graded(person * side_light(shot, left, 0.12)[..., None], between(WHITE, colours.main, 0.4), 0.22)
    picture = place(shot, background, person, 0.25)
    picture = screen(picture, rim(shot, between(colours.light, WHITE, 0.5), -0.5 if left else 3.6, 0.55))
    picture = vignette(picture, 0.25, shot.focus)
    # Text needs a quiet ground: the foot of the cover darkens a little.
    foot = np.clip((np.arange(height, dtype=np.float32)[:, None] / height - 0.62) / 0.38, 0, 1) ** 1.3
    picture = picture * (1 - 0.55 * np.broadcast_to(foot, (height, width))[..., None])
    return grain(_cover_lines(picture, look), look.rng, 0.01, 1)


def _masthead(picture: Pixels, colour: Colour) -> Pixels:
    height, width = picture.shape[:2]
    sheet = Sheet(height, width)
    size = min(width * 0.30, height * 0.24)
    font = load_font(Typeface.SERIF, size, 700)
    font = load_font(Typeface.SERIF, size * min(1.0, width * 0.92 / font.getlength(MASTHEAD)), 700)
    sheet.draw.text((width / 2, height * 0.025), MASTHEAD, font=font, fill=ink(colour, 0.96), anchor="ma")
    return sheet.laid_on(picture)


def _cover_lines(picture: Pixels, look: Look) -> Pixels:
    height, width = picture.shape[:2]
    unit = min(width, height)
    sheet = Sheet(height, width)
    words = shortened(printable(look.prompt, Typeface.SERIF), 120)
    title, small = (words, HOUSE_LINES[0]) if words else HOUSE_LINES
    right = look.variation % 2 == 1
    x, anchor = (width * 0.95, "r") if right else (width * 0.05, "l")
    box = (width * 0.62, height * 0.20)
    main = fit(
        title,
        Typeface.ITALIC if look.variation > 1 else Typeface.SERIF,
        600,
        box,
        (unit * 0.066, unit * 0.026),
        1.12,
    )
    kicker: Block = fit(small.upper(), Typeface.SANS, 700, (width * 0.6, unit * 0.05), (unit * 0.0185, 7))
    top = height * 0.925 - main.height
    sheet.write(main, x, top, WHITE, 1.0, anchor)
    sheet.write(kicker, x, top - kicker.height * 1.7, look.palette.light, 0.95, anchor)
    rule = top - kicker.height * 2.0
    start = x - unit * 0.09 if right else x
    sheet.draw.rectangle((start, rule, start + unit * 0.09, rule + max(1, unit // 320)), fill=ink(look.palette.accent))
    number = fit(
        f"№ {1 + int(look.rng.integers(99))}",
        Typeface.SANS,
        600,
        (width * 0.2, unit * 0.05),
        (unit * 0.02, 7),
    )
    sheet.write(
        number,
        width * 0.05 if right else width * 0.95,
        height * 0.925 - number.height,
        WHITE,
        0.85,
        "l" if right else "r",
    )
    return sheet.laid_on(picture)
