"""Buttons of a model that is to be trained. They carry ids, never what is charged."""

from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.orders import SubjectClass

SetId = Annotated[int, Field(ge=1, le=2**63 - 1)]
ModelId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Code = Annotated[str, Field(pattern=r"^[a-z_]{1,16}$")]
"""Of services.training.captions.CHARACTERISTICS."""


class Train(CallbackData, prefix="train"):
    """Go on collecting photos, or collect for a model that is trained anew; below: under a message that stays."""

    model_id: ModelId | None = None
    below: bool = False


class TrainNew(CallbackData, prefix="tr-fresh"):
    """Collect photos for a new model, whatever they were collected for."""


class GiveConsent(CallbackData, prefix="tr-yes"):
    """The person agrees, and goes on to the photos."""

    model_id: ModelId | None = None


class ShowSet(CallbackData, prefix="tr-set"):
    """The card of the set."""

    set_id: SetId


class RemoveBad(CallbackData, prefix="tr-bad"):
    """Remove every photo that will not do."""

    set_id: SetId


class ShowPhotos(CallbackData, prefix="tr-all"):
    """A page of the photos on one sheet, from 0."""

    set_id: SetId
    page: Annotated[int, Field(ge=0, le=99)] = 0


class ShowPhoto(CallbackData, prefix="tr-one"):
    """One photo, and what is thought of it."""

    set_id: SetId
    file_id: UUID


class RemovePhoto(CallbackData, prefix="tr-del"):
    """Remove one photo."""

    set_id: SetId
    file_id: UUID


class AskDiscard(CallbackData, prefix="tr-new"):
    """Ask whether everything is to be given up."""

    set_id: SetId


class Discard(CallbackData, prefix="tr-drop"):
    """Erase the set with all its photos, and begin anew: for a new model, or for the one named."""

    set_id: SetId
    model_id: ModelId | None = None


class GiveUp(CallbackData, prefix="tr-other"):
    """Give the set up for a new model, or for the one named: what came for it is erased."""

    set_id: SetId
    model_id: ModelId | None = None


class AskSubject(CallbackData, prefix="tr-who"):
    """Whom the photos show."""

    set_id: SetId


class ChooseSubject(CallbackData, prefix="tr-sub"):
    """A woman, a man, another."""

    set_id: SetId
    subject: SubjectClass


class ShowTraits(CallbackData, prefix="tr-look"):
    """What stays the same on every photo."""

    set_id: SetId


class ChooseTrait(CallbackData, prefix="tr-is"):
    """Say it of a trait, or take it back where it was said."""

    set_id: SetId
    trait: Code
    value: Code


class AskName(CallbackData, prefix="tr-name"):
    """What the model is called."""

    set_id: SetId


class TakeName(CallbackData, prefix="tr-mine"):
    """The name that was suggested."""

    set_id: SetId


class GoOn(CallbackData, prefix="tr-on"):
    """The photos are enough: what is not known yet is asked for, then comes the summary with the price."""

    set_id: SetId


class OrderTraining(CallbackData, prefix="tr-go"):
    """Train, for no more than stood above the button."""

    set_id: SetId
    agreed: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """Tokens. A bound that the person sets, not the price: that is the catalogue's."""


class AskStop(CallbackData, prefix="tr-stop"):
    """Ask whether the training is to be stopped, and say what it costs."""

    task_id: UUID


class StopTraining(CallbackData, prefix="tr-halt"):
    """Stop the training."""

    task_id: UUID


class ShowConsent(CallbackData, prefix="tr-leave"):
    """Whether the photos may be used, and the way to take that back."""


class AskWithdraw(CallbackData, prefix="tr-no"):
    """Ask whether the leave is really taken back."""


class Withdraw(CallbackData, prefix="tr-nono"):
    """Take it back."""
