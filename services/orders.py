"""Orders: what a person asked for, checked once, the same for the bot, the API and the workers.

An order is immutable data. It carries ids of files and codes of styles, never pixels, prices or persons.
"""

import hashlib
import random
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

MAX_SEED = 2**31 - 1
"""Largest seed that every vendor takes (a signed 32-bit integer)."""

DEFAULT_MODEL = "runware:100@1"
DEFAULT_STEPS = 20
PORTRAIT_MODEL = "runware:101@1"
"""What personal models are laid over: wherever one is served, this model is on offer with LoRAs ("VendorModel")."""
PORTRAIT_STEPS = 28
"""As its makers advise (FLUX.1 [dev]); the default model is done in far fewer."""
DEFAULT_UPSCALER = "runware:504@1"
DEFAULT_SOLID_MODEL = "tencent:hunyuan-3d@3.1-rapid"
PERSONAL_LORA = "personal-lora"
MAX_LORAS = 5


class TaskKind(StrEnum):
    """The kinds of AI work. A new kind is an order, a price and a backend method."""

    TEXT_TO_IMAGE = "text_to_image"
    IMAGE_TO_IMAGE = "image_to_image"
    UPSCALE = "upscale"
    DATASET = "dataset"
    IMAGE_TO_3D = "image_to_3d"
    TRAIN = "train"
    REGISTER = "register"
    """A step of a training, never ordered by itself: the model is made known where it will be served."""


GALLERY_KINDS = tuple(kind for kind in TaskKind if kind not in (TaskKind.TRAIN, TaskKind.REGISTER))
"""The kinds whose outputs go to the gallery."""


class SubjectClass(StrEnum):
    """Whom a personal model shows; a word of every caption. Children are none of these."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class LoraSource(StrEnum):
    """Whose LoRA it is."""

    PERSONAL = "personal"
    """A "Model" of the same person."""
    EXTRA = "extra"
    """An "ExtraLora" that the owner offers."""


class LoraUse(BaseModel):
    """A LoRA laid over the model. It is honoured, or the order is refused: never dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: LoraSource
    id: int = Field(ge=1)
    """model_id or lora_id, by the source."""
    weight: float | None = Field(default=None, ge=-4, le=4)
    """How strongly; None: a personal model in full, an extra one as its owner set it."""


class _Order(BaseModel):
    """What every order can be asked, whatever its kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def units(self) -> int:
        """Pictures that it comes to; each has the price of its kind."""
        return 1

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The files it starts from, each of the same person."""
        return ()


class _ImageOrder(_Order):
    prompt: str = Field(default="", max_length=2000)
    """What the picture should show. May be empty only where a style is chosen."""
    negative_prompt: str | None = Field(default=None, min_length=1, max_length=2000)
    """What it should not show; sent to a vendor only when given."""
    style: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,40}$")
    """Code of a row in "Style"."""
    width: int = Field(default=1024, ge=256, le=2048, multiple_of=64)
    """Pixels."""
    height: int = Field(default=1024, ge=256, le=2048, multiple_of=64)
    """Pixels."""
    steps: int = Field(default=DEFAULT_STEPS, ge=1, le=50)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    """The same order with the same seed makes the same pictures; drawn at the request where not given."""
    num_images: int = Field(default=1, ge=1, le=4)
    model: str = Field(default=DEFAULT_MODEL, min_length=1, max_length=100)
    """Code of a row in "BaseModel"."""
    loras: tuple[LoraUse, ...] = Field(default=(), max_length=MAX_LORAS)

    @property
    def units(self) -> int:
        """Pictures."""
        return self.num_images


class TextToImageOrder(_ImageOrder):
    """Pictures from words alone."""

    kind: Literal[TaskKind.TEXT_TO_IMAGE] = TaskKind.TEXT_TO_IMAGE


