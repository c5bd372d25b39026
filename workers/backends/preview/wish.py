"""Reads a prompt without any AI: words that name a style or a colour; the rest becomes a number.

Words are matched by their beginnings, so that one entry covers all the endings of a Russian word.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TypeVar

from workers.backends.preview.styles import Style

STYLE_WORDS: dict[Style, tuple[str, ...]] = {
    Style.STUDIO: ("студи", "портрет", "паспорт", "резюме", "studio", "portrait", "headshot", "passport"),
    Style.BUSINESS: (
        "бизнес",
        "делов",
        "офис",
        "костюм",
        "директор",
        "business",
        "office",
        "suit",
        "ceo",
        "corporate",
    ),
    Style.GOLDEN_HOUR: (
        "закат",
        "рассвет",
        "солн",
        "пляж",
        "лет",
        "golden",
        "sunset",
        "sunrise",
        "sun",
        "beach",
        "summer",
    ),
    Style.NOIR: (
        "нуар",
        "чб",
        "черно-бел",
        "детектив",
        "монохром",
        "noir",
        "monochrome",
        "black-and-white",
        "bw",
        "detective",
    ),
    Style.NEON: ("неон", "киберпанк", "кибер", "клуб", "ночн", "neon", "cyberpunk", "cyber", "club", "night"),
    Style.VINTAGE: (
        "винтаж",
        "ретро",
        "пленк",
        "старин",
        "полароид",
        "vintage",
        "retro",
        "film",
        "polaroid",
        "old",
    ),
    Style.SKETCH: (
        "скетч",
        "карандаш",
        "эскиз",
        "набросок",
        "рисун",
        "sketch",
        "pencil",
        "drawing",
        "graphite",
    ),
    Style.WATERCOLOR: ("акварел", "нежн", "весн", "watercolo", "aquarelle", "spring"),
    Style.OIL: (
        "масл",
        "живопис",
        "картин",
        "холст",
        "ван-гог",
        "oil",
        "painting",
        "canvas",
        "renaissance",
        "rembrandt",
    ),
    Style.POP_ART: ("поп-арт", "попарт", "уорхол", "pop-art", "popart", "warhol"),
    Style.COMIC: (
        "комикс",
        "супергер",
        "манг",
        "аниме",
        "мульт",
        "comic",
        "superhero",
        "manga",
        "anime",
        "cartoon",
    ),
    Style.POSTER: ("постер", "плакат", "афиш", "poster", "propaganda", "flyer"),
    Style.MAGAZINE: (
        "журнал",
        "обложк",
        "мода",
        "моду",
        "моды",
        "модн",
        "глянец",
        "vogue",
        "magazine",
        "cover",
        "fashion",
        "editorial",
    ),
    Style.DOUBLE_EXPOSURE: (
        "экспозиц",
        "гор",
        "лес",
        "туман",
        "природ",
        "exposure",
        "mountain",
        "forest",
        "fog",
        "nature",
    ),
    Style.COSMOS: (
        "космо",
        "космич",
        "звезд",
        "галактик",
        "планет",
        "марс",
        "cosm",
        "space",
        "star",
        "galaxy",
        "planet",
        "mars",
    ),
    Style.WINTER: (
        "зим",
        "снег",
        "снеж",
        "мороз",
        "рождеств",
        "новогод",
        "winter",
        "snow",
        "frost",
        "christmas",
    ),
    Style.HIGH_KEY: ("светл", "воздушн", "high-key", "highkey", "airy"),
    Style.BLOCKBUSTER: ("блокбастер", "боевик", "кино", "фильм", "blockbuster", "movie", "cinematic", "hollywood"),
    Style.STAINED_GLASS: ("витраж", "мозаик", "stained", "mosaic"),
    Style.ENGRAVING: ("гравюр", "банкнот", "купюр", "engrav", "banknote", "etching"),
    Style.GLITCH: ("глитч", "помех", "сбой", "glitch", "vhs"),
    Style.UNDERWATER: ("подвод", "русал", "аквари", "дайв", "underwater", "mermaid", "aquarium", "diver"),
    Style.ENCHANTED: ("сказ", "светляч", "эльф", "фея", "fairy", "enchant", "elf", "firefl"),
    Style.SAKURA: ("сакур", "вишн", "лепест", "япон", "sakura", "blossom", "petal", "japan"),
    Style.AUTUMN: ("осен", "листопад", "autumn", "october", "fall"),
}
"""Beginnings of words that ask for a style."""

PALETTE_WORDS: dict[str, tuple[str, ...]] = {
    "mono": ("черн", "сер", "бел", "black", "grey", "gray", "white", "monochrome"),
    "ivory": ("беж", "кремов", "коричнев", "кофе", "осен", "beige", "cream", "brown", "coffee", "autumn"),
    "ocean": ("мор", "океан", "бирюз", "вод", "sea", "ocean", "teal", "turquoise", "water"),
    "forest": ("зелен", "лес", "трав", "джунгл", "green", "forest", "jungle", "garden"),
    "rose": ("розов", "роз", "цвет", "любов", "роман", "pink", "rose", "flower", "love", "romantic"),
    "ember": ("красн", "огон", "огн", "драко", "алый", "red", "fire", "dragon", "scarlet"),
    "gold": ("золот", "желт", "корол", "роскош", "gold", "yellow", "king", "queen", "luxury"),
    "violet": ("фиолет", "лилов", "сирен", "маг", "волшеб", "violet", "purple", "lilac", "magic", "wizard"),
    "cyber": ("неон", "кибер", "neon", "cyber"),
    "acid": ("кислот", "лайм", "салат", "acid", "lime", "toxic"),
    "ice": ("син", "голуб", "лед", "зим", "неб", "blue", "ice", "winter", "sky", "snow"),
    "sunset": ("закат", "рассвет", "вечер", "sunset", "sunrise", "evening", "dusk"),
    "coral": ("оранж", "коралл", "апельсин", "лет", "orange", "coral", "summer", "tropical"),
}
"""Beginnings of words that ask for a palette of palettes.PALETTES."""

_SHORT = 4
"""Letters; after a shorter beginning at most _TAIL may follow, or "лет" would find "летопись"."""
_TAIL = 3
Name = TypeVar("Name")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a prompt asks for."""

    styles: tuple[Style, ...]
    """In the order of the words."""
    palettes: tuple[str, ...]
    """Names in palettes.PALETTES, in the order of the words."""
    number: int
    """A 64-bit number of the whole text: another text, another number; 0 for an empty one."""


