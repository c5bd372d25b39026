"""What a person reads when a training has ended: what there is, what it cost, what came back."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.texts import FLUENT_TAKES
from bot.training_endings import is_of_a_training, training_ending_keyboard, training_ending_text
from repository.model_versions import ModelVersion, TrainedModel
from repository.models import ModelStatus
from repository.notifications import Notification, NotificationKind
from repository.tasks import Lane, Task, TaskStatus
from repository.users import User
from services.notifications import Delivery
from services.orders import TaskKind
from tests.texts import TEXTS

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ID = UUID(int=1)
ERROR_CODES = (
    *("expired", "deadline", "gave_up", "internal", "photo_gone", "unreadable_photo", "no_input", "unsupported"),
    *("unavailable", "refused_input", "output_spoilt", "not_served", "vendor_failed", "model_gone", "tried"),
)
PERSON = User(1, None, "Ann", None, "en", NOW, 20, 0, 10, 0, None, False, None, None, None)
TASK = Task(
    *(ID, 1, "train", Lane.TRAINING, TaskStatus.COMPLETED, b"", "{}", 125, 2, 2, 1, 0, 0, 100, NOW, NOW, NOW),
    *(None, NOW, None, "c"),
)
VERSION = ModelVersion(7, 3, 1, ID, 5, ModelStatus.READY, False, 12, "flux1", "k", 1, b"h", 1, NOW, NOW)
MODEL = TrainedModel(VERSION, 3, 1, "Me <3", 7)


def delivery(task: Task = TASK, trained: TrainedModel | None = MODEL) -> Delivery:
    notification = Notification(1, 1, ID, NotificationKind.TASK_ENDED, 1, 0, {})
    return Delivery(notification, PERSON, task, None, [], None, None, trained)


def text(told: Delivery, locale: str = "en") -> str:
    return training_ending_text(TEXTS.bound(locale), told)


def test_a_model_that_is_ready_is_named_and_paid_for():
    told = text(delivery())
    assert "“Me &lt;3” is ready!" in told
    assert told.endswith("250 tokens charged · 20 left")


def test_a_free_training_says_that_nothing_was_charged():
    free = delivery(replace(TASK, unit_price=0), replace(MODEL, version=replace(VERSION, number=2, is_free=True)))
    assert "trained anew" in text(free)
    assert "No tokens charged" in text(free)


def test_a_stop_before_a_vendor_began_costs_nothing_and_one_after_it_what_was_said():
    waiting = text(delivery(replace(TASK, status=TaskStatus.CANCELLED, units_made=0)))
    begun = text(delivery(replace(TASK, status=TaskStatus.CANCELLED, units_made=1)))
    assert waiting.endswith("250 tokens are back · you have 20 now")
    assert "as I said before" in begun
    assert begun.endswith("125 tokens charged, 125 are back · you have 20 now")


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_failure_has_its_words_and_gives_everything_back(locale: str, code: str):
    told = text(delivery(replace(TASK, status=TaskStatus.FAILED, units_made=0, error_code=code)), locale)
    assert "250" in told.splitlines()[-1]
    assert len(told) < FLUENT_TAKES


def test_a_new_training_that_failed_leaves_the_model_as_it_was_and_says_so():
    kept = replace(MODEL, version_in_use=6)
    failed = replace(TASK, status=TaskStatus.FAILED, units_made=0, error_code="internal")
    assert "stays as it was" in text(delivery(failed, kept))
    assert "stays as it was" not in text(delivery(failed, replace(MODEL, version_in_use=None)))


def test_the_first_portraits_cost_nothing():
    samples = delivery(replace(TASK, kind=TaskKind.TEXT_TO_IMAGE.value, unit_price=0, units=4, units_made=4))
    assert is_of_a_training(samples)
    assert "cost nothing" in text(samples)
    assert "charged" not in text(samples)


def test_a_failed_training_offers_another_try_and_a_ready_model_its_first_photos():
    t = TEXTS.bound("en")
    ready = training_ending_keyboard(t, delivery())
    failed = training_ending_keyboard(t, delivery(replace(TASK, status=TaskStatus.FAILED, error_code="internal")))
    assert ready.inline_keyboard[0][0].callback_data == "portrait:3:1"
    assert failed.inline_keyboard[0][0].callback_data == "train:3:1"
