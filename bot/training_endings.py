"""What a person reads when a training has ended, and with the first portraits of a new model."""

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard
from bot.endings import money_text
from bot.features.generate.keyboards import BeginPortrait
from bot.features.models.buttons import ShowModel
from bot.features.train.buttons import Train
from bot.likeness_text import album_likeness
from bot.texts import Translate
from repository.model_versions import TrainedModel
from repository.tasks import Task, TaskStatus
from services.notifications import Delivery
from services.orders import TaskKind


def is_of_a_training(delivery: Delivery) -> bool:
    """Whether it tells of a training, or brings the samples that follow one."""
    return delivery.task.kind == TaskKind.TRAIN or delivery.trained is not None


def training_ending_text(t: Translate, delivery: Delivery) -> str:
    """What came of it, what it cost, what came back; as HTML."""
    task = delivery.task
    if task.kind != TaskKind.TRAIN:
        assert delivery.trained is not None  # a sample: see is_of_a_training
        likeness = album_likeness(t, delivery.files)
        return "\n\n".join([t("train-ending-samples", name=delivery.trained.name), *([likeness] if likeness else [])])
    parts = [_headline(t, delivery)]
    if task.status is not TaskStatus.COMPLETED and _keeps_its_model(delivery):
        parts.append(t("train-ending-kept"))
    charged = task.unit_price * task.units_made
    parts.append(money_text(t, charged, task.price - charged, delivery.person.tokens_left))
    return "\n\n".join(parts)


def training_ending_keyboard(t: Translate, delivery: Delivery) -> InlineKeyboardMarkup:
    """The ways on: to photos with the model, or to another try."""
    menu = [button(t.plain("button-menu"), Open(section=Section.MENU, below=True))]
    model_id = delivery.trained.model_id if delivery.trained is not None else None
    if delivery.task.status is not TaskStatus.COMPLETED:
        again = button(t.plain("button-train-again"), Train(model_id=model_id, below=True), "primary")
        return keyboard([again], menu)
    if model_id is None:  # deleted since
        return keyboard([button(t.plain("button-make"), Open(section=Section.GENERATE, below=True), "primary")], menu)
    making = button(t.plain("button-model-make"), BeginPortrait(model_id=model_id, below=True), "primary")
    return keyboard([making], [button(t.plain("button-train-model"), ShowModel(model_id=model_id, below=True)), *menu])


def _headline(t: Translate, delivery: Delivery) -> str:
    task = delivery.task
    match task.status:
        case TaskStatus.COMPLETED:
            return _ready(t, delivery.trained)
        case TaskStatus.CANCELLED if task.unit_price * task.units_made:
            return t("train-ending-stopped-begun")
        case TaskStatus.CANCELLED:
            return t("train-ending-stopped")
        case TaskStatus.FAILED:
            return _failure(t, task)
        case TaskStatus.QUEUED | TaskStatus.RUNNING:
            raise ValueError(f"task {task.task_id} is {task.status}: it has no ending yet")


def _ready(t: Translate, trained: TrainedModel | None) -> str:
    if trained is None:
        return t("train-ending-gone")
    if trained.version.number > 1:
        return t("train-ending-ready-anew", name=trained.name)
    return t("train-ending-ready", name=trained.name)


def _failure(t: Translate, task: Task) -> str:
    match task.error_code:
        case "expired":
            return t("train-ending-expired")
        case "deadline":
            return t("train-ending-deadline")
        case "photo_gone" | "no_input":
            return t("train-ending-photo-gone")
        case "unreadable_photo" | "refused_input" | "output_blocked" | "prompt_blocked":
            return t("train-ending-refused")
        case "output_spoilt":
            return t("train-ending-spoilt")
        case "not_served":
            return t("train-ending-not-served")
        case "unavailable" | "unsupported":
            return t("train-ending-unavailable")
        case _:
            return t("train-ending-failed")


def _keeps_its_model(delivery: Delivery) -> bool:
    """Whether an earlier training of the model is in use, and stays so."""
    trained = delivery.trained
    return trained is not None and trained.version_in_use not in (None, trained.version.version_id)
