"""The outbox's side of the database: what to tell whom, and which message shows which task."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from config.failpoints import Write
from db.pool import Database
from repository.files import File, FileRepository
from repository.generations import Generation, GenerationRepository
from repository.model_versions import ModelVersionRepository, TrainedModel
from repository.notifications import (
    Notification,
    NotificationKind,
    NotificationRepository,
    Outcome,
    ProgressMessage,
)
from repository.tasks import Task, TaskRepository, TaskStatus
from repository.training_photos import TrainingPhotoRepository
from repository.training_sets import TrainingSetRepository
from repository.users import User, UserRepository
from services.drafts.drafts import draft_of_key
from services.orders import TaskKind
from services.training.ends import version_of_samples

DELIVERY_LEASE = timedelta(seconds=20)
"""How long a bot process that falls silent keeps a message; one that delivers for longer renews it."""
ALBUM_SIZE = 10
"""Telegram's limit."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything needed to tell a person how a task ended."""

    notification: Notification
    person: User
    task: Task
    generation: Generation | None
    files: list[File]
    draft_id: int | None
    """The draft that was ordered, so that the message can offer to make it again."""
    progress_message: tuple[int, int] | None
    """Chat and message that showed the task."""
    trained: TrainedModel | None = None
    """Of a training, and of the samples of a new model: the version that it is about."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell a person that no task is behind; the notification's details say what."""

    notification: Notification
    person: User
    is_collecting: bool = False
    """Whether the person has photos for a model that is not ordered yet."""