class ImageToImageOrder(_ImageOrder):
    """Pictures from a photo and a style or words."""

    kind: Literal[TaskKind.IMAGE_TO_IMAGE] = TaskKind.IMAGE_TO_IMAGE
    file_id: UUID
    """The photo to start from: a "File" of the same person."""
    strength: float = Field(default=0.7, gt=0, le=1)
    """Share of change: near 0 keeps the photo, 1 makes it anew."""

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The photo."""
        return (self.file_id,)


class UpscaleOrder(_Order):
    """A picture, twice or four times as wide and high."""

    kind: Literal[TaskKind.UPSCALE] = TaskKind.UPSCALE
    file_id: UUID
    """A "File" of the same person, photo or output."""
    factor: Literal[2, 4] = 2
    model: str = Field(default=DEFAULT_UPSCALER, min_length=1, max_length=100)
    """Code of a row in "BaseModel"."""

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The picture."""
        return (self.file_id,)


class SolidParameters(BaseModel):
    """How a solid is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texture: bool = True
    """Colours beside the form."""
    face_count: int | None = Field(default=None, ge=1_000, le=500_000)
    """About how many triangles; sent to a vendor only when given."""


class ImageTo3DOrder(_Order):
    """A solid (`.glb`) from a picture, or from words."""

    kind: Literal[TaskKind.IMAGE_TO_3D] = TaskKind.IMAGE_TO_3D
    file_id: UUID | None = None
    """A "File" of the same person, photo or output; without one the words say what is made."""
    prompt: str = Field(default="", max_length=1000)
    parameters: SolidParameters = SolidParameters()
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    model: str = Field(default=DEFAULT_SOLID_MODEL, min_length=1, max_length=100)
    """Code of a row in "BaseModel"."""

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The picture, where there is one."""
        return (self.file_id,) if self.file_id is not None else ()


class PackLook(BaseModel):
    """One look of a pack: a style, words, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: str | None = None
    prompt: str = ""


class DatasetOrder(_Order):
    """A pack of many photos."""

    kind: Literal[TaskKind.DATASET] = TaskKind.DATASET
    class_label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    """Who or what the photos show; a part of every picture's words."""
    noise_level: float = Field(default=0, ge=0, le=1)
    """Standard deviation of Gaussian noise added to the finished pictures, as a share of full scale."""
    output_size: int = Field(default=512, ge=256, le=2048, multiple_of=64)
    """Pixels a side."""
    num_images: int = Field(default=10, ge=1, le=100)
    pack: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,40}$")
    """Code of a row in "Pack"; without one the label alone says what is made."""
    file_id: UUID | None = None
    """The photo to start from: a "File" of the same person; without one the pictures are made from words."""
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    model: str = Field(default=DEFAULT_MODEL, min_length=1, max_length=100)
    """Code of a row in "BaseModel"."""
    loras: tuple[LoraUse, ...] = Field(default=(), max_length=MAX_LORAS)
    looks: tuple[PackLook, ...] = ()
    """The pack's looks at the time of the request: written by the service, never by who asks."""

    @property
    def units(self) -> int:
        """Pictures."""
        return self.num_images

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The photo, where there is one."""
        return (self.file_id,) if self.file_id is not None else ()

    def picture_orders(self, seed: int) -> "list[ImageOrder]":
        """The pictures one by one: the looks take turns, each picture with a seed of its own."""
        looks = self.looks or (PackLook(),)
        return [
            self._picture_order(looks[number % len(looks)], (seed + number) % (MAX_SEED + 1))
            for number in range(self.num_images)
        ]

    def _picture_order(self, look: PackLook, seed: int) -> "ImageOrder":
        prompt = ", ".join(words for words in (self.class_label, look.prompt) if words)
        if self.file_id is None:
            return TextToImageOrder(
                prompt=prompt,
                style=look.style,
                width=self.output_size,
                height=self.output_size,
                seed=seed,
                model=self.model,
                loras=self.loras,
            )
        return ImageToImageOrder(
            prompt=prompt,
            style=look.style,
            width=self.output_size,
            height=self.output_size,
            seed=seed,
            model=self.model,
            loras=self.loras,
            file_id=self.file_id,
        )


class TrainingCaption(BaseModel):
    """A photo of a training and the words that say what is to be seen on it, the trigger word among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_id: UUID
    words: str = Field(min_length=1, max_length=500)


