"""What a person reads at the end: what there is, what it cost, what came back."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.endings import ending_text
from repository.files import File
from repository.notifications import Notification, NotificationKind
from repository.tasks import Lane, Task, TaskStatus
from repository.users import User
from services.notifications import Delivery
from services.orders import TaskKind
from tests.texts import TEXTS
from tests.unit.bot.test_buttons import file

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ID = UUID(int=1)
ERROR_CODES = (
    *("expired", "deadline", "gave_up", "internal", "photo_gone", "unreadable_photo", "no_input", "unsupported"),
    *("unavailable", "output_blocked", "prompt_blocked", "refused_input", "output_spoilt", "nothing_made"),
    *("picture_too_large", "vendor_failed", "vendor_timeout", "rate_limited", "unreachable", "wrong_key"),
)


def ending(
    status: TaskStatus,
    made: int,
    asked: int = 2,
    error_code: str | None = None,
    stopped: bool = False,
    locale: str = "en",
    kind: str = "text_to_image",
    files: tuple[File, ...] = (),
) -> str:
    person = User(1, None, "Ann", None, locale, NOW, 20, 0, 10, 0, None, False, None, None, None)
    task = Task(
        task_id=ID,
        user_id=1,
        kind=kind,
        lane=Lane.CPU,
        status=status,
        order_hash=b"",
        order_json="{}",
        unit_price=5,
        units=asked,
        units_made=made,
        attempt=1,
        crash_count=0,
        failure_count=0,
        progress=50,
        created_at=NOW,
        started_at=NOW,
        deadline_at=NOW,
        cancel_requested_at=NOW if stopped else None,
        finished_at=NOW,
        error_code=error_code,
        correlation_id="c",
    )
    notification = Notification(1, 1, ID, NotificationKind.TASK_ENDED, 1, 0, {})
    return ending_text(TEXTS.bound(locale), Delivery(notification, person, task, None, [*files], None, None))


def test_everything_made():
    assert ending(TaskStatus.COMPLETED, 2) == "✨ <b>Here you are!</b>\n\n10 tokens charged · 20 left"


def test_stopped_with_some_made_says_what_was_charged_and_what_came_back():
    text = ending(TaskStatus.COMPLETED, 1, error_code="partial", stopped=True)
    assert "Stopped" in text
    assert "1 of 2 were ready in time" in text
    assert text.endswith("5 tokens charged, 5 are back · you have 20 now")


def test_some_that_did_not_work_out_are_owned_up_to():
    text = ending(TaskStatus.COMPLETED, 1, error_code="partial")
    assert "1 of 2 made" in text
    assert "Stopped" not in text


def test_cancelled_before_anything_was_made_gives_everything_back():
    assert ending(TaskStatus.CANCELLED, 0, stopped=True).endswith("10 tokens are back · you have 20 now")


@pytest.mark.parametrize(
    ("error_code", "words"),
    [
        ("expired", "Your turn did not come"),
        ("deadline", "It took too long"),
        ("photo_gone", "The photo could not be opened"),
        ("unsupported", "can’t be made right now"),
        ("nothing_made", "Something failed on our side"),
        ("vendor_failed", "Something failed on our side"),
        ("unavailable", "Not right now"),
        ("output_blocked", "They did not pass our safety check, and their tokens are back"),
        ("prompt_blocked", "Please put it in other words"),
        ("refused_input", "could not take this photo or these words"),
        ("output_spoilt", "could not be opened, so I am not sending it"),
        (None, "Something failed on our side"),
    ],
)
def test_a_failure_says_why_what_to_do_and_what_came_back(error_code: str | None, words: str):
    text = ending(TaskStatus.FAILED, 0, error_code=error_code)
    assert words in text
    assert "10 tokens are back" in text


def test_some_that_are_held_back_are_told_of_with_those_that_came():
    text = ending(TaskStatus.COMPLETED, 1, error_code="partly_blocked")
    assert "1 of 2 made" in text
    assert "did not pass our safety check and are not shown; their tokens are back" in text
    assert text.endswith("5 tokens charged, 5 are back · you have 20 now")


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("kind", list(TaskKind))
@pytest.mark.parametrize("error_code", ERROR_CODES)
def test_no_ending_shows_a_raw_code(locale: str, kind: str, error_code: str):
    text = ending(TaskStatus.FAILED, 0, error_code=error_code, kind=kind, locale=locale)
    assert error_code not in text
    assert "_" not in text
    assert text.count("<b>") == 1


def test_a_single_picture_that_is_held_back_is_not_spoken_of_as_several():
    text = ending(TaskStatus.FAILED, 0, asked=1, error_code="output_blocked", locale="ru")
    assert "Она не прошла нашу проверку" in text


def test_a_figure_says_that_its_file_follows():
    text = ending(TaskStatus.COMPLETED, 1, asked=1, kind="image_to_3d", files=(file(768),))
    assert "Your 3D figure is ready" in text
    assert "right below" in text


def test_a_figure_that_is_too_heavy_for_telegram_says_how_heavy_and_where_it_is():
    heavy = replace(file(768), size_bytes=63 * 1024 * 1024)
    text = ending(TaskStatus.COMPLETED, 1, asked=1, kind="image_to_3d", files=(heavy,))
    assert "63 MB" in text
    assert "right below" not in text


@pytest.mark.parametrize(
    ("error_code", "words"),
    [
        ("photo_gone", "Nothing to make the figure from"),
        ("output_blocked", "did not pass our safety check"),
        ("prompt_blocked", "No figure is made of this"),
        ("refused_input", "No figure is made of this"),
        ("output_spoilt", "came out broken"),
        ("unavailable", "Not right now"),
        ("expired", "Your turn did not come"),
        ("deadline", "The figure took longer"),
        ("internal", "The figure did not work out"),
        (None, "The figure did not work out"),
    ],
)
def test_a_figure_that_failed_says_why_and_what_came_back(error_code: str | None, words: str):
    text = ending(TaskStatus.FAILED, 0, asked=1, error_code=error_code, kind="image_to_3d")
    assert words in text
    assert "style" not in text
    assert "5 tokens are back" in text


def test_a_figure_that_was_stopped_gives_everything_back():
    text = ending(TaskStatus.CANCELLED, 0, asked=1, stopped=True, kind="image_to_3d")
    assert "Stopped" in text
    assert "5 tokens are back" in text


def test_russian_money_agrees_in_number():
    assert ending(TaskStatus.COMPLETED, 1, asked=1, locale="ru").endswith("Списано 5 токенов · осталось 20")


@pytest.mark.parametrize("status", [TaskStatus.QUEUED, TaskStatus.RUNNING])
def test_a_task_that_goes_on_has_no_ending(status: TaskStatus):
    with pytest.raises(ValueError, match="no ending yet"):
        ending(status, 0)


def test_an_enlarged_picture_says_how_large_it_is_and_how_to_get_all_of_it():
    text = ending(TaskStatus.COMPLETED, 1, asked=1, kind="upscale", files=(file(2048),))
    assert "Enlarged to 2048 × 2048" in text
    assert "As a file" in text


@pytest.mark.parametrize(
    ("error_code", "words"),
    [("photo_gone", "Nothing to enlarge"), (None, "could not be enlarged"), ("deadline", "It took too long")],
)
def test_what_could_not_be_enlarged_is_not_told_to_try_another_style(error_code: str | None, words: str):
    text = ending(TaskStatus.FAILED, 0, asked=1, error_code=error_code, kind="upscale")
    assert words in text
    assert "style" not in text
    assert "5 tokens are back" in text
