"""The colours of a picture: curated palettes, chosen by words, seed and style."""

import colorsys
from dataclasses import dataclass

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """Four colours that go together, sRGB 0 to 1."""

    deep: Rgb
    """Shadows and night."""
    main: Rgb
    """The large surfaces."""
    accent: Rgb
    """What the eye goes to."""
    light: Rgb
    """Paper and highlights."""

    def variant(self, number: int) -> "Palette":
        """The same family in another mood: 0 itself, 1 warmer, 2 with main and accent swapped, 3 cooler."""
        match number % 4:
            case 1:
                return self._turned(-0.045)
            case 2:
                return Palette(self.deep, self.accent, self.main, self.light)
            case 3:
                return self._turned(0.055)
            case _:
                return self

    def _turned(self, turn: float) -> "Palette":
        return Palette(*(_turn(colour, turn) for colour in (self.deep, self.main, self.accent, self.light)))


def _turn(colour: Rgb, turn: float) -> Rgb:
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb((hue + turn) % 1, lightness, saturation)


def _palette(deep: str, main: str, accent: str, light: str) -> Palette:
    return Palette(_hex(deep), _hex(main), _hex(accent), _hex(light))


def _hex(code: str) -> Rgb:
    red, green, blue = bytes.fromhex(code)
    return red / 255, green / 255, blue / 255


PALETTES = {
    "mono": _palette("0c0c0e", "6c6e72", "b4b6ba", "f4f4f5"),
    "slate": _palette("161b22", "5a6675", "c9a27a", "eef1f4"),
    "ivory": _palette("3a2f26", "b7a188", "8f5b3d", "f7f0e6"),
    "ocean": _palette("062030", "16708f", "4fd1c5", "e6f7fb"),
    "forest": _palette("0e2317", "33704c", "cbb65a", "f0f5e7"),
    "rose": _palette("380f23", "c4497b", "ff9fb5", "fff0f3"),
    "ember": _palette("290d08", "c8411f", "ff9d3c", "fff0dc"),
    "gold": _palette("2a1c08", "b5832c", "f3c350", "fff5da"),
    "violet": _palette("150b32", "5d3ec6", "b67cff", "f1eaff"),
    "cyber": _palette("0a0622", "ff2a88", "19d3ff", "f4f0ff"),
    "acid": _palette("07150d", "1fb96a", "d4fb45", "f7ffe8"),
    "ice": _palette("0b1d33", "4f86b8", "a9d8f2", "f3f9ff"),
    "sunset": _palette("2a0f3d", "d1495b", "f9a03f", "ffe8cf"),
    "coral": _palette("10333a", "ff6f59", "ffd166", "fff8ec"),
}
"""Every palette by name."""
