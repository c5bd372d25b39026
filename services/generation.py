"""Orders for pictures: the price, the request, what came of it."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, assert_never
from uuid import UUID, uuid4

from config.failpoints import Write
from db.pool import Connection, Database
from repository.catalogue import CatalogueRepository, Style, StyleGroup
from repository.files import File, FileRepository
from repository.gallery import GalleryRepository
from repository.generations import Generation, GenerationRepository
from repository.models import ModelRepository
from repository.packs import PackRepository
from repository.tasks import Lane, NewTask, Task, TaskRepository
from repository.users import User
from services.catalogue import Catalogue
from services.doorbell import Doorbell
from services.drafts.portrait_models import PortraitModels
from services.errors import (
    FileNotFound,
    LoraNotFound,
    NothingToMake,
    NotSold,
    PackNotFound,
    PictureTooLarge,
    StyleNotFound,
    TaskNotFound,
)
from services.orders import (
    DatasetOrder,
    GalleryOrder,
    ImageTo3DOrder,
    ImageToImageOrder,
    PackLook,
    TaskKind,
    TextToImageOrder,
    UpscaleOrder,
    order_hash,
    order_json,
    personal_models,
    with_seed,
)
from services.safety.prompts import Safety
from services.task_requests import announce_request, check_open_orders, hold_price, known_task, same_order

TIME_LIMIT = timedelta(minutes=10)
"""From the first claim to the end, whatever happens between."""
PACK_PICTURE_TIME = timedelta(seconds=15)
"""More for each picture of a pack."""
SOLID_TIME_LIMIT = timedelta(minutes=20)
"""Solids take minutes at every vendor."""
MAX_UPSCALED_SIDE = 4096
"""Pixels of a picture's longer side after an upscale."""
EXPIRES_IN = timedelta(hours=2)
"""The longest that an order waits for its first claim."""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """An order with its pictures."""

    generation: Generation
    files: list[File]