class Notifications:
    """Hands out what must be told, and keeps count of what was."""

    def __init__(self, db: Database, lease: timedelta = DELIVERY_LEASE) -> None:
        self._db = db
        self.lease = lease
        """How long a claimed message is kept without a renewal."""

    async def claim(self, limit: int) -> list[Notification]:
        """Take up to `limit` messages that are due, each for one delivery under a lease."""
        return await NotificationRepository(self._db.writing(Write.NOTIFICATION_CLAIM)).claim(self.lease, limit)

    async def renew(self, held: Iterable[Notification]) -> set[int]:
        """Keep what is being delivered, however long that takes; answers the ids that are still ours."""
        return await NotificationRepository(self._db.writing(Write.NOTIFICATION_RENEW)).renew(held, self.lease)

    async def open(self, notification: Notification) -> Delivery | News | None:
        """Everything that the message needs, or None where its person or task is gone."""
        reading = self._db.reading
        person = await UserRepository(reading).get_user(notification.user_id)
        if person is None:
            return None
        if notification.task_id is None:
            # A task that is deleted leaves its notification without one, and nothing to tell.
            if notification.kind is NotificationKind.TASK_ENDED:
                return None
            return News(notification, person, await self._is_collecting(person))
        task = await TaskRepository(reading).get(notification.task_id)
        if task is None:
            return None
        generation = await GenerationRepository(reading).get_by_task(task.task_id)
        files = await FileRepository(reading).get_outputs(generation.generation_id) if generation else []
        progress = await NotificationRepository(reading).get_progress_message(task.task_id)
        key = await TaskRepository(reading).get_idempotency_key(task.task_id)
        trained = await self._trained(task, key)
        return Delivery(notification, person, task, generation, files, draft_of_key(key), progress, trained)

    async def _is_collecting(self, person: User) -> bool:
        reading = self._db.reading
        open_set = await TrainingSetRepository(reading).get_open(person.user_id)
        return open_set is not None and await TrainingPhotoRepository(reading).count_photos(open_set.set_id) > 0

    async def _trained(self, task: Task, key: str | None) -> TrainedModel | None:
        versions = ModelVersionRepository(self._db.reading)
        if task.kind == TaskKind.TRAIN:
            return await versions.get_by_task(task.task_id)
        version_id = version_of_samples(key)
        return await versions.get_with_model(version_id) if version_id is not None else None

    async def mark_album_sent(self, notification: Notification, albums_sent: int) -> bool:
        """Note how many albums the person has; False: another process delivers now, stop."""
        return await NotificationRepository(self._db.writing(Write.NOTIFICATION_ALBUM_SENT)).mark_album_sent(
            notification.notification_id, notification.attempt, albums_sent
        )

    async def keep_telegram_file_id(self, file: File, telegram_file_id: str) -> None:
        """Remember Telegram's name for a picture, so that it is uploaded once."""
        await FileRepository(self._db.writing(Write.FILE_TELEGRAM_ID)).set_telegram_file_id(
            file.file_id, telegram_file_id
        )

    async def delivered(self, delivery: Delivery | News) -> bool:
        """The person has it all; the message that showed the task is forgotten."""
        return await self._close(delivery.notification, Outcome.DELIVERED, _progress_message(delivery))

    async def undeliverable(
        self, notification: Notification, delivery: Delivery | News | None, *, blocked: bool
    ) -> bool:
        """The person cannot be told; blocked: because they stopped the bot. The pictures stay in their history.

        The message that showed the task is removed when they come back: until then nobody can reach it.
        """
        if blocked:
            await self.note_blocked(notification.user_id)
            return await self._close(notification, Outcome.UNDELIVERABLE, None)
        return await self._close(notification, Outcome.UNDELIVERABLE, _progress_message(delivery))

    async def note_blocked(self, user_id: int) -> None:
        """The person stopped the bot."""
        await UserRepository(self._db.writing(Write.PERSON_BLOCKED_BOT)).set_blocked_bot(user_id, True)

    async def postpone(self, notification: Notification, delay: timedelta) -> None:
        """Try again after a delay."""
        await NotificationRepository(self._db.writing(Write.NOTIFICATION_POSTPONE)).postpone(
            notification.notification_id, notification.attempt, delay
        )

    async def show_progress(self, task: Task, chat_id: int, message_id: int) -> None:
        """Show this task in this message from now on, through restarts too; it shows the task as it is given here."""
        await NotificationRepository(self._db.writing(Write.PROGRESS_TRACK)).track_progress(
            task.task_id, chat_id, message_id, task.progress, task.status
        )

    async def progress_message(self, task_id: UUID) -> tuple[int, int] | None:
        """Chat and message that show the task, or None."""
        return await NotificationRepository(self._db.reading).get_progress_message(task_id)

    async def stale_progress(self, limit: int) -> list[ProgressMessage]:
        """Messages that show less than is known by now."""
        return await NotificationRepository(self._db.reading).get_stale_progress(limit)

    async def orphaned_progress(self, limit: int) -> list[tuple[UUID, int, int]]:
        """Task, chat and message of those whose task is over, of people who can be reached."""
        return await NotificationRepository(self._db.reading).get_orphaned_progress(limit)

    async def progress_shown(self, task_id: UUID, progress: int, status: TaskStatus) -> None:
        """Note what the message shows now."""
        await NotificationRepository(self._db.writing(Write.PROGRESS_SHOWN)).mark_progress_shown(
            task_id, progress, status
        )

    async def forget_progress(self, task_id: UUID, message_id: int) -> None:
        """The message is gone."""
        await NotificationRepository(self._db.writing(Write.PROGRESS_FORGET)).drop_progress(task_id, message_id)

    async def _close(
        self, notification: Notification, outcome: Outcome, progress_message: tuple[int, int] | None
    ) -> bool:
        """End it, and forget the message that the delivery saw: one that was noted later still has to be removed."""
        async with self._db.transaction(Write.NOTIFICATION_CLOSE) as tx:
            notifications = NotificationRepository(tx)
            closed = await notifications.close(notification.notification_id, notification.attempt, outcome)
            if closed and notification.task_id is not None and progress_message is not None:
                await notifications.drop_progress(notification.task_id, progress_message[1])
        return closed


def _progress_message(delivery: Delivery | News | None) -> tuple[int, int] | None:
    return delivery.progress_message if isinstance(delivery, Delivery) else None
