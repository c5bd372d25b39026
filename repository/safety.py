"""What wishes are not made: rules as data, and what the owner allows."""

from dataclasses import dataclass
from enum import StrEnum

from repository.base import Repository


class Verdict(StrEnum):
    """What a rule says of the words that it finds."""

    BLOCKED = "blocked"
    """Never made."""
    ADULT = "adult"
    """Made only where the policy allows it, and never beside `MINOR`."""
    SUGGESTIVE = "suggestive"
    """Never made beside `MINOR`; else of no consequence."""
    MINOR = "minor"
    """Somebody under age; of no consequence by itself."""


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """Words or phrases, and what they mean for a wish."""

    rule_id: int
    code: str
    """Of a blocked wish: its kind, as the person is told."""
    locale: str
    """Language of the words: ru, en or any. Every rule counts for everybody, whatever language the person reads."""
    pattern: str
    """How it reads: services.safety.rulebook."""
    unless: tuple[str, ...]
    """Phrases in which the words are innocent."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SafetyPolicy:
    """What the owner allows."""

    adult_allowed: bool = False
    nsfw_threshold: float = 0.8
    """Score of a finished picture, 0 to 1, above which it is withheld."""


@dataclass(frozen=True, slots=True)
class StyleWords:
    """What a style adds to a wish."""

    code: str
    prompt: str
    is_adult: bool


class SafetyRepository(Repository):
    """The tables "SafetyRule" and "SafetyPolicy", and the flag of styles: a few hundred rows that the owner changes."""

    async def get_rules(self) -> list[SafetyRule]:
        """Every rule that is in force."""
        rows = await self._sql.fetch(
            """
            SELECT rule_id, code, locale, pattern, unless, verdict FROM "SafetyRule"
            WHERE is_active ORDER BY rule_id
            """
        )
        return [
            SafetyRule(
                row["rule_id"],
                row["code"],
                row["locale"],
                row["pattern"],
                tuple(row["unless"]),
                Verdict(row["verdict"]),
            )
            for row in rows
        ]

    async def get_policy(self) -> SafetyPolicy:
        """What the owner allows; the strictest where the row is gone."""
        row = await self._sql.fetchrow("""SELECT adult_allowed, nsfw_threshold FROM "SafetyPolicy" WHERE only_row""")
        return SafetyPolicy(**row) if row else SafetyPolicy()

    async def get_style_words(self) -> list[StyleWords]:
        """What every style adds to a wish, on offer or not: the looks of a pack may use any."""
        rows = await self._sql.fetch("""SELECT code, prompt, is_adult FROM "Style" ORDER BY code""")
        return [StyleWords(**row) for row in rows]
