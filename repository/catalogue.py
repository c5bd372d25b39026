"""What the house offers: styles, prices, bonuses, limits."""

from dataclasses import dataclass

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class Style:
    """A look that a person can choose."""

    code: str
    title_ru: str
    title_en: str
    emoji: str
    style_group: str
    prompt: str
    """English text for the vendors, put before the person's own words."""
    is_adult: bool = False
    """Made only where the owner allows adult content, and never of somebody under age."""

    def title(self, locale: str) -> str:
        """The name as the person reads it."""
        return self.title_en if locale == "en" else self.title_ru


@dataclass(frozen=True, slots=True)
class StyleGroup:
    """A shelf of the gallery."""

    code: str
    title_ru: str
    title_en: str
    emoji: str

    def title(self, locale: str) -> str:
        """The name as the person reads it."""
        return self.title_en if locale == "en" else self.title_ru


class CatalogueRepository(Repository):
    """The tables "Style", "StyleGroup", "Price", "Bonus" and "Limit": a few dozen rows that the owner changes."""

    async def get_style_groups(self) -> list[StyleGroup]:
        """Every group with a style on offer, in its place."""
        rows = await self._sql.fetch(
            """
            SELECT code, title_ru, title_en, emoji FROM "StyleGroup" g
            WHERE EXISTS (SELECT FROM "Style" s WHERE s.style_group = g.code AND s.is_active)
            ORDER BY g.position, g.code
            """
        )
        return [StyleGroup(**row) for row in rows]

    async def get_styles(self) -> list[Style]:
        """Every style on offer, in its place."""
        rows = await self._sql.fetch(
            """
            SELECT code, title_ru, title_en, emoji, style_group, prompt, is_adult FROM "Style"
            WHERE is_active ORDER BY position, code
            """
        )
        return [Style(**row) for row in rows]

    async def get_style(self, code: str) -> Style | None:
        """The style with this code if it is on offer, or None."""
        row = await self._sql.fetchrow(
            """
            SELECT code, title_ru, title_en, emoji, style_group, prompt, is_adult FROM "Style"
            WHERE code = $1 AND is_active
            """,
            code,
        )
        return Style(**row) if row else None

    async def get_price(self, kind: str) -> int | None:
        """Tokens for one unit (picture) of this kind, or None where it is not sold."""
        price: int | None = await self._sql.fetchval("""SELECT tokens FROM "Price" WHERE kind = $1""", kind)
        return price

    async def get_limit(self, kind: str) -> int | None:
        """How much of this one person may have at a time; None where there is no limit."""
        limit: int | None = await self._sql.fetchval("""SELECT amount FROM "Limit" WHERE kind = $1""", kind)
        return limit
