"""The buttons under each page of a model that is to be trained."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Open, Section, button, buy_row, in_rows, keyboard, marked, menu_button
from bot.features.train.buttons import (
    AskDiscard,
    AskName,
    AskSubject,
    AskWithdraw,
    ChooseSubject,
    ChooseTrait,
    Discard,
    GiveConsent,
    GiveUp,
    GoOn,
    OrderTraining,
    RemoveBad,
    RemovePhoto,
    ShowConsent,
    ShowPhoto,
    ShowPhotos,
    ShowSet,
    ShowTraits,
    StopTraining,
    TakeName,
    Train,
    TrainNew,
    Withdraw,
)
from bot.features.train.photos import SHEET_COLUMNS, Neighbours, bad_photos, is_bad
from bot.features.train.traits import subject_label, trait_label, traits_for
from bot.texts import Translate
from repository.training_sets import TrainingSet
from services.orders import SubjectClass
from services.training.captions import CHARACTERISTICS
from services.training.sets import JudgedPhoto, SetView
from services.training.terms import TrainingQuote

TRAITS_IN_ROW = 3


def consent_keyboard(t: Translate, model_id: int | None) -> InlineKeyboardMarkup:
    """Under what the photos are used for."""
    return keyboard(
        [button(t.plain("button-train-agree"), GiveConsent(model_id=model_id), "success")],
        [button(t.plain("button-privacy"), Open(section=Section.PRIVACY)), menu_button(t)],
    )


def card_keyboard(t: Translate, view: SetView) -> InlineKeyboardMarkup:
    """Under the live card: what can be done with what there is."""
    set_id = view.set.set_id
    bad = len(bad_photos(view))
    going_on, tidying, giving_up = [], [], []
    if view.needs.is_enough:
        going_on = [button(t.plain("button-train-continue"), GoOn(set_id=set_id), "primary")]
    if bad:
        tidying = [button(t.plain("button-train-remove-bad", count=bad), RemoveBad(set_id=set_id))]
    if view.photos:
        giving_up = [
            button(t.plain("button-train-photos"), ShowPhotos(set_id=set_id)),
            button(t.plain("button-train-anew"), AskDiscard(set_id=set_id)),
        ]
    another = [] if view.set.model_id is None else [button(t.plain("button-train-new"), TrainNew())]
    return keyboard(going_on, tidying, giving_up, [*another, menu_button(t)])


def photos_keyboard(
    t: Translate, view: SetView, shown: Sequence[JudgedPhoto], page: int, pages: int
) -> InlineKeyboardMarkup:
    """A number for each photo on the sheet, and the neighbouring sheets."""
    set_id = view.set.set_id
    numbers = [button(_number(t, photo), ShowPhoto(set_id=set_id, file_id=photo.file.file_id)) for photo in shown]
    turning = []
    if page > 0:
        turning.append(button(t.plain("button-train-before"), ShowPhotos(set_id=set_id, page=page - 1)))
    if page + 1 < pages:
        turning.append(button(t.plain("button-train-after"), ShowPhotos(set_id=set_id, page=page + 1)))
    return keyboard(*in_rows(numbers, SHEET_COLUMNS), turning, [_back_to_card(t, set_id)])


def photo_keyboard(
    t: Translate, set_id: int, photo: JudgedPhoto, beside: Neighbours, page: int
) -> InlineKeyboardMarkup:
    """Under one photo."""
    turning = [
        button(t.plain("button-train-before"), ShowPhoto(set_id=set_id, file_id=beside.before)),
        button(t.plain("button-train-after"), ShowPhoto(set_id=set_id, file_id=beside.after)),
    ]
    return keyboard(
        turning if beside.are_others else [],
        [button(t.plain("button-train-remove"), RemovePhoto(set_id=set_id, file_id=photo.file.file_id), "danger")],
        [button(t.plain("button-train-all"), ShowPhotos(set_id=set_id, page=page)), _back_to_card(t, set_id)],
    )


def discard_keyboard(t: Translate, set_id: int, model_id: int | None) -> InlineKeyboardMarkup:
    """No comes first. model_id: what the set is for, and the next one will be."""
    return keyboard(
        [button(t.plain("button-train-keep"), ShowSet(set_id=set_id))],
        [button(t.plain("button-train-discard"), Discard(set_id=set_id, model_id=model_id), "danger")],
    )


def give_up_keyboard(t: Translate, set_id: int, model_id: int | None) -> InlineKeyboardMarkup:
    """No comes first. model_id: what is trained anew instead; None: a new one is made."""
    return keyboard(
        [button(t.plain("button-train-keep"), ShowSet(set_id=set_id))],
        [button(t.plain("button-train-discard"), GiveUp(set_id=set_id, model_id=model_id), "danger")],
    )


def closed_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the words that photos have come too late."""
    return keyboard([button(t.plain("button-train"), Open(section=Section.TRAIN))], [menu_button(t)])


