"""Rules over the words of a wish: how a pattern reads, and what a text has of it.

A pattern is words that follow one another. `word` is that word, `stem*` any word that begins so, `one/two/thr*` either
of them, `{1-17}` a number in this range, and `..` stands for up to three other words. No pattern is a regular
expression: whatever the owner writes, matching stays a look into tables, and takes as long as the text is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import structlog

from repository.safety import SafetyRule, Verdict
from services.safety.reading import Token, is_stretched_from, plain, readings, squeezed

MAX_GAP = 3
"""Words that `..` stands for at most."""
MIN_STEM = 3
"""Letters of a stem: a shorter one would be in every other word."""
REMEMBERED_TEXTS = 256
"""Texts whose findings are kept: the words of styles come with order after order."""
MAX_WORDS = 12
"""Words of a pattern."""

_RANGE = re.compile(r"\{(\d{1,3})-(\d{1,3})\}")
_WORD = re.compile(r"[^\W_]+\*?")
_log = structlog.get_logger(__name__)


class BadPattern(Exception):
    """A pattern that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A place in a phrase."""

    word: int
    """Its number in the lexicon."""
    gap: int
    """Other words that may stand before it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a text breaks or touches."""

    verdict: Verdict
    code: str
    rule_id: int


class Rulebook:
    """Rules made ready to be looked up. A pattern that cannot be read is left out and logged."""

    def __init__(self, rules: Iterable[SafetyRule]) -> None:
        self._lexicon = _Lexicon()
        self._remembered = lru_cache(maxsize=REMEMBERED_TEXTS)(self._find)
        self._by_first_word: dict[int, list[tuple[SafetyRule, list[_Step]]]] = defaultdict(list)
        self._innocent: dict[int, list[list[_Step]]] = {}
        for rule in rules:
            phrase = self._phrase(rule, rule.pattern)
            if phrase is None:
                continue
            self._by_first_word[phrase[0].word].append((rule, phrase))
            # An exception that cannot be read is none: the rule stays, and is the stricter.
            innocent = (self._phrase(rule, pattern) for pattern in rule.unless)
            self._innocent[rule.rule_id] = [phrase for phrase in innocent if phrase is not None]

    def findings(self, text: str) -> frozenset[Finding]:
        """Every rule that this text touches."""
        return self._remembered(text)

    def _find(self, text: str) -> frozenset[Finding]:
        return frozenset(finding for reading in readings(text) for finding in self._in_reading(reading))

    def _phrase(self, rule: SafetyRule, pattern: str) -> list[_Step] | None:
        try:
            return self._lexicon.phrase(pattern)
        except BadPattern as error:
            _log.warning("safety.pattern_skipped", rule_id=rule.rule_id, error=str(error))
            return None

    def _in_reading(self, reading: Sequence[Token]) -> set[Finding]:
        words = [self._lexicon.words_of(token) for token in reading]
        return {
            Finding(rule.verdict, rule.code, rule.rule_id)
            for start, known in enumerate(words)
            for word in known
            for rule, phrase in self._by_first_word.get(word, ())
            if (end := _end_of(phrase, words, start)) is not None and not self._is_innocent(rule, words, start, end)
        }

    def _is_innocent(self, rule: SafetyRule, words: Sequence[frozenset[int]], start: int, end: int) -> bool:
        """Whether a phrase of the rule's exceptions overlaps with what was found."""
        for phrase in self._innocent[rule.rule_id]:
            longest = sum(1 + step.gap for step in phrase)
            for begin in range(max(0, start - longest + 1), end):
                stop = _end_of(phrase, words, begin)
                if stop is not None and stop > start:
                    return True
        return False


class _Lexicon:
    """Every word of every pattern, by number, and the way from a token to those that it may be."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._stems: dict[str, set[int]] = defaultdict(set)
        self._squeezed: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        self._by_first_letter: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        self._ranges: list[tuple[int, int, int]] = []

    def phrase(self, pattern: str) -> list[_Step]:
        """A pattern as steps. Raises BadPattern."""
        steps: list[_Step] = []
        gap = 0
        parts = pattern.split()
        if not parts or len(parts) > MAX_WORDS:
            raise BadPattern(f"{pattern!r}: 1 to {MAX_WORDS} words")
        for part in parts:
            if part == "..":
                gap = MAX_GAP if steps else 0
                continue
            steps.append(_Step(self._number(part), gap))
            gap = 0
        if not steps:
            raise BadPattern(f"{pattern!r}: no word")
        return steps

    def words_of(self, token: Token) -> frozenset[int]:
        """The numbers of all words that a token may be."""
        found: set[int] = set()
        for form in token.forms:
            found |= self._exact.get(form, set())
            for end in range(MIN_STEM, len(form) + 1):
                found |= self._stems.get(form[:end], set())
        for form in token.stretched:
            found |= self._unstretched(form)
        if token.masked is not None:
            found |= self._unmasked(token.masked)
        if token.number is not None:
            found |= {word for low, high, word in self._ranges if low <= token.number <= high}
        return frozenset(found)

    def _unstretched(self, form: str) -> set[int]:
        found: set[int] = set()
        short = squeezed(form)
        for end in range(1, len(short) + 1):
            for word, is_stem in self._squeezed.get(short[:end], ()):
                if (is_stem or end == len(short)) and is_stretched_from(form, word):
                    found |= (self._stems if is_stem else self._exact)[word]
        return found

    def _unmasked(self, masked: str) -> set[int]:
        found: set[int] = set()
        for word, is_stem in self._by_first_letter.get(masked[:1], ()):
            shown = masked[: len(word)] if is_stem else masked
            if len(word) == len(shown) and _is_under_mask(word, shown):
                found |= (self._stems if is_stem else self._exact)[word]
        return found

    def _number(self, part: str) -> int:
        if part in self._numbers:
            return self._numbers[part]
        number = len(self._numbers)
        for alternative in part.split("/"):
            self._add(alternative, number)
        self._numbers[part] = number
        return number

    def _add(self, alternative: str, number: int) -> None:
        if bounds := _RANGE.fullmatch(alternative):
            self._ranges.append((int(bounds[1]), int(bounds[2]), number))
            return
        word = plain(alternative)
        if not _WORD.fullmatch(word):
            raise BadPattern(f"{alternative!r} is no word, stem* or {{number-number}}")
        is_stem = word.endswith("*")
        word = word.removesuffix("*")
        if is_stem and len(word) < MIN_STEM:
            raise BadPattern(f"{alternative!r}: a stem has at least {MIN_STEM} letters")
        (self._stems if is_stem else self._exact)[word].add(number)
        self._squeezed[squeezed(word)].add((word, is_stem))
        self._by_first_letter[word[0]].add((word, is_stem))


def _is_under_mask(word: str, masked: str) -> bool:
    """Whether stars hide this word of three letters or more, with at most half of it hidden."""
    hidden = masked.count("*")
    return (
        len(word) > 2
        and 0 < hidden <= len(word) // 2
        and all(sign in ("*", letter) for letter, sign in zip(word, masked, strict=True))
    )


def _end_of(phrase: Sequence[_Step], words: Sequence[frozenset[int]], start: int) -> int | None:
    """Where a phrase that begins exactly here ends (the place after it), or None where it is not here."""
    if start >= len(words) or phrase[0].word not in words[start]:
        return None
    ends = {start + 1}
    for step in phrase[1:]:
        ends = {
            place + 1
            for end in ends
            for place in range(end, min(end + step.gap, len(words) - 1) + 1)
            if step.word in words[place]
        }
        if not ends:
            return None
    return max(ends)
