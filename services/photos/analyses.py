"""Looking at photos: a queue of its own, where each photo comes to exactly one end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.files import FileRepository
from repository.photo_analyses import Analysis, AnalysisState, ClaimedAnalysis, PhotoAnalysisRepository
from repository.training_sets import TrainingSetRepository
from services.doorbell import Doorbell
from services.errors import AnalysisNotFound, BadCursor, FileNotFound
from services.photos.figures import PhotoFigures, embedding_to_bytes

MAX_ATTEMPTS = 3
"""Looks at a photo that ended without a word, or with eyes that failed; then it counts as not looked at."""
MAX_PAGE = 100
NOT_LOOKED_AT = "not_looked_at"
UNREADABLE = "unreadable"

_ROUND = 20
"""Hopeless photos that are given up at a time."""
_NEWEST = (datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnalysesPage:
    """A page of analyses, newest first."""

    analyses: Sequence[Analysis]
    cursor: str | None
    """Where the next page begins; None: this was the last."""


class PhotoAnalyses:
    """Asks for looks at photos, hands them out, keeps what was seen."""

    def __init__(self, db: Database, doorbell: Doorbell) -> None:
        self._db = db
        self._doorbell = doorbell

    async def request(self, user_id: int, file_id: UUID) -> Analysis:
        """Ask for a look at the person's own photo; asked twice the first one answers. Raises FileNotFound."""
        file = await FileRepository(self._db.reading).get_file(file_id, user_id)
        if file is None or not file.is_picture:
            raise FileNotFound
        await PhotoAnalysisRepository(self._db.writing(Write.ANALYSIS_REQUEST)).request(uuid4(), user_id, file_id)
        await self._doorbell.ring_analyses()
        analysis = await PhotoAnalysisRepository(self._db.reading).get_of_file(file_id, user_id)
        if analysis is None:  # the photo was erased meanwhile
            raise FileNotFound
        return analysis

    async def claim(self, lease: timedelta, limit: int) -> Sequence[ClaimedAnalysis]:
        """Take up to `limit` waiting photos, oldest first, each for one look under a lease."""
        analyses = PhotoAnalysisRepository(self._db.writing(Write.ANALYSIS_CLAIM))
        return await analyses.claim(lease, limit, MAX_ATTEMPTS)

    async def renew(self, held: Iterable[ClaimedAnalysis], lease: timedelta) -> None:
        """Hold on to photos that are being looked at, or wait for their turn, for another lease."""
        analyses = PhotoAnalysisRepository(self._db.writing(Write.ANALYSIS_RENEW))
        await analyses.renew({claimed.analysis_id: claimed.attempt for claimed in held}, lease)

    async def finish(self, claimed: ClaimedAnalysis, figures: PhotoFigures) -> bool:
        """Keep what was seen, and tell the sets with the photo; False: not this attempt's to say (any more)."""
        embedding = None if figures.embedding is None else embedding_to_bytes(figures.embedding)
        async with self._db.transaction(Write.ANALYSIS_CLOSE) as tx:
            open_sets = await TrainingSetRepository(tx).hold_open_with(claimed.file_id)
            ours = await PhotoAnalysisRepository(tx).finish(
                claimed.analysis_id, claimed.attempt, figures.to_json(), embedding
            )
            if ours:
                await TrainingSetRepository(tx).touch(open_sets)
        if ours:
            await self._tell(open_sets)
        return ours

    async def fail(self, claimed: ClaimedAnalysis, error_code: str) -> bool:
        """Note why nothing was seen, and tell the sets with the photo; False: not this attempt's to say."""
        async with self._db.transaction(Write.ANALYSIS_CLOSE) as tx:
            open_sets = await TrainingSetRepository(tx).hold_open_with(claimed.file_id)
            ours = await PhotoAnalysisRepository(tx).fail(claimed.analysis_id, claimed.attempt, error_code)
            if ours:
                await TrainingSetRepository(tx).touch(open_sets)
        if ours:
            await self._tell(open_sets)
            _log.warning("analysis.failed", analysis_id=str(claimed.analysis_id), error_code=error_code)
        return ours

    async def let_go(self, claimed: ClaimedAnalysis, pause: timedelta) -> None:
        """Leave a photo to another attempt after a pause; after the last one it counts as not looked at."""
        if claimed.attempt >= MAX_ATTEMPTS:
            await self.fail(claimed, NOT_LOOKED_AT)
            return
        analyses = PhotoAnalysisRepository(self._db.writing(Write.ANALYSIS_LET_GO))
        await analyses.let_go(claimed.analysis_id, claimed.attempt, pause)

    async def give_up_hopeless(self) -> int:
        """End photos whose last attempt died with its worker; returns how many those were."""
        hopeless = await PhotoAnalysisRepository(self._db.reading).find_hopeless(MAX_ATTEMPTS, _ROUND)
        return sum([await self.fail(claimed, NOT_LOOKED_AT) for claimed in hopeless])

    async def own(self, user_id: int, analysis_id: UUID) -> Analysis:
        """The person's own analysis. Raises AnalysisNotFound."""
        analysis = await PhotoAnalysisRepository(self._db.reading).get(analysis_id, user_id)
        if analysis is None:
            raise AnalysisNotFound
        return analysis

    async def list(self, user_id: int, cursor: str | None = None, *, limit: int = 20) -> AnalysesPage:
        """A page of the person's analyses, newest first. Raises BadCursor."""
        count = min(max(limit, 1), MAX_PAGE)
        rows = await PhotoAnalysisRepository(self._db.reading).get_page(user_id, count + 1, _read_cursor(cursor))
        return AnalysesPage(rows[:count], _cursor_of(rows[count - 1]) if len(rows) > count else None)

    async def _tell(self, open_sets: Sequence[int]) -> None:
        if open_sets:
            await self._doorbell.ring_cards()


def figures_of(analysis: Analysis | None) -> PhotoFigures | None:
    """What was seen, or None where nothing was, or not yet."""
    if analysis is None or analysis.state is not AnalysisState.DONE or analysis.figures is None:
        return None
    return PhotoFigures.from_json(analysis.figures, analysis.embedding)


def _cursor_of(analysis: Analysis) -> str:
    """Microseconds since 1970, a dot, the id in hexadecimal."""
    return f"{(analysis.requested_at - _EPOCH) // _MICROSECOND}.{analysis.analysis_id.hex}"


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID]:
    if cursor is None:
        return _NEWEST
    moment, _, analysis_id = cursor.partition(".")
    if not (len(cursor) <= 50 and moment.isascii() and moment.isdigit()):
        raise BadCursor
    try:
        return _EPOCH + int(moment) * _MICROSECOND, UUID(hex=analysis_id)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