def subject_keyboard(t: Translate, training_set: TrainingSet) -> InlineKeyboardMarkup:
    """Whom the photos show."""
    set_id = training_set.set_id
    return keyboard(
        *(
            [
                button(
                    marked(t, subject_label(t, subject), chosen=subject == training_set.subject_class),
                    ChooseSubject(set_id=set_id, subject=subject),
                )
            ]
            for subject in SubjectClass
        ),
        [_back_to_card(t, set_id)],
    )


def traits_keyboard(t: Translate, training_set: TrainingSet, subject: SubjectClass | None) -> InlineKeyboardMarkup:
    """A button a characteristic; what has but one value shares rows with its like. A model that is there has a name."""
    set_id, said = training_set.set_id, training_set.characteristics
    rows: list[Sequence[InlineKeyboardButton]] = []
    single: list[InlineKeyboardButton] = []
    for trait in traits_for(subject):
        buttons = [
            button(
                marked(t, trait_label(t, trait, value), chosen=said.get(trait) == value),
                ChooseTrait(set_id=set_id, trait=trait, value=value),
            )
            for value in CHARACTERISTICS[trait]
        ]
        if len(buttons) == 1:
            single += buttons
        else:
            rows += in_rows(buttons, TRAITS_IN_ROW if len(buttons) <= TRAITS_IN_ROW else 2)
    going_on = t.plain("button-train-next") if said else t.plain("button-train-skip")
    return keyboard(
        *rows,
        *in_rows(single, 2),
        [button(going_on, AskName(set_id=set_id) if training_set.model_id is None else GoOn(set_id=set_id), "primary")],
        [button(t.plain("button-train-back"), AskSubject(set_id=set_id)), _back_to_card(t, set_id)],
    )


def name_keyboard(t: Translate, set_id: int, suggestion: str) -> InlineKeyboardMarkup:
    """The suggested name on a button."""
    return keyboard(
        [button(t.plain("button-train-name", name=suggestion), TakeName(set_id=set_id), "primary")],
        [button(t.plain("button-train-back"), ShowTraits(set_id=set_id)), _back_to_card(t, set_id)],
    )


def summary_keyboard(
    t: Translate, training_set: TrainingSet, quote: TrainingQuote, tokens_left: int
) -> InlineKeyboardMarkup:
    """The order, and everything that can be changed before it."""
    set_id = training_set.set_id
    order = t.plain("button-train-order-free") if quote.is_free else t.plain("button-train-order", tokens=quote.tokens)
    changing = [button(t.plain("button-train-change"), AskSubject(set_id=set_id))]
    if training_set.model_id is None:
        changing.append(button(t.plain("button-train-rename"), AskName(set_id=set_id)))
    # Who has too few tokens is led to them first: the order would only say so again.
    buying = buy_row(t, quote.tokens, tokens_left, "primary")
    return keyboard(
        buying,
        [button(order, OrderTraining(set_id=set_id, agreed=quote.tokens), None if buying else "primary")],
        changing,
        [_back_to_card(t, set_id), menu_button(t)],
    )


def stop_question_keyboard(t: Translate, task_id: UUID) -> InlineKeyboardMarkup:
    """No comes first."""
    return keyboard(
        [button(t.plain("button-train-go-on"), Open(section=Section.MENU))],
        [button(t.plain("button-train-stop"), StopTraining(task_id=task_id), "danger")],
    )


def own_consent_keyboard(t: Translate, *, given: bool) -> InlineKeyboardMarkup:
    """Under the page of the settings about photos for models."""
    doing = (
        button(t.plain("button-train-withdraw"), AskWithdraw(), "danger")
        if given
        else button(t.plain("button-train"), Train())
    )
    return keyboard(
        [doing],
        [button(t.plain("button-privacy"), Open(section=Section.PRIVACY))],
        [button(t.plain("button-settings-back"), Open(section=Section.SETTINGS)), menu_button(t)],
    )


def withdraw_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """No comes first."""
    return keyboard(
        [button(t.plain("button-train-withdraw-not"), ShowConsent())],
        [button(t.plain("button-train-withdraw-really"), Withdraw(), "danger")],
    )


def withdrawn_keyboard(t: Translate) -> InlineKeyboardMarkup:
    """Under the receipt."""
    return keyboard([button(t.plain("button-settings-back"), Open(section=Section.SETTINGS)), menu_button(t)])


def _back_to_card(t: Translate, set_id: int) -> InlineKeyboardButton:
    return button(t.plain("button-train-card"), ShowSet(set_id=set_id))


def _number(t: Translate, photo: JudgedPhoto) -> str:
    if photo.is_waiting:
        return t.plain("button-train-photo-waiting", number=photo.number)
    if is_bad(photo):
        return t.plain("button-train-photo-bad", number=photo.number)
    return t.plain("button-train-photo-good", number=photo.number)
