"""What one picture of an order shall be: its variation, palette, words and chance."""

from dataclasses import dataclass

import numpy as np

from workers.backends.preview.palettes import PALETTES, Palette
from workers.backends.preview.styles import Style
from workers.backends.preview.wish import Wish

HOUSE_PALETTES: dict[Style, tuple[str, ...]] = {
    Style.STUDIO: ("mono", "ivory", "slate", "ocean"),
    Style.BUSINESS: ("slate", "ice", "ivory", "ocean"),
    Style.GOLDEN_HOUR: ("sunset", "gold", "ember", "rose"),
    Style.MAGAZINE: ("coral", "ivory", "rose", "ice"),
    Style.NOIR: ("mono", "slate", "ivory", "ice"),
    Style.NEON: ("cyber", "violet", "acid", "sunset"),
    Style.VINTAGE: ("ivory", "gold", "forest", "rose"),
    Style.DOUBLE_EXPOSURE: ("forest", "ocean", "sunset", "violet"),
    Style.SKETCH: ("mono", "ivory", "slate", "ember"),
    Style.WATERCOLOR: ("ocean", "rose", "gold", "violet"),
    Style.OIL: ("ivory", "forest", "ember", "slate"),
    Style.POP_ART: ("cyber", "coral", "acid", "violet"),
    Style.COMIC: ("coral", "ice", "ember", "violet"),
    Style.POSTER: ("ember", "ocean", "gold", "violet"),
    Style.COSMOS: ("violet", "ocean", "sunset", "cyber"),
    Style.WINTER: ("ice", "ocean", "slate", "violet"),
    Style.HIGH_KEY: ("rose", "ice", "gold", "violet"),
    Style.BLOCKBUSTER: ("ember", "ocean", "sunset", "slate"),
    Style.STAINED_GLASS: ("ocean", "ember", "violet", "forest"),
    Style.ENGRAVING: ("forest", "slate", "ember", "ocean"),
    Style.GLITCH: ("cyber", "acid", "sunset", "violet"),
    Style.UNDERWATER: ("ocean", "ice", "forest", "violet"),
    Style.ENCHANTED: ("forest", "violet", "ocean", "ember"),
    Style.SAKURA: ("rose", "ice", "ocean", "violet"),
    Style.AUTUMN: ("ember", "gold", "sunset", "forest"),
}
"""The palettes that suit a style, one a variation."""

_COLOURFUL = tuple(name for name in PALETTES if name not in ("mono", "slate"))
"""What words without a colour of their own may choose from: grey is for who asks for it."""


@dataclass(frozen=True, slots=True)
class Look:
    """One picture's choices. The same seed, prompt and style give the same look."""

    variation: int
    """0 to 3 for the pictures of one order; crops, backgrounds and angles follow it."""
    palette: Palette
    rng: np.random.Generator
    """The picture's own chance."""
    prompt: str
    """The person's words, for pictures that carry text."""


def make_look(style: Style, wish: Wish, prompt: str, seed: int) -> Look:
    """The look of the picture with a seed. Neighbouring seeds get different palettes and variations."""
    variation = (seed + wish.number) % 4
    rng = np.random.Generator(np.random.PCG64([seed, wish.number, *style.value.encode()]))
    if wish.palettes:
        name = wish.palettes[seed % len(wish.palettes)]
        # The person named the colour: the pictures differ within it.
        palette = PALETTES[name].variant(seed // len(wish.palettes))
    elif wish.number:
        own = HOUSE_PALETTES[style]
        # Other words, other colours: any palette, but the first choice of the style comes round too.
        name = (*own, *_COLOURFUL)[(wish.number // 4 + 5 * seed) % (len(own) + len(_COLOURFUL))]
        palette = PALETTES[name].variant(wish.number // 64)
    else:
        palette = PALETTES[HOUSE_PALETTES[style][variation]].variant(seed // 4)
    return Look(variation, palette, rng, prompt)


def choose_style(wish: Wish, seed: int) -> Style:
    """A style for an order that names none: from its words, else from their number."""
    if wish.styles:
        return wish.styles[seed % len(wish.styles)]
    every = tuple(Style)
    return every[(wish.number + 7 * seed) % len(every)]
