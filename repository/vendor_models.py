"""The catalogue of what vendors make: their names for models and LoRAs, what those can do, what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class VendorModel:
    """A model at one vendor, for one kind of order. Sides in pixels."""

    backend: str
    vendor_id: str
    architecture: str
    min_side: int
    max_side: int
    max_steps: int
    takes_negative_prompt: bool
    max_loras: int
    unit_microusd: int
    """About what one picture costs, in millionths of a US dollar."""


@dataclass(frozen=True, slots=True)
class ServedLora:
    """A LoRA where it is ready to be used."""

    source: str
    id: int
    backend: str
    vendor_id: str
    architecture: str
    trigger_words: str
    subject_class: str | None
    """Whom a personal model shows."""
    weight: float
    """How strongly it is laid on where an order does not say."""
    is_offered: bool
    """Whether new orders may name it; those that were taken keep it."""


@dataclass(frozen=True, slots=True)
class ExtraLora:
    """A LoRA that the owner offers, and everybody who serves it."""

    lora_id: int
    name: str
    backends: Sequence[str]


class VendorModelRepository(Repository):
    """The tables "BaseModel", "VendorModel", "ModelServing", "ExtraLoraServing" and "Rate"."""

    async def get_vendor_models(self, model: str, kind: str) -> list[VendorModel]:
        """Everywhere this model can be asked for this kind of order."""
        rows = await self._sql.fetch(
            """
            SELECT v.backend, v.vendor_id, b.architecture, v.min_side, v.max_side, v.max_steps,
                   v.takes_negative_prompt, v.max_loras, v.unit_microusd
            FROM "BaseModel" b JOIN "VendorModel" v ON v.model = b.code
            WHERE b.code = $1 AND v.kind = $2 AND b.is_active AND v.is_active
            """,
            model,
            kind,
        )
        return [VendorModel(**row) for row in rows]

    async def get_served_loras(
        self, user_id: int, model_ids: Sequence[int], lora_ids: Sequence[int], task_id: UUID | None = None
    ) -> list[ServedLora]:
        """Where these personal models of this person and these LoRAs of the owner are ready.

        A model in the training that is in use, or in the one that the order of this task was begun with. LoRAs that
        the owner switched off too: an order that was taken is made as it was asked for.
        """
        rows = await self._sql.fetch(
            """
            SELECT 'personal' AS source, m.model_id AS id, s.backend, s.vendor_id, v.architecture,
                   m.trigger_word AS trigger_words, v.subject_class, 1::float8 AS weight, TRUE AS is_offered
            FROM "Model" m
            LEFT JOIN "Generation" g ON g.task_id = $4 AND g.model_id = m.model_id
            JOIN "ModelVersion" v ON v.version_id = coalesce(g.version_id, m.version_id)
            JOIN "ModelServing" s ON s.version_id = v.version_id
            WHERE m.model_id = ANY($2) AND m.user_id = $1
            UNION ALL
            SELECT 'extra', l.lora_id, s.backend, s.vendor_id, s.architecture,
                   l.trigger_words, NULL, l.weight, l.is_active
            FROM "ExtraLora" l JOIN "ExtraLoraServing" s USING (lora_id)
            WHERE l.lora_id = ANY($3)
            """,
            user_id,
            list(model_ids),
            list(lora_ids),
            task_id,
        )
        return [ServedLora(**row) for row in rows]

    async def get_extra_loras(self, model: str, kind: str, backends: Sequence[str]) -> list[ExtraLora]:
        """The owner's LoRAs that one of these backends lays over this model, by name."""
        rows = await self._sql.fetch(
            """
            SELECT l.lora_id, l.name, array_agg(s.backend) AS backends
            FROM "ExtraLora" l
            JOIN "ExtraLoraServing" s USING (lora_id)
            JOIN "BaseModel" b ON b.architecture = s.architecture
            JOIN "VendorModel" v ON v.backend = s.backend AND v.model = b.code
            WHERE b.code = $1 AND v.kind = $2 AND s.backend = ANY($3)
              AND l.is_active AND b.is_active AND v.is_active AND v.max_loras > 0
            GROUP BY l.lora_id
            ORDER BY lower(l.name), l.lora_id
            """,
            model,
            kind,
            list(backends),
        )
        return [ExtraLora(**row) for row in rows]

    async def get_extra_lora_names(self, lora_ids: Sequence[int]) -> list[str]:
        """What these LoRAs of the owner are called, of those that are switched off too."""
        rows = await self._sql.fetch(
            """SELECT name FROM "ExtraLora" WHERE lora_id = ANY($1) ORDER BY lower(name), lora_id""", list(lora_ids)
        )
        return [str(row["name"]) for row in rows]

    async def get_style_words(self, code: str) -> str:
        """The English words of a style, of one that is no longer on offer too: its order was taken."""
        return str(only(await self._sql.fetchval("""SELECT prompt FROM "Style" WHERE code = $1""", code)))

    async def get_rate(self, kind: str) -> int:
        """A rate in millionths of a US dollar."""
        return int(only(await self._sql.fetchval("""SELECT microusd FROM "Rate" WHERE kind = $1""", kind)))
