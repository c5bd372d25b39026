"""Drafts of packs: theme, photo, how many and how large, under an id that a button can carry."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.failpoints import Write
from db.pool import Database
from repository.drafts import DraftRepository
from repository.users import User
from services.drafts.drafts import loras_of
from services.errors import DraftNotFound, FileNotFound
from services.orders import DEFAULT_MODEL, PORTRAIT_MODEL, DatasetOrder

NUMBERS = (5, 10, 20, 40)
"""Photos of a pack, as offered; the smallest fits the tokens of a newcomer."""
SIZES = (512, 768, 1024)
"""Pixels a side, as offered."""


class PackDraftContent(BaseModel):
    """The choices so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    class_label: str = Field(min_length=1, max_length=100)
    """Kept from the beginning: an order must stay the same when the person changes the language."""
    file_id: UUID | None = None
    """The photo; without one and without a personal model there is nothing to order yet."""
    model_id: int | None = Field(default=None, ge=1)
    """The personal model whose person the photos show."""
    num_images: int = Field(default=10, ge=1, le=100)
    output_size: int = Field(default=1024, ge=256, le=2048, multiple_of=64)


@dataclass(frozen=True, slots=True)
class PackDraft:
    """Choices under an id."""

    KEY_PREFIX: ClassVar[str] = "pack:"

    draft_id: int
    content: PackDraftContent

    @property
    def key(self) -> str:
        """The idempotency key of this draft's order."""
        return f"{self.KEY_PREFIX}{self.draft_id}"

    def order(self) -> DatasetOrder:
        """The order that these choices come to. Raises FileNotFound without a photo and a personal model."""
        content = self.content
        if content.file_id is None and content.model_id is None:
            raise FileNotFound
        loras = loras_of(content.model_id)
        return DatasetOrder(
            class_label=content.class_label,
            pack=content.pack,
            file_id=content.file_id,
            num_images=content.num_images,
            output_size=content.output_size,
            model=PORTRAIT_MODEL if loras else DEFAULT_MODEL,
            loras=loras,
        )


class PackDrafts:
    """Begins, reads and changes drafts of packs. They lie beside the drafts of single pictures, told by their shape."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, person: User, content: PackDraftContent) -> PackDraft:
        """A new draft."""
        draft_id = await DraftRepository(self._db.writing(Write.DRAFT_BEGIN)).create(
            person.user_id, content.model_dump(mode="json")
        )
        return PackDraft(draft_id, content)

    async def read(self, person: User, draft_id: int) -> PackDraft:
        """The person's own draft of a pack. Raises DraftNotFound."""
        stored = await DraftRepository(self._db.reading).read(draft_id, person.user_id)
        if stored is None:
            raise DraftNotFound
        try:
            return PackDraft(draft_id, PackDraftContent.model_validate(stored))
        except ValidationError as error:  # of a single picture
            raise DraftNotFound from error

    async def change(self, person: User, draft_id: int, **choices: object) -> PackDraft:
        """Make choices; returns the draft that has them: a new one where this one is already ordered.

        Raises DraftNotFound, pydantic.ValidationError.
        """
        draft = await self.read(person, draft_id)
        content = PackDraftContent.model_validate(draft.content.model_dump() | choices)
        drafts = DraftRepository(self._db.writing(Write.DRAFT_CHANGE))
        if await drafts.replace(draft_id, person.user_id, content.model_dump(mode="json")):
            return PackDraft(draft_id, content)
        return await self.begin(person, content)

    async def copy(self, person: User, draft_id: int) -> PackDraft:
        """The same choices as a new draft, to be ordered again. Raises DraftNotFound."""
        draft = await self.read(person, draft_id)
        return await self.begin(person, draft.content)
