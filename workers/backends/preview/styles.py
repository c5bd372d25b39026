"""The styles that the preview backend can paint: the codes of the gallery's table "Style"."""

from enum import StrEnum


class Style(StrEnum):
    """One look. The value is the code in "Style"."""

    STUDIO = "studio"
    BUSINESS = "business"
    GOLDEN_HOUR = "golden_hour"
    MAGAZINE = "magazine"
    NOIR = "noir"
    NEON = "neon"
    VINTAGE = "vintage"
    DOUBLE_EXPOSURE = "double_exposure"
    SKETCH = "sketch"
    WATERCOLOR = "watercolor"
    OIL = "oil"
    POP_ART = "pop_art"
    COMIC = "comic"
    POSTER = "poster"
    COSMOS = "cosmos"
    WINTER = "winter"
    HIGH_KEY = "high_key"
    BLOCKBUSTER = "blockbuster"
    STAINED_GLASS = "stained_glass"
    ENGRAVING = "engraving"
    GLITCH = "glitch"
    UNDERWATER = "underwater"
    ENCHANTED = "enchanted"
    SAKURA = "sakura"
    AUTUMN = "autumn"
