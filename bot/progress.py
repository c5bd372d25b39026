"""The message that shows a running task: its words and its Stop button. Sent by the handlers, kept up by the outbox."""

from bot.texts import Translate
from repository.tasks import TaskStatus

BAR_CELLS = 10
_ROUND_SECONDS = 5
"""An estimate is never exact to the second, and does not pretend to be."""


def progress_text(
    t: Translate, status: TaskStatus, percent: int, running_seconds: float, typical_seconds: float | None
) -> str:
    """What the message says while a task waits or runs, as HTML.

    running_seconds count from the first claim; typical_seconds are what such tasks took of late, None where unknown.
    """
    if status is TaskStatus.QUEUED:
        return t("progress-queued")
    lines = [t("progress-running"), "", t("progress-bar", bar=_bar(percent), percent=percent)]
    remaining = _remaining(t, running_seconds, typical_seconds)
    if remaining is not None:
        lines.append(remaining)
    return "\n".join(lines)


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
