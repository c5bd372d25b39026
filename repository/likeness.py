"""How far the pictures of personal models look like their people."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repository.base import Repository


@dataclass(frozen=True, slots=True)
class VersionLikeness:
    """What the pictures of one training of a model came to."""

    portraits: int
    """Pictures that were looked at."""
    without_face: int
    """Of those."""
    likeness: float | None
    """The mean over those with a face, 0 to 1; None where there are none."""
    remade: int
    """Portraits that were made twice."""


class LikenessRepository(Repository):
    """Scores of "File", and the faces that they are measured against."""

    async def get_face(self, task_id: UUID) -> bytes | None:
        """The face that the pictures of a task should show: 128 float32, little-endian; None where none is kept."""
        face: bytes | None = await self._sql.fetchval(
            """
            SELECT v.face FROM "Generation" g JOIN "ModelVersion" v USING (version_id) WHERE g.task_id = $1
            """,
            task_id,
        )
        return face

    async def likeness_of_versions(self, version_ids: Sequence[int]) -> dict[int, VersionLikeness]:
        """By training, how its pictures turned out; those that brought no picture are missing."""
        rows = await self._sql.fetch(
            """
            SELECT g.version_id, count(*) AS portraits, count(*) FILTER (WHERE NOT f.has_face) AS without_face,
                   avg(f.likeness)::float8 AS likeness, count(*) FILTER (WHERE f.is_remade) AS remade
            FROM "Generation" g JOIN "File" f USING (generation_id)
            WHERE g.version_id = ANY ($1::integer[]) AND f.has_face IS NOT NULL
            GROUP BY g.version_id
            """,
            list(version_ids),
        )
        return {
            row["version_id"]: VersionLikeness(row["portraits"], row["without_face"], row["likeness"], row["remade"])
            for row in rows
        }