def read_wish(prompt: str, negative_prompt: str | None = None) -> Wish:
    """What the words ask for, less what the negative prompt names."""
    unwanted = _words(negative_prompt or "")
    words = _words(prompt)
    return Wish(
        tuple(style for style in _named(words, STYLE_WORDS) if style not in _named(unwanted, STYLE_WORDS)),
        tuple(name for name in _named(words, PALETTE_WORDS) if name not in _named(unwanted, PALETTE_WORDS)),
        text_number(prompt, negative_prompt or ""),
    )


def text_number(*texts: str) -> int:
    """A 64-bit number of texts that is the same on every machine; 0 where all are blank."""
    plain = "\n".join(" ".join(_words(text)) or text.strip() for text in texts)
    if not plain.strip():
        return 0
    return int.from_bytes(hashlib.sha256(plain.encode()).digest()[:8], "big")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    plain = re.sub(r"(ч/б|черно\s+бел\w*)", "чб", plain)
    plain = re.sub(r"pop\s+art", "pop-art", re.sub(r"поп\s+арт", "поп-арт", plain))
    return _WORD.findall(plain)


def _named(words: list[str], table: dict[Name, tuple[str, ...]]) -> list[Name]:
    found: list[Name] = []
    for word in words:
        for name, beginnings in table.items():
            if name not in found and any(_begins(word, beginning) for beginning in beginnings):
                found.append(name)
    return found


def _begins(word: str, beginning: str) -> bool:
    if not word.startswith(beginning):
        return False
    return len(beginning) >= _SHORT or len(word) - len(beginning) <= _TAIL
