"""The painters, one for each style."""

from collections.abc import Callable

from workers.backends.preview.effects import (
    art,
    cinema,
    editorial,
    engraving,
    fantasy,
    glass,
    graphic,
    portrait,
    screens,
    seasons,
    wonders,
)
from workers.backends.preview.framing import Shot
from workers.backends.preview.look import Look
from workers.backends.preview.pixels import Pixels
from workers.backends.preview.styles import Style

Painter = Callable[[Shot, Look], Pixels]

PAINTERS: dict[Style, Painter] = {
    Style.STUDIO: portrait.studio,
    Style.BUSINESS: portrait.business,
    Style.GOLDEN_HOUR: portrait.golden_hour,
    Style.MAGAZINE: editorial.magazine,
    Style.NOIR: cinema.noir,
    Style.NEON: cinema.neon,
    Style.VINTAGE: cinema.vintage,
    Style.DOUBLE_EXPOSURE: cinema.double_exposure,
    Style.SKETCH: art.sketch,
    Style.WATERCOLOR: art.watercolor,
    Style.OIL: art.oil,
    Style.POP_ART: graphic.pop_art,
    Style.COMIC: graphic.comic,
    Style.POSTER: graphic.poster,
    Style.COSMOS: fantasy.cosmos,
    Style.WINTER: fantasy.winter,
    Style.HIGH_KEY: portrait.high_key,
    Style.BLOCKBUSTER: screens.blockbuster,
    Style.STAINED_GLASS: glass.stained_glass,
    Style.ENGRAVING: engraving.engraving,
    Style.GLITCH: screens.glitch,
    Style.UNDERWATER: wonders.underwater,
    Style.ENCHANTED: wonders.enchanted,
    Style.SAKURA: seasons.sakura,
    Style.AUTUMN: seasons.autumn,
}
"""How to paint each style."""