class Generations:
    """Takes orders for pictures and shows what came of them."""

    def __init__(self, db: Database, doorbell: Doorbell, lane: Lane, rng: random.Random) -> None:
        self._db = db
        self._catalogue = Catalogue(db)
        self._portrait_models = PortraitModels(db)
        self._doorbell = doorbell
        self._lane = lane
        self._rng = rng
        self._safety = Safety(db)

    async def styles(self) -> list[Style]:
        """The styles on offer, in their order."""
        return await CatalogueRepository(self._db.reading).get_styles()

    async def style_groups(self) -> list[StyleGroup]:
        """The groups of the styles on offer, in their order."""
        return await CatalogueRepository(self._db.reading).get_style_groups()

    async def surprise(self, other_than: str | None) -> Style | None:
        """Any style on offer but this one; None where there is no other."""
        others = [style for style in await self.styles() if style.code != other_than]
        return self._rng.choice(others) if others else None

    async def unit_price(self, kind: TaskKind) -> int:
        """What one picture of this kind costs, in tokens. Raises NotSold."""
        price = await CatalogueRepository(self._db.reading).get_price(kind.value)
        if price is None:
            raise NotSold
        return price

    async def quote(self, order: GalleryOrder) -> int:
        """What the order costs, in tokens. Raises NotSold."""
        return await self.unit_price(order.kind) * order.units

    async def request(self, person: User, order: GalleryOrder, key: str, *, correlation_id: str | None = None) -> Task:
        """Hold the price and queue the order, once per person and key.

        Asked again with the same key and order it answers with the first task. Raises NotEnoughTokens, TooManyTasks,
        KeyReused, Banned, StyleNotFound, FileNotFound, NothingToMake, NotSold, PromptRefused, LoraNotFound,
        ModelNotReady; then nothing is written.
        """
        fingerprint = order_hash(order)
        if (known := await known_task(self._db, person, key, fingerprint)) is not None:
            return known
        whole = with_seed(await self._with_looks(order), self._rng)
        await self._check(person, whole)
        unit_price = await self.unit_price(order.kind)
        task = NewTask(
            task_id=uuid4(),
            user_id=person.user_id,
            kind=order.kind.value,
            lane=self._lane,
            idempotency_key=key,
            order_hash=fingerprint,
            order_json=order_json(whole),
            unit_price=unit_price,
            units=order.units,
            time_limit=_time_limit(order),
            expires_in=EXPIRES_IN,
            correlation_id=correlation_id or uuid4().hex,
        )
        async with self._db.transaction(Write.TASK_REQUEST) as tx:
            requested = await TaskRepository(tx).add(task)
            if requested is not None:
                price = unit_price * order.units
                await hold_price(tx, person, task.task_id, price)
                await check_open_orders(tx, person)
                words, style = await self._words_of(tx, person, order)
                model_id = next(iter(personal_models(order)), None)
                if model_id is not None and not await ModelRepository(tx).lock_for_use(person.user_id, model_id):
                    raise LoraNotFound
                generation_id = await GenerationRepository(tx).start_generation(
                    person.user_id, model_id, words, task_id=task.task_id, style=style, kind=order.kind.value
                )
                if isinstance(order, DatasetOrder):
                    await PackRepository(tx).add_dataset(
                        person.user_id,
                        generation_id,
                        task.task_id,
                        pack=order.pack,
                        class_label=order.class_label,
                        noise_level=order.noise_level,
                        output_size=order.output_size,
                    )
            else:
                requested = await TaskRepository(tx).find(person.user_id, key)
        assert requested is not None  # added here, or by whoever made `add` find the key taken
        await announce_request(self._doorbell, requested)
        return same_order(requested, fingerprint)

    async def entry_of_task(self, person_id: int, task_id: UUID) -> GalleryEntry:
        """What a task brought. Raises TaskNotFound."""
        reading = self._db.reading
        generation = await GenerationRepository(reading).get_by_task(task_id)
        if generation is None or generation.user_id != person_id:
            raise TaskNotFound
        return GalleryEntry(generation, await FileRepository(reading).get_outputs(generation.generation_id))

    async def _check(self, person: User, order: GalleryOrder) -> None:
        """Refuse what is not made, or not for this person, before anything is held."""
        style: Style | None = None
        if isinstance(order, TextToImageOrder | ImageToImageOrder):
            if not order.style and not order.prompt.strip():
                raise NothingToMake
            style = await CatalogueRepository(self._db.reading).get_style(order.style) if order.style else None
            if order.style and style is None:
                raise StyleNotFound
        if isinstance(order, ImageTo3DOrder) and order.file_id is None and not order.prompt.strip():
            raise NothingToMake
        for model_id in personal_models(order):
            await self._portrait_models.choose(person, model_id)
        await self._catalogue.check(order, person.user_id)
        for file_id in order.input_files:
            file = await FileRepository(self._db.reading).get_file(file_id, person.user_id)
            if file is None or not file.is_picture:
                raise FileNotFound
            if isinstance(order, UpscaleOrder) and order.factor not in upscale_factors(file):
                raise PictureTooLarge(limit=MAX_UPSCALED_SIDE)
        await self._safety.check_prompt(order, style=style)

    async def _with_looks(self, order: GalleryOrder) -> GalleryOrder:
        """A pack with its looks as they are now, so that it is made as it was asked for. Raises PackNotFound."""
        if not isinstance(order, DatasetOrder):
            return order
        if order.pack is None:
            return order.model_copy(update={"looks": ()})
        looks = await PackRepository(self._db.reading).get_looks(order.pack)
        if not looks:
            raise PackNotFound
        return order.model_copy(
            update={"looks": tuple(PackLook(style=look.style, prompt=look.prompt) for look in looks)}
        )

    async def _words_of(self, tx: Connection, person: User, order: GalleryOrder) -> tuple[str, str | None]:
        """Words and style for the gallery; what is made of a picture keeps the words of that picture."""
        match order:
            case DatasetOrder():
                return order.class_label, None
            case TextToImageOrder() | ImageToImageOrder():
                return order.prompt, order.style
            case ImageTo3DOrder(file_id=None):
                return order.prompt, None
            case UpscaleOrder() | ImageTo3DOrder():
                source_id = order.input_files[0]
            case _:
                assert_never(order)
        source = await GalleryRepository(tx).get_picture(source_id, person.user_id)
        return (source.prompt_text, source.style) if source else ("", None)


def _time_limit(order: GalleryOrder) -> timedelta:
    match order:
        case DatasetOrder():
            return TIME_LIMIT + PACK_PICTURE_TIME * order.units
        case ImageTo3DOrder():
            return SOLID_TIME_LIMIT
        case _:
            return TIME_LIMIT


def upscale_factors(file: File) -> list[Literal[2, 4]]:
    """How many times this picture can be made as wide and high; a solid cannot."""
    if not file.is_picture:
        return []
    factors: tuple[Literal[2, 4], ...] = (2, 4)
    return [factor for factor in factors if max(file.width, file.height) * factor <= MAX_UPSCALED_SIDE]
