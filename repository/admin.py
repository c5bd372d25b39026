"""What the owner sees and does."""

from collections.abc import Mapping
from dataclasses import dataclass

from repository.base import Repository, only


@dataclass(frozen=True, slots=True)
class GlobalStatistics:
    """The whole house in one row. Revenue is in Stars."""

    users: int
    blocked: int
    models: int
    generations: int
    tasks_queued: int
    tasks_running: int
    payments: int
    revenue: int
    portraits: int
    """Pictures by personal models that were looked at."""
    likeness: float | None
    """The mean over those with a face, 0 to 1; None where there are none."""
    below_line: float | None
    """The share of the same under today's line of likeness, 0 to 1."""
    remade: float | None
    """The share of all portraits that was made twice, 0 to 1."""


class AdminRepository(Repository):
    """Statistics over all, and changes that only the owner makes."""

    async def get_global_statistics(self) -> GlobalStatistics:
        """Counts over all people, models, generations, tasks and payments."""
        row = await self._sql.fetchrow(
            """
            SELECT
                (SELECT count(*) FROM "User") AS users,
                (SELECT count(*) FROM "User" WHERE banned_at IS NOT NULL) AS blocked,
                (SELECT count(*) FROM "Model") AS models,
                (SELECT count(*) FROM "Generation") AS generations,
                (SELECT count(*) FROM "Task" WHERE status = 'queued') AS tasks_queued,
                (SELECT count(*) FROM "Task" WHERE status = 'running') AS tasks_running,
                (SELECT count(*) FROM "Payment") AS payments,
                (SELECT coalesce(sum(amount), 0)::bigint FROM "Payment" WHERE currency = 'XTR') AS revenue,
                p.portraits, p.likeness, p.below_line, p.remade
            FROM (
                SELECT count(*) AS portraits, avg(likeness)::float8 AS likeness,
                       avg((likeness * 100 < (SELECT amount FROM "Limit" WHERE kind = 'likeness_percent'))::integer)
                           ::float8 AS below_line,
                       avg(is_remade::integer)::float8 AS remade
                FROM "File" WHERE has_face IS NOT NULL
            ) p
            """
        )
        return GlobalStatistics(**only(row))

    async def block_user(self, user_id: int, *, blocked: bool = True) -> bool:
        """Shut a person out, or let them in again; False where nobody has this id, nor was banned before an erasure.

        The mark that outlives an erasure comes and goes with the ban itself: a registration that waits for the end of
        an erasure would not see what that wrote.
        """
        is_done = await self._sql.fetchval(
            """
            WITH person AS (
                UPDATE "User" SET banned_at = CASE WHEN $2 THEN coalesce(banned_at, now()) END
                WHERE user_id = $1 RETURNING user_id
            ), marked AS (
                INSERT INTO "SpentKey" (digest) SELECT spent_key('ban:' || user_id) FROM person WHERE $2
                ON CONFLICT (digest) DO NOTHING
            ), lifted AS (
                DELETE FROM "SpentKey" WHERE NOT $2 AND digest = spent_key('ban:' || $1::bigint) RETURNING digest
            )
            SELECT EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM lifted)
            """,
            user_id,
            blocked,
        )
        return bool(is_done)

    async def manage_extra_lora(self, lora_data: Mapping[str, object]) -> int:
        """Add the LoRA with this `name`, or change it; returns its lora_id.

        lora_data: name and air (Runware's id of a LoRA for FLUX.1) required; weight (-4 to 4), trigger_words and
        is_active optional.
        Raises KeyError without name or air, ValueError for a key that is none of these.
        """
        unknown = set(lora_data) - {"name", "air", "weight", "trigger_words", "is_active"}
        if unknown:
            raise ValueError(f"an extra LoRA has no {', '.join(sorted(unknown))}")
        row = await self._sql.fetchval(
            """
            WITH kept AS (
                INSERT INTO "ExtraLora" AS lora (name, air, weight, trigger_words, is_active)
                VALUES ($1, $2, coalesce($3::float8, 1), coalesce($4, ''), coalesce($5, TRUE))
                ON CONFLICT (name) DO UPDATE SET
                    air = $2,
                    weight = coalesce($3::float8, lora.weight),
                    trigger_words = coalesce($4, lora.trigger_words),
                    is_active = coalesce($5, lora.is_active),
                    updated_at = now()
                RETURNING lora_id, air
            )
            INSERT INTO "ExtraLoraServing" (lora_id, backend, vendor_id, architecture)
            SELECT lora_id, 'runware', air, 'flux1' FROM kept
            ON CONFLICT (lora_id, backend) DO UPDATE SET vendor_id = EXCLUDED.vendor_id
            RETURNING lora_id
            """,
            lora_data["name"],
            lora_data["air"],
            lora_data.get("weight"),
            lora_data.get("trigger_words"),
            lora_data.get("is_active"),
        )
        return int(only(row))
