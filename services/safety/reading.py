"""How a wish is read before it is judged: one spelling for all, and every word as its disguises may mean it.

A text is read three ways, because no single way sees through every disguise without harming ordinary words: word by
word; piece by piece between spaces, with signs inside taken away and figures taken for letters (p.0.r-n); and with
single letters in a row put together (p o r n). Nothing here can take longer than a few passes over the text.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

MAX_LETTERS = 40
"""Letters of a word that count."""

_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d+")
_LONG_GAP = re.compile(r"\s{2,}")
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters that print nothing, beside Unicode's own format characters."""

_SPECIAL = str.maketrans("αβγεηικνορτυχωɑɡıʟɴʀᴀʙᴄᴅᴇꜰʜɪᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢӏ", "abyenikvoptuxwagilnrabcdefhijkmopstuvwyzl")
_SPECIAL |= {first + place: ord("a") + place for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
"""Letters that are read as Latin ones: Greek, phonetic, and white on black or of flags, which Unicode leaves apart."""

_LATIN = "abcehkmoptxy"
_CYRILLIC = "авсенкмортху"
_ALIKE_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_ALIKE_TO_LATIN = str.maketrans(_CYRILLIC + "ѕіјԁԛԝһ", _LATIN + "sijdqwh")
_AMONG_CYRILLIC = str.maketrans(_LATIN + "uinrgsі", _CYRILLIC + "иипггси")
_AMONG_LATIN = str.maketrans(_CYRILLIC + "ѕіјԁԛԝһипгьз", _LATIN + "sijdqwhunrbz")
"""Among letters of the other script more of them pass: n for п, u for и."""

_FIGURES_AS_LATIN = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s"}
_FIGURES_AS_LATIN |= {"€": "e", "!": "i", "|": "l", "+": "t"}
_FIGURES_AS_CYRILLIC = {"0": "о", "3": "з", "4": "ч", "6": "б", "@": "а", "$": "с", "€": "е"}
_ANYWHERE = "@$€"
"""Signs that stand for a letter even at a word's edge; the others only inside, where they end no sentence."""
_SMALL_WORDS = frozenset("aiявсоуки")
"""Words of one letter: the first of letters in a row may be one of them."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text, in every spelling that it may stand for."""

    forms: frozenset[str]
    stretched: frozenset[str] = frozenset()
    """Those with letters repeated for effect: seeeex, ppoorrnn."""
    masked: str | None = None
    """With stars in place of letters: p*rn."""
    number: int | None = None


def plain(text: str) -> str:
    """One spelling for all: no case, no accents (ё is е, й is и), no width, nothing that does not print."""
    decomposed = unicodedata.normalize("NFKD", text)
    seen = (sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Me", "Cf") and sign not in _UNSEEN)
    return unicodedata.normalize("NFKC", "".join(seen).casefold()).translate(_SPECIAL)


def readings(text: str) -> list[list[Token]]:
    """The text as words, in up to three ways that differ; what is in any of them is in the text."""
    clean = plain(text)
    words = [_WORD_OR_NUMBER.findall(part) for part in _LONG_GAP.split(clean)]
    flat = [word for part in words for word in part]
    word_by_word = [_token({word}) for word in flat]
    piece_by_piece = [token for piece in clean.split() if (token := _read_piece(piece)) is not None]
    told = [word_by_word]
    if piece_by_piece != word_by_word:
        told.append(piece_by_piece)
    if sum(len(word) == 1 for word in flat) > 2:
        told.append([_token(forms) for part in words for forms in _put_together(part)])
    return told


def is_stretched_from(form: str, word: str) -> bool:
    """Whether a form is this word, or begins with it, with at least two letters too many: repeated ones."""
    form_runs = [(letter, len(list(run))) for letter, run in groupby(form)]
    word_runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    too_many = 0
    for (mine, mine_count), (theirs, theirs_count) in zip(form_runs, word_runs, strict=False):
        if mine != theirs or mine_count < theirs_count:
            return False
        too_many += mine_count - theirs_count
    return len(form_runs) >= len(word_runs) and too_many > 1


def squeezed(word: str) -> str:
    """The word with no letter twice in a row."""
    return "".join(letter for letter, _ in groupby(word))


def _token(spellings: set[str]) -> Token:
    forms = {form for spelling in spellings for form in _in_both_scripts(spelling[:MAX_LETTERS])}
    number = next((int(form) for form in spellings if form.isascii() and form.isdigit() and len(form) < 4), None)
    return Token(frozenset(forms), frozenset(form for form in forms if _looks_stretched(form)), number=number)


def _read_piece(piece: str) -> Token | None:
    """What stands between two spaces, as one word: signs taken away, figures taken for letters."""
    edge = piece.strip("".join({sign for sign in piece if not sign.isalnum() and sign not in _ANYWHERE}))
    letters = "".join(sign for sign in edge if sign.isalnum())
    if not letters:
        return None
    spellings = {letters}
    if any(sign.isalpha() for sign in edge) and any(sign in _FIGURES_AS_LATIN or sign in "16" for sign in edge):
        for one in "il":
            spellings.add(_spelled(edge, _FIGURES_AS_LATIN | {"1": one}))
        spellings.add(_spelled(edge, _FIGURES_AS_CYRILLIC))
    token = _token(spellings)
    if "*" not in edge:
        return token
    masked = "".join(sign for sign in edge if sign.isalnum() or sign == "*").strip("*")
    return Token(token.forms, token.stretched, masked[:MAX_LETTERS], token.number)


def _spelled(piece: str, figures: dict[str, str]) -> str:
    return "".join(figures.get(sign, sign if sign.isalnum() else "") for sign in piece)


def _put_together(words: list[str]) -> list[set[str]]:
    """Words with single letters in a row as one word: all of them, or the beginning where another word follows."""
    told: list[set[str]] = []
    for is_single, group in groupby(words, key=lambda word: len(word) == 1):
        run = list(group)
        if not is_single or len(run) < 3:
            told += [{word} for word in run]
            continue
        whole = "".join(run)[:MAX_LETTERS]
        starts = [whole, whole[1:]] if whole[0] in _SMALL_WORDS else [whole]
        told.append({start[:end] for start in starts for end in {len(start), *range(4, len(start))}})
    return told


def _in_both_scripts(form: str) -> set[str]:
    """The word as it is, and as letters of the other alphabet that look alike may mean it."""
    latin = any("a" <= letter <= "z" for letter in form)
    cyrillic = any("Ѐ" <= letter <= "ӿ" or "Ԁ" <= letter <= "ԯ" for letter in form)
    if latin and cyrillic:
        return {form, form.translate(_AMONG_CYRILLIC), form.translate(_AMONG_LATIN)}
    if latin and all(letter in _LATIN for letter in form):
        return {form, form.translate(_ALIKE_TO_CYRILLIC)}
    if cyrillic and all(ord(letter) in _ALIKE_TO_LATIN for letter in form):
        return {form, form.translate(_ALIKE_TO_LATIN)}
    return {form}


def _looks_stretched(form: str) -> bool:
    """A letter three times in a row, or two letters doubled; few honest words have that, and none means harm by it."""
    runs = [len(list(run)) for _, run in groupby(form)]
    return max(runs, default=0) > 2 or sum(run > 1 for run in runs) > 1
