"""Leave to train a model from a person's photos: asked for before the first one, and taken back at any time."""

from collections.abc import Mapping, Sequence

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.consents import ConsentRepository
from repository.tasks import Task, TaskRepository
from repository.users import User
from services.erasable import ErasableFiles
from services.orders import TaskKind
from services.tasks import Tasks

WORDING = 1
"""What people agree to now; a change that takes more from them has a number of its own, and they are asked again."""
MOST_OPEN = 1000
"""Orders of one person that are looked through: more than anybody may have."""

_log = structlog.get_logger(__name__)


class Consents:
    """Who agreed, and what goes when they no longer do."""

    def __init__(self, db: Database, erasable: ErasableFiles, tasks: Tasks) -> None:
        self._db = db
        self._erasable = erasable
        self._tasks = tasks

    async def given(self, user_id: int) -> bool:
        """Whether the person has agreed to the wording of now."""
        return await ConsentRepository(self._db.reading).is_given(user_id, WORDING)

    async def give(self, person: User) -> None:
        """Note that the person agrees. Said twice it counts once."""
        await ConsentRepository(self._db.writing(Write.CONSENT_GIVE)).give(person.user_id, WORDING)

    async def withdraw(self, person: User) -> Mapping[str, int]:
        """Take the consent back: training photos, their analyses, the open set and every face are erased.

        One transaction, the bytes right after it or by the next round of the broom. Models stay, and no longer know
        whose face they show. Trainings under way are stopped, at the price of a stop: none can begin any more. Answers
        training_photos, analyses, training_sets, faces, trainings; asked twice the first four are 0, and a crash
        between the two steps leaves a training to be stopped by the press that is handled again.
        """
        async with self._db.transaction(Write.CONSENT_WITHDRAW) as tx:
            gone = await ConsentRepository(tx).withdraw(person.user_id)
        trainings = await self.open_trainings(person.user_id)
        for training in trainings:
            await self._tasks.cancel(person.user_id, training.task_id)
        await self._erasable.erase(gone.storage_keys)
        counts = {
            "training_photos": gone.training_photos,
            "analyses": gone.analyses,
            "training_sets": gone.training_sets,
            "faces": gone.faces,
            "trainings": len(trainings),
        }
        _log.info("consent.withdrawn", **counts)
        return counts

    async def open_trainings(self, user_id: int) -> Sequence[Task]:
        """The trainings of the person that a withdrawal stops."""
        tasks = await TaskRepository(self._db.reading).get_user_open(user_id, limit=MOST_OPEN)
        return [task for task in tasks if task.kind == TaskKind.TRAIN]
