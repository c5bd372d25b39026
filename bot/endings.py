"""What a person reads when a task has ended: what there is, what it cost, what came back. Sent by the outbox."""

from bot.texts import Translate
from repository.tasks import Task, TaskStatus
from services.notifications import Delivery
from services.orders import TaskKind

_COMMON_FAILURES = ("expired", "deadline")
"""Told in the same words whatever was ordered."""


def ending_text(t: Translate, delivery: Delivery) -> str:
    """The words beside the pictures, or alone where there are none, as HTML; well under a caption's 1024 characters."""
    task = delivery.task
    charged = task.unit_price * task.units_made
    headline = _enlarging(t, delivery) if task.kind == TaskKind.UPSCALE else _headline(t, task)
    return f"{headline}\n\n{_money(t, charged, task.price - charged, delivery.person.tokens_left)}"


def _enlarging(t: Translate, delivery: Delivery) -> str:
    """An enlarged picture: one, or none."""
    task = delivery.task
    match task.status:
        case TaskStatus.COMPLETED if delivery.files:
            file = delivery.files[0]
            return t("ending-enlarged", size=f"{file.width} × {file.height}")
        case TaskStatus.FAILED if task.error_code == "photo_gone":
            return t("ending-source-gone")
        case TaskStatus.FAILED if task.error_code not in _COMMON_FAILURES:
            return t("ending-not-enlarged")
        case _:
            return _headline(t, task)


def _headline(t: Translate, task: Task) -> str:
    some = 0 < task.units_made < task.units
    match task.status:
        case TaskStatus.COMPLETED | TaskStatus.CANCELLED if some and task.cancel_requested_at is not None:
            return t("ending-stopped-partly", made=task.units_made, asked=task.units)
        case TaskStatus.COMPLETED if some:
            return t("ending-partly", made=task.units_made, asked=task.units)
        case TaskStatus.COMPLETED:
            return t("ending-completed")
        case TaskStatus.CANCELLED:
            return t("ending-cancelled")
        case TaskStatus.FAILED if task.units_made:
            return t("ending-failed-partly", made=task.units_made, asked=task.units)
        case TaskStatus.FAILED:
            return _failure(t, task.error_code)
        case TaskStatus.QUEUED | TaskStatus.RUNNING:
            raise ValueError(f"task {task.task_id} is {task.status}: it has no ending yet")


def _failure(t: Translate, error_code: str | None) -> str:
    match error_code:
        case "expired":
            return t("ending-expired")
        case "deadline":
            return t("ending-deadline")
        case "photo_gone" | "unreadable_photo":
            return t("ending-photo")
        case "unsupported":
            return t("ending-unsupported")
        case _:
            return t("ending-failed")


def _money(t: Translate, charged: int, returned: int, left: int) -> str:
    if not returned:
        return t("ending-charged", charged=charged, left=left)
    if not charged:
        return t("ending-returned", returned=returned, left=left)
    return t("ending-both", charged=charged, returned=returned, left=left)
