"""What a training costs, what is promised of it and who trains: by the owner's catalogue, limits and settings."""

import math
from dataclasses import dataclass
from datetime import timedelta

from db.pool import Executor
from repository.catalogue import CatalogueRepository
from repository.vendor_models import VendorModel, VendorModelRepository
from services.errors import NotSold, TrainingNotOffered
from services.orders import PERSONAL_LORA, TaskKind
from services.training.places import TrainingPlaces


@dataclass(frozen=True, slots=True)
class TrainingQuote:
    """What a training comes to, before it is ordered."""

    tokens: int
    is_free: bool
    """Trained anew for nothing, as a model can be once."""
    typical_seconds: float | None
    """How long such trainings took of late; None where none was finished."""
    tokens_if_stopped: int
    """Charged where it is stopped after a vendor has begun with it; until then a stop costs nothing."""


@dataclass(frozen=True, slots=True)
class StopCost:
    """What is lost where a training is stopped now."""

    tokens: int
    """Charged of its price."""
    is_free: bool
    """It is the one that its model has for nothing."""
    is_begun: bool
    """A vendor has begun with it: from here on it is paid for, and a free one is used up."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What people are promised of every training."""

    free_retrain_hours: int
    """After a model is ready, in which it is trained anew once for nothing."""
    photo_days: int
    """Until the photos of a training are erased."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A price in equal parts, so that a training that is stopped is charged for some of them."""

    unit_price: int
    units: int
    stop_units: int

    @classmethod
    def of(cls, price: int, stop_percent: int) -> "Parts":
        """As few parts as tell the whole price from what a stop costs, both in whole tokens."""
        charged = price * min(max(stop_percent, 0), 100) // 100
        unit_price = math.gcd(price, charged)
        return cls(unit_price, price // unit_price, charged // unit_price) if unit_price else cls(0, 1, 0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a training costs whom, as far as that is known before it is asked for."""

    parts: Parts
    free_within: timedelta
    trainer: VendorModel


async def read_promises(executor: Executor) -> Promises:
    """As the owner's limits say."""
    catalogue = CatalogueRepository(executor)
    return Promises(
        free_retrain_hours=await catalogue.get_limit("free_retrain_hours") or 0,
        photo_days=await catalogue.get_limit("training_photo_days") or 0,
    )


async def read_terms(executor: Executor, places: TrainingPlaces) -> Terms:
    """As they are now. Raises TrainingNotOffered, NotSold."""
    trainer = await first_trainer(executor, places)
    catalogue = CatalogueRepository(executor)
    price = await catalogue.get_price(TaskKind.TRAIN.value)
    if price is None:
        raise NotSold
    stop_percent = await catalogue.get_limit("training_stop_percent") or 0
    free_hours = await catalogue.get_limit("free_retrain_hours") or 0
    return Terms(Parts.of(price, stop_percent), timedelta(hours=free_hours), trainer)


async def first_trainer(executor: Executor, places: TrainingPlaces) -> VendorModel:
    """The first backend of the settings that trains models which are served here. Raises TrainingNotOffered."""
    offered = {
        model.backend: model
        for model in await VendorModelRepository(executor).get_vendor_models(PERSONAL_LORA, TaskKind.TRAIN.value)
    }
    for name in places.trainers:
        if name in offered and places.can_serve(name):
            return offered[name]
    raise TrainingNotOffered
