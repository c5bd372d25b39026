"""What the catalogue says of an order: which vendors can honour all of it, under which names, for how much."""

import time
from collections.abc import Callable
from uuid import UUID

from db.pool import Database
from repository.vendor_models import ServedLora, VendorModel, VendorModelRepository
from services.errors import BaseModelNotFound, LoraNotFound, SizeNotMade
from services.offers import Offer, OfferedLora
from services.orders import (
    AnyOrder,
    ImageTo3DOrder,
    ImageToImageOrder,
    LoraSource,
    LoraUse,
    StepOrder,
    SubjectClass,
    TextToImageOrder,
    steps_of,
)
from services.training.captions import subject_words

FRESH_SECONDS = 5.0
"""How long a model's rows are used before they are read again: a change of the owner's is in force by then."""


class Catalogue:
    """Reads the catalogue for orders. One for each process: it keeps what it read for a moment."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._read: dict[tuple[str, str], tuple[float, list[VendorModel]]] = {}

    async def offers(self, order: StepOrder, user_id: int, task_id: UUID | None = None) -> dict[str, Offer]:
        """By backend, who can honour every part of this person's order. Where nobody can it is empty.

        task_id: what the order is a step of; it is made to its end with the training of its model that it was begun
        with. Without one, with the training that is in use.
        """
        repository = VendorModelRepository(self._db.reading)
        models = await self._models(order)
        if not isinstance(order, TextToImageOrder | ImageToImageOrder):
            prompt = order.prompt if isinstance(order, ImageTo3DOrder) else ""
            return {
                model.backend: Offer(model.backend, model.vendor_id, prompt, 0, (), model.unit_microusd)
                for model in models
            }
        served = await self._served(order.loras, user_id, task_id)
        style = await repository.get_style_words(order.style) if order.style is not None else ""
        offers: dict[str, Offer] = {}
        for model in models:
            loras = _loras_at(model, order.loras, served)
            if loras is None or not _honours(model, order):
                continue
            said = [style, order.prompt.strip()]
            whole = [*(_words_of(lora, ", ".join(said)) for lora, _ in loras), *said]
            offers[model.backend] = Offer(
                model.backend,
                model.vendor_id,
                ", ".join(part for part in whole if part),
                min(order.steps, model.max_steps),
                tuple(OfferedLora(lora.vendor_id, weight) for lora, weight in loras),
                model.unit_microusd * order.units,
                tuple(lora.trigger_words for lora, _ in loras if lora.source == LoraSource.PERSONAL),
            )
        return offers

    async def check(self, order: AnyOrder, user_id: int) -> None:
        """Refuse what no vendor of the catalogue makes, whoever is set up here.

        Raises BaseModelNotFound, SizeNotMade, LoraNotFound.
        """
        one = steps_of(order)[0]
        models = await self._models(one)
        if not models:
            raise BaseModelNotFound
        if not isinstance(one, TextToImageOrder | ImageToImageOrder):
            return
        if not any(_is_made(model, one) for model in models):
            raise SizeNotMade(
                min_side=min(model.min_side for model in models), max_side=max(model.max_side for model in models)
            )
        served = [lora for lora in await self._served(one.loras, user_id) if lora.is_offered]
        if not any(_loras_at(model, one.loras, served) is not None for model in models):
            raise LoraNotFound

    async def _models(self, order: StepOrder) -> list[VendorModel]:
        """Everywhere the order's model can be asked for it. Unknown names are not kept: anybody may invent them."""
        key = (order.model, order.kind.value)
        known = self._read.get(key)
        if known is not None and self._clock() - known[0] < FRESH_SECONDS:
            return known[1]
        read_at = self._clock()
        models = await VendorModelRepository(self._db.reading).get_vendor_models(*key)
        if models:
            self._read[key] = (read_at, models)
        return models

    async def _served(self, loras: tuple[LoraUse, ...], user_id: int, task_id: UUID | None = None) -> list[ServedLora]:
        if not loras:
            return []
        return await VendorModelRepository(self._db.reading).get_served_loras(
            user_id,
            [use.id for use in loras if use.source is LoraSource.PERSONAL],
            [use.id for use in loras if use.source is LoraSource.EXTRA],
            task_id,
        )


def _honours(model: VendorModel, order: TextToImageOrder | ImageToImageOrder) -> bool:
    return _is_made(model, order) and (order.negative_prompt is None or model.takes_negative_prompt)


def _is_made(model: VendorModel, order: TextToImageOrder | ImageToImageOrder) -> bool:
    return all(model.min_side <= side <= model.max_side for side in (order.width, order.height))


def _loras_at(
    model: VendorModel, uses: tuple[LoraUse, ...], served: list[ServedLora]
) -> list[tuple[ServedLora, float]] | None:
    """Each LoRA as this vendor serves it for this model, with its weight; None where one of them is not."""
    if len(uses) > model.max_loras:
        return None
    loras: list[tuple[ServedLora, float]] = []
    for use in uses:
        fitting = (
            lora
            for lora in served
            if (lora.source, lora.id, lora.backend, lora.architecture)
            == (use.source.value, use.id, model.backend, model.architecture)
        )
        lora = next(fitting, None)
        if lora is None:
            return None
        loras.append((lora, lora.weight if use.weight is None else use.weight))
    return loras


def _words_of(lora: ServedLora, said: str) -> str:
    """What wakes a LoRA. said: the rest of the prompt."""
    if lora.subject_class is None:
        return lora.trigger_words
    return subject_words(lora.trigger_words, SubjectClass(lora.subject_class), said)
