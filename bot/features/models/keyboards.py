"""Under the list of models, under one of them, under the questions about it."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from bot.buttons import Open, Section, button, keyboard, menu_button
from bot.features.generate.keyboards import BeginPortrait
from bot.features.models.buttons import (
    AskDeleteModel,
    AskModelName,
    DeleteModel,
    SetDefaultModel,
    ShowModel,
    ShowModelReceipt,
    ShowModels,
    models_button,
)
from bot.features.train.buttons import AskStop, Train, TrainNew
from bot.texts import Translate
from repository.vendor_copies import CopyState
from services.models.models import ModelCard, ModelReceipt, ModelsPage, new_model_reference


def models_keyboard(t: Translate, page: ModelsPage, titles: Sequence[str], *, is_first: bool) -> InlineKeyboardMarkup:
    """One model a row, the older ones, a new one."""
    rows = [[button(title, ShowModel(model_id=card.model_id))] for card, title in zip(page.models, titles, strict=True)]
    turning = []
    if not is_first:
        turning.append(button(t.plain("button-newest-models"), ShowModels()))
    if page.cursor is not None:
        turning.append(button(t.plain("button-older"), ShowModels(before=int(page.cursor))))
    new = button(t.plain("button-new-model"), TrainNew(), "primary" if not page.models else None)
    return keyboard(*rows, turning, [new], [menu_button(t)])


def model_keyboard(t: Translate, card: ModelCard) -> InlineKeyboardMarkup:
    """What can be done with a model, by where it stands."""
    model_id = card.model_id
    making, training = [], []
    if card.is_ready:
        making.append(button(t.plain("button-model-make"), BeginPortrait(model_id=model_id), "primary"))
    if card.is_training:
        training.append(button(t.plain("button-model-refresh"), ShowModel(model_id=model_id)))
        if card.latest is not None and card.latest.task_id is not None and not card.latest.is_stopping:
            training.append(button(t.plain("button-model-stop"), AskStop(task_id=card.latest.task_id), "danger"))
    else:
        again = t.plain("button-model-retrain") if card.is_ready else t.plain("button-model-train-again")
        training.append(button(again, Train(model_id=model_id)))
    caring = [button(t.plain("button-model-rename"), AskModelName(model_id=model_id))]
    if card.is_ready and not card.is_default:
        caring.append(button(t.plain("button-model-default"), SetDefaultModel(model_id=model_id)))
    return keyboard(
        making,
        training,
        caring,
        [button(t.plain("button-model-delete"), AskDeleteModel(model_id=model_id), "danger")],
        [button(t.plain("button-back-to-models"), Open(section=Section.MODELS)), menu_button(t)],
    )


def naming_keyboard(t: Translate, model_id: int) -> InlineKeyboardMarkup:
    """The way out of the question."""
    return keyboard([button(t.plain("button-back-to-model"), ShowModel(model_id=model_id))])


def deletion_keyboard(t: Translate, model_id: int) -> InlineKeyboardMarkup:
    """No comes first: it is what a hasty finger finds."""
    yes = DeleteModel(model_id=model_id, reference=new_model_reference())
    return keyboard(
        [button(t.plain("button-model-keep"), ShowModel(model_id=model_id))],
        [button(t.plain("button-model-delete-really"), yes, "danger")],
    )


def receipt_keyboard(t: Translate, receipt: ModelReceipt) -> InlineKeyboardMarkup:
    """Under a receipt, which stays in the chat."""
    open_copies = any(fate.state is CopyState.DOOMED for fate in receipt.copies)
    check = button(t.plain("button-model-check"), ShowModelReceipt(reference=receipt.reference))
    return keyboard(
        [check] if open_copies else [],
        [models_button(t, below=True), button(t.plain("button-menu"), Open(section=Section.MENU, below=True))],
    )
