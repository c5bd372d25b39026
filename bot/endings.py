"""What a person reads when a task has ended: what there is, what it cost, what came back. Sent by the outbox."""

from bot.likeness_text import album_likeness
from bot.stored_picture import DOCUMENT_LIMIT
from bot.texts import Translate
from repository.tasks import Task, TaskStatus
from services.notifications import Delivery
from services.orders import TaskKind

_COMMON_FAILURES = frozenset(
    {"expired", "deadline", "unavailable", "output_blocked", "prompt_blocked", "refused_input", "output_spoilt"}
)
"""Told in the same words whatever picture was ordered."""

_MB = 1024 * 1024


def ending_text(t: Translate, delivery: Delivery) -> str:
    """The words beside the pictures, or alone where there are none, as HTML; well under a caption's 1024 characters."""
    task = delivery.task
    charged = task.unit_price * task.units_made
    match task.kind:
        case TaskKind.UPSCALE:
            headline = _enlarging(t, delivery)
        case TaskKind.IMAGE_TO_3D:
            headline = _modelling(t, delivery)
        case _:
            headline = _headline(t, task)
            likeness = album_likeness(t, delivery.files)
            if likeness is not None:
                headline = f"{headline}\n\n{likeness}"
    return f"{headline}\n\n{money_text(t, charged, task.price - charged, delivery.person.tokens_left)}"


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


def _modelling(t: Translate, delivery: Delivery) -> str:
    """A solid: one, or none."""
    task = delivery.task
    match task.status:
        case TaskStatus.COMPLETED if delivery.files and delivery.files[0].size_bytes > DOCUMENT_LIMIT:
            return t("ending-solid-too-large", size=round(delivery.files[0].size_bytes / _MB))
        case TaskStatus.COMPLETED:
            return t("ending-solid")
        case TaskStatus.FAILED:
            return _modelling_failure(t, task.error_code)
        case _:
            return _headline(t, task)


def _modelling_failure(t: Translate, error_code: str | None) -> str:
    match error_code:
        case "photo_gone" | "unreadable_photo" | "no_input":
            return t("ending-solid-source-gone")
        case "output_blocked":
            return t("ending-solid-blocked")
        case "prompt_blocked" | "refused_input" | "unsupported" | "picture_too_large":
            return t("ending-solid-refused")
        case "output_spoilt":
            return t("ending-solid-spoilt")
        case "deadline":
            return t("ending-solid-deadline")
        case "expired" | "unavailable":
            return _failure(t, error_code, 1)
        case _:
            return t("ending-solid-failed")


def _headline(t: Translate, task: Task) -> str:
    some = 0 < task.units_made < task.units
    match task.status:
        case TaskStatus.COMPLETED | TaskStatus.CANCELLED if some and task.cancel_requested_at is not None:
            return t("ending-stopped-partly", made=task.units_made, asked=task.units)
        case TaskStatus.COMPLETED if some and task.error_code == "partly_blocked":
            return t("ending-partly-blocked", made=task.units_made, asked=task.units)
        case TaskStatus.COMPLETED if some:
            return t("ending-partly", made=task.units_made, asked=task.units)
        case TaskStatus.COMPLETED:
            return t("ending-completed")
        case TaskStatus.CANCELLED:
            return t("ending-cancelled")
        case TaskStatus.FAILED if task.units_made:
            return t("ending-failed-partly", made=task.units_made, asked=task.units)
        case TaskStatus.FAILED:
            return _failure(t, task.error_code, task.units)
        case TaskStatus.QUEUED | TaskStatus.RUNNING:
            raise ValueError(f"task {task.task_id} is {task.status}: it has no ending yet")


def _failure(t: Translate, error_code: str | None, asked: int) -> str:
    match error_code:
        case "expired":
            return t("ending-expired")
        case "deadline":
            return t("ending-deadline")
        case "photo_gone" | "unreadable_photo":
            return t("ending-photo")
        case "unsupported" | "picture_too_large":
            return t("ending-unsupported")
        case "unavailable":
            return t("ending-unavailable")
        case "output_blocked":
            return t("ending-blocked", asked=asked)
        case "prompt_blocked":
            return t("ending-prompt-blocked")
        case "refused_input":
            return t("ending-refused")
        case "output_spoilt":
            return t("ending-spoilt")
        case _:
            return t("ending-failed")


def money_text(t: Translate, charged: int, returned: int, left: int) -> str:
    """What was charged, what came back, and what the person has now."""
    if not returned:
        return t("ending-charged", charged=charged, left=left)
    if not charged:
        return t("ending-returned", returned=returned, left=left)
    return t("ending-both", charged=charged, returned=returned, left=left)
