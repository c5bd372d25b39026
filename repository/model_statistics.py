"""Personal models in numbers, for those who run the house. Nobody's name and nobody's trigger word is in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from repository.base import Repository, only
from repository.models import ModelStatus


@dataclass(frozen=True, slots=True)
class Trainings:
    """The trainings of a time, and how far their pictures look like their people."""

    asked: int
    ready: int
    failed: int
    typical_seconds: float | None
    """Median from the request to the end of those that became ready."""
    likeness: float | None
    """Mean of the pictures made in the same time with a model, 0 to 1."""
    pictures: int
    """How many of those were scored."""


@dataclass(frozen=True, slots=True)
class NewestTraining:
    """A training as an admin sees it."""

    model_id: int
    user_id: int
    number: int
    status: ModelStatus
    photos: int
    created_at: datetime
    likeness: float | None
    """Mean of its model's pictures, 0 to 1."""


class ModelStatisticsRepository(Repository):
    """Counts over "Model", "ModelVersion" and "VendorCopy"."""

    async def count_by_status(self) -> dict[ModelStatus, int]:
        """How many models stand where."""
        rows = await self._sql.fetch("""SELECT status, count(*) AS models FROM "Model" GROUP BY status""")
        return {ModelStatus(row["status"]): row["models"] for row in rows}

    async def sum_trainings(self, within: timedelta) -> Trainings:
        """The trainings that were asked for of late."""
        row = await self._sql.fetchrow(
            """
            WITH late AS MATERIALIZED (
                SELECT model_id, status, finished_at - created_at AS took FROM "ModelVersion"
                WHERE created_at > now() - $1::interval
            ), scored AS MATERIALIZED (
                SELECT f.likeness FROM "Generation" g JOIN "File" f USING (generation_id)
                WHERE g.model_id IS NOT NULL AND g.created_at > now() - $1::interval AND f.likeness IS NOT NULL
            )
            SELECT (SELECT count(*) FROM late) AS asked,
                   (SELECT count(*) FROM late WHERE status = 'ready') AS ready,
                   (SELECT count(*) FROM late WHERE status = 'error') AS failed,
                   (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took))
                    FROM late WHERE status = 'ready') AS typical_seconds,
                   (SELECT avg(likeness)::real FROM scored) AS likeness,
                   (SELECT count(*) FROM scored) AS pictures
            """,
            within,
        )
        return Trainings(**only(row))

    async def get_newest(self, limit: int) -> list[NewestTraining]:
        """The trainings that were asked for last."""
        rows = await self._sql.fetch(
            """
            WITH newest AS MATERIALIZED (
                SELECT model_id, number, status, photos, created_at FROM "ModelVersion"
                ORDER BY created_at DESC LIMIT $1
            )
            SELECT n.model_id, m.user_id, n.number, n.status, n.photos, n.created_at,
                   (SELECT avg(f.likeness)::real FROM "Generation" g JOIN "File" f USING (generation_id)
                    WHERE g.model_id = n.model_id) AS likeness
            FROM newest n JOIN "Model" m USING (model_id) ORDER BY n.created_at DESC
            """,
            limit,
        )
        return [NewestTraining(**{**row, "status": ModelStatus(row["status"])}) for row in rows]

    async def count_copies(self) -> dict[str, int]:
        """Copies at vendors by how far their deletion has come."""
        rows = await self._sql.fetch("""SELECT state, count(*) AS copies FROM "VendorCopy" GROUP BY state""")
        return {row["state"]: row["copies"] for row in rows}
