"""Drafts: what a person is composing, one press at a time. Read by the order, never taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from config.failpoints import Write
from db.pool import Database
from repository.drafts import DraftRepository
from repository.models import ModelRepository
from repository.users import User
from services.errors import DraftNotFound, NothingToMake
from services.orders import (
    DEFAULT_MODEL,
    DEFAULT_STEPS,
    MAX_LORAS,
    MAX_SEED,
    PORTRAIT_MODEL,
    PORTRAIT_STEPS,
    ImageOrder,
    ImageToImageOrder,
    LoraSource,
    LoraUse,
    TextToImageOrder,
)


class PictureFormat(StrEnum):
    """Shapes on offer, each with its pixels in `SIZES`."""

    SQUARE = "square"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"
    TALL = "tall"


SIZES: dict[PictureFormat, tuple[int, int]] = {
    PictureFormat.SQUARE: (1024, 1024),
    PictureFormat.PORTRAIT: (832, 1152),
    PictureFormat.LANDSCAPE: (1152, 832),
    PictureFormat.TALL: (768, 1344),
}
"""Width and height in pixels, multiples of 64 and about a megapixel each."""


class Strength(StrEnum):
    """How far a picture may go from its photo, each with its share of change in `STRENGTHS`."""

    CLOSE = "close"
    BALANCED = "balanced"
    BOLD = "bold"


STRENGTHS: dict[Strength, float] = {Strength.CLOSE: 0.35, Strength.BALANCED: 0.5, Strength.BOLD: 0.7}
"""Shares of change. The preview applies a style whole from 0.6 on, so that each step shows there too."""

MAX_WORDS = 1000
"""Characters of a description."""
MAX_EXTRA_LORAS = MAX_LORAS - 1
"""One place is the personal model's."""
KEY_PREFIX = "draft:"
"""What the idempotency key of an ordered draft begins with."""
SOLID_KEY_PREFIX = "solid:"
"""The same for the draft of a solid (services.drafts.solid_drafts)."""
_OF_OTHER_DRAFTS = frozenset({"pack", "parameters"})
"""What only the drafts of packs and of solids have: pack_drafts and solid_drafts, beside this, read those."""


class DraftContent(BaseModel):
    """The choices so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_id: UUID | None = None
    """The photo to start from; None makes pictures from words alone."""
    style: str | None = None
    prompt: str = Field(default="", max_length=MAX_WORDS)
    negative_prompt: str = Field(default="", max_length=MAX_WORDS)
    """What the picture should not show."""
    num_images: int = Field(default=1, ge=1, le=4)
    picture_format: PictureFormat = PictureFormat.SQUARE
    strength: Strength = Strength.BOLD
    """Counts only where there is a photo."""
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    """The variation that the person asked for; None draws one for each order."""
    model_id: int | None = Field(default=None, ge=1)
    """The personal model whose person the pictures show."""
    extra_loras: tuple[int, ...] = Field(default=(), max_length=MAX_EXTRA_LORAS)
    """LoRAs that the owner offers ("ExtraLora"), laid over everything else."""

    @property
    def is_enough(self) -> bool:
        """Whether these choices could be ordered: a style or words are there."""
        return bool(self.style or self.prompt.strip())


@dataclass(frozen=True, slots=True)
class Draft:
    """Choices under an id that a button can carry."""

    draft_id: int
    content: DraftContent

    @property
    def key(self) -> str:
        """The idempotency key of this draft's order."""
        return f"{KEY_PREFIX}{self.draft_id}"

    def order(self) -> ImageOrder:
        """The order that these choices come to. Raises NothingToMake without style and words."""
        content = self.content
        if not content.is_enough:
            raise NothingToMake
        width, height = SIZES[content.picture_format]
        loras = loras_of(content.model_id, content.extra_loras)
        model, steps = (PORTRAIT_MODEL, PORTRAIT_STEPS) if loras else (DEFAULT_MODEL, DEFAULT_STEPS)
        if content.file_id is None:
            return TextToImageOrder(
                prompt=content.prompt.strip(),
                negative_prompt=content.negative_prompt or None,
                style=content.style,
                num_images=content.num_images,
                width=width,
                height=height,
                steps=steps,
                seed=content.seed,
                model=model,
                loras=loras,
            )
        return ImageToImageOrder(
            file_id=content.file_id,
            prompt=content.prompt.strip(),
            negative_prompt=content.negative_prompt or None,
            strength=STRENGTHS[content.strength],
            style=content.style,
            num_images=content.num_images,
            width=width,
            height=height,
            steps=steps,
            seed=content.seed,
            model=model,
            loras=loras,
        )


def loras_of(model_id: int | None, extra_loras: Sequence[int] = ()) -> tuple[LoraUse, ...]:
    """What is laid over the base model: the personal model first, then the owner's LoRAs, each in full."""
    personal = (LoraUse(source=LoraSource.PERSONAL, id=model_id),) if model_id is not None else ()
    return (*personal, *(LoraUse(source=LoraSource.EXTRA, id=lora_id) for lora_id in extra_loras))


def draft_of_key(idempotency_key: str | None) -> int | None:
    """The draft of a picture or a solid that was ordered under this key; None where the order came from neither."""
    kind, _, draft_id = (idempotency_key or "").partition(":")
    return int(draft_id) if f"{kind}:" in (KEY_PREFIX, SOLID_KEY_PREFIX) else None


class Drafts:
    """Begins, reads and changes drafts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, person: User, content: DraftContent | None = None) -> Draft:
        """A new draft."""
        content = content or DraftContent()
        draft_id = await DraftRepository(self._db.writing(Write.DRAFT_BEGIN)).create(
            person.user_id, content.model_dump(mode="json")
        )
        return Draft(draft_id, content)

    async def begin_from_words(self, person: User, prompt: str = "") -> Draft:
        """A new draft without a photo, with the model that the person prefers."""
        model = await ModelRepository(self._db.reading).get_default(person.user_id)
        return await self.begin(person, DraftContent(prompt=prompt, model_id=model.model_id if model else None))

    async def read(self, person: User, draft_id: int) -> Draft:
        """The person's own draft. Raises DraftNotFound."""
        stored = await DraftRepository(self._db.reading).read(draft_id, person.user_id)
        if stored is None or _OF_OTHER_DRAFTS & stored.keys():
            raise DraftNotFound
        return Draft(draft_id, DraftContent.model_validate(stored))

    async def change(self, person: User, draft_id: int, **choices: object) -> Draft:
        """Make choices; returns the draft that has them: a new one where this one is already ordered.

        Raises DraftNotFound, pydantic.ValidationError.
        """
        draft = await self.read(person, draft_id)
        content = DraftContent.model_validate(draft.content.model_dump() | choices)
        drafts = DraftRepository(self._db.writing(Write.DRAFT_CHANGE))
        if await drafts.replace(draft_id, person.user_id, content.model_dump(mode="json")):
            return Draft(draft_id, content)
        return await self.begin(person, content)

    async def copy(self, person: User, draft_id: int) -> Draft:
        """The same choices as a new draft, to be ordered again. Raises DraftNotFound."""
        draft = await self.read(person, draft_id)
        return await self.begin(person, draft.content)