class TrainOrder(_Order):
    """A personal model (LoRA) from a person's photos."""

    kind: Literal[TaskKind.TRAIN] = TaskKind.TRAIN
    model_id: int = Field(ge=1)
    """The "Model" that the training belongs to."""
    version: int = Field(ge=1)
    """Its how manieth training this is."""
    trigger_word: str = Field(pattern=r"^[a-z0-9]{4,32}$")
    subject_class: SubjectClass
    photos: tuple[TrainingCaption, ...] = Field(min_length=4, max_length=50)
    steps: int = Field(default=1000, ge=100, le=6000)
    model: str = Field(default=PERSONAL_LORA, min_length=1, max_length=100)
    """Code of a row in "BaseModel"."""

    @property
    def input_files(self) -> tuple[UUID, ...]:
        """The photos."""
        return tuple(photo.file_id for photo in self.photos)


class RegisterOrder(_Order):
    """A trained model, to be made known to one vendor that will serve it."""

    kind: Literal[TaskKind.REGISTER] = TaskKind.REGISTER
    backend: str
    """The vendor."""
    model_id: int = Field(ge=1)
    version: int = Field(ge=1)
    trigger_word: str
    weights_url: str
    """Where the vendor fetches the safetensors file."""
    weights_sha256: str
    """Of that file, in hexadecimal."""
    model: str = PERSONAL_LORA


ImageOrder = TextToImageOrder | ImageToImageOrder
"""An order for pictures in a style or from words."""
PictureStep = TextToImageOrder | ImageToImageOrder | UpscaleOrder | ImageTo3DOrder
"""What brings a picture or a solid, in one call."""
StepOrder = PictureStep | TrainOrder | RegisterOrder
"""What a backend is asked for, in one call."""
GalleryOrder = PictureStep | DatasetOrder
"""An order whose outputs go to the gallery."""
AnyOrder = GalleryOrder | TrainOrder
"""An order of any kind; grows with the kinds."""
Order = Annotated[AnyOrder, Field(discriminator="kind")]

_ORDER: TypeAdapter[AnyOrder] = TypeAdapter(Order)


def parse_order(stored: str | bytes) -> AnyOrder:
    """Read an order from its JSON text; raises pydantic.ValidationError where it is not one."""
    return _ORDER.validate_json(stored)


def order_json(order: AnyOrder) -> str:
    """Write an order as canonical JSON: sorted keys, nothing that was not given."""
    return orjson.dumps(order.model_dump(mode="json", exclude_none=True), option=orjson.OPT_SORT_KEYS).decode()


def order_hash(order: AnyOrder) -> bytes:
    """SHA-256 (32 bytes) of the canonical order: tells a repeated request from another one under the same key."""
    return hashlib.sha256(order_json(order).encode()).digest()


def steps_of(order: AnyOrder) -> tuple[StepOrder, ...]:
    """The calls that an order comes to, always the same ones in the same places: a pack is one a picture."""
    if isinstance(order, DatasetOrder):
        return tuple(order.picture_orders(order.seed or 0))
    return (order,)


def personal_models(order: AnyOrder) -> tuple[int, ...]:
    """The personal models that an order is made with, in its order."""
    if not isinstance(order, TextToImageOrder | ImageToImageOrder | DatasetOrder):
        return ()
    return tuple(use.id for use in order.loras if use.source is LoraSource.PERSONAL)


def with_seed(order: GalleryOrder, rng: random.Random) -> GalleryOrder:
    """The order itself where it names a seed or needs none, else the same one with a seed drawn, to be made again."""
    if isinstance(order, UpscaleOrder) or order.seed is not None:
        return order
    return order.model_copy(update={"seed": rng.randint(0, MAX_SEED)})
