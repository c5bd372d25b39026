"""The message that shows a running task: its words and its Stop button. Sent by the handlers, kept up by the outbox."""

from bot.texts import Translate
from repository.tasks import TaskStatus
from services.orders import TaskKind

BAR_CELLS = 10
_ROUND_SECONDS = 5
"""An estimate is never exact to the second, and does not pretend to be."""
_ENOUGH_PERCENT = 5
"""Of an enlargement, to tell from it how long the rest takes."""

_PHOTOS_PREPARED = 3
_TRAINED = 90
"""Percent of a training's progress: before the first a vendor has not begun, from the second the model is trained."""


def progress_text(
    t: Translate,
    status: TaskStatus,
    percent: int,
    running_seconds: float,
    typical_seconds: float | None,
    kind: str = TaskKind.TEXT_TO_IMAGE,
) -> str:
    """What the message says while a task of a kind waits or runs, as HTML.

    running_seconds count from the first claim; typical_seconds are what such tasks took of late, None where unknown.
    Large pictures take many times as long to enlarge as small ones, and do so tile by tile at one pace: there the
    task's own progress tells what is left, not what other tasks took.
    """
    if status is TaskStatus.QUEUED:
        return t("progress-training-queued") if kind == TaskKind.TRAIN else t("progress-queued")
    headline = t("progress-running")
    if kind == TaskKind.UPSCALE:
        headline = t("progress-enlarging")
        typical_seconds = running_seconds * 100 / percent if percent >= _ENOUGH_PERCENT else None
    elif kind == TaskKind.IMAGE_TO_3D:
        headline = t("progress-modelling")
    elif kind == TaskKind.TRAIN:
        headline = _training_stage(t, percent)
    lines = [headline, "", t("progress-bar", bar=_bar(percent), percent=percent)]
    remaining = _remaining(t, running_seconds, typical_seconds)
    if remaining is not None:
        lines.append(remaining)
    return "\n".join(lines)


def _training_stage(t: Translate, percent: int) -> str:
    if percent < _PHOTOS_PREPARED:
        return t("progress-training-photos")
    return t("progress-training") if percent < _TRAINED else t("progress-training-registering")


def _bar(percent: int) -> str:
    full = min(max(percent, 0), 100) * BAR_CELLS // 100
    return "▰" * full + "▱" * (BAR_CELLS - full)


def _remaining(t: Translate, running_seconds: float, typical_seconds: float | None) -> str | None:
    """How long it still takes, or None where no such task was ever finished: then nothing is promised."""
    if typical_seconds is None:
        return None
    seconds = typical_seconds - running_seconds
    if seconds < _ROUND_SECONDS:
        return t("progress-almost")
    if seconds < 90:
        return t("progress-seconds", seconds=round(seconds / _ROUND_SECONDS) * _ROUND_SECONDS)
    return t("progress-minutes", minutes=round(seconds / 60))
