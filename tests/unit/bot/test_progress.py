"""The progress message promises only what is known."""

import pytest

from bot.progress import progress_text
from repository.tasks import TaskStatus
from tests.texts import TEXTS

t = TEXTS.bound("en")


def text(percent: int, running: float, typical: float | None, status: TaskStatus = TaskStatus.RUNNING) -> str:
    return progress_text(t, status, percent, running, typical)


def test_a_waiting_task_says_that_the_chat_may_be_closed():
    assert "You can close the chat" in text(0, 0, 20, TaskStatus.QUEUED)


@pytest.mark.parametrize(
    ("running", "typical", "expected"),
    [
        (0, 20, "About 20 seconds left"),
        (7, 20, "About 15 seconds left"),
        (0, 240, "About 4 minutes left"),
        (18, 20, "Almost done"),
        (90, 20, "Almost done"),
    ],
)
def test_the_estimate_comes_from_real_past_tasks(running: float, typical: float, expected: str):
    assert text(10, running, typical).endswith(expected)


def test_without_past_tasks_nothing_is_promised():
    assert "left" not in text(10, 5, None)


@pytest.mark.parametrize(("percent", "bar"), [(0, "▱" * 10), (47, "▰" * 4 + "▱" * 6), (100, "▰" * 10)])
def test_the_bar_fills_with_the_percent(percent: int, bar: str):
    assert f"{bar} {percent}%" in text(percent, 1, None)


@pytest.mark.parametrize(
    ("percent", "running", "expected"),
    [(10, 2, "About 20 seconds left"), (50, 40, "About 40 seconds left"), (5, 20, "About 6 minutes left")],
)
def test_the_estimate_of_an_enlargement_comes_from_its_own_pace(percent: int, running: float, expected: str):
    shown = progress_text(t, TaskStatus.RUNNING, percent, running, 7, "upscale")
    assert "Enlarging" in shown
    assert shown.endswith(expected)


def test_an_enlargement_that_has_just_begun_promises_nothing():
    assert "left" not in progress_text(t, TaskStatus.RUNNING, 3, 5, 7, "upscale")
