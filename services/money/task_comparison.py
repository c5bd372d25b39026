"""Ended tasks are compared with their vendor calls, their holds and their files, round by round."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.admin_news import AdminNewsRepository
from repository.ended_tasks import EndedTaskRepository
from repository.reconciliation import BooksKind, ReconciliationRepository

PAUSE = timedelta(minutes=1)
"""Between two rounds."""
LAG = timedelta(minutes=1)
"""How long after its date an end may still be committed."""
PAGE = 1000
MOST_OPEN = 1000
"""Gaps that are looked at again in each round."""
TASK_GAP = "task_gap"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TaskRound:
    """What a round looked at, and how many tasks do not fit now."""

    tasks: int
    gaps: int


class TaskComparison:
    """Compares and alarms; nothing is corrected by itself."""

    def __init__(self, db: Database, lag: timedelta = LAG) -> None:
        self._db = db
        self._lag = lag

    async def round(self) -> TaskRound | None:
        """A round where one is due, else None. Raises one of db.pool.UNAVAILABLE; the next round begins as this one."""
        rounds = ReconciliationRepository(self._db.writing(Write.BOOKS_ROUND))
        state = await rounds.claim(BooksKind.TASKS, PAUSE)
        if state is None:
            return None
        await self._look_again()
        after, seen = _EPOCH + timedelta(microseconds=state.position), 0
        while True:
            ended = await EndedTaskRepository(self._db.reading).get_next(after, self._lag, PAGE)
            for task in ended:
                if task.reasons:
                    await self._alarm(task.task_id, list(task.reasons))
            seen += len(ended)
            if ended:
                after = ended[-1].finished_at
            if len(ended) < PAGE:
                break
        gaps = await AdminNewsRepository(self._db.reading).count_open(TASK_GAP)
        await rounds.save(BooksKind.TASKS, (after - _EPOCH) // timedelta(microseconds=1), gaps, {})
        return TaskRound(seen, gaps)

    async def _alarm(self, task_id: UUID, reasons: list[str]) -> None:
        events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
        if await events.open(TASK_GAP, f"task {task_id}", {"reasons": reasons}):
            _log.error("task.gap", task_id=str(task_id), reasons=reasons)

    async def _look_again(self) -> None:
        """Close what fits by now, and what went with its person."""
        subjects = await AdminNewsRepository(self._db.reading).get_open_subjects(TASK_GAP, MOST_OPEN)
        by_task = {UUID(subject.removeprefix("task ")): subject for subject in subjects}
        again = await EndedTaskRepository(self._db.reading).get_again(list(by_task))
        wrong = {task.task_id for task in again if task.reasons}
        for task_id in by_task.keys() - wrong:
            events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
            await events.close(TASK_GAP, by_task[task_id])
