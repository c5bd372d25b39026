"""Drafts of solids: a picture or words, under an id that a button can carry."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.failpoints import Write
from db.pool import Database
from repository.drafts import DraftRepository
from repository.files import File, FileRepository
from repository.users import User
from services.drafts.drafts import MAX_WORDS, SOLID_KEY_PREFIX
from services.errors import DraftNotFound, NothingToMake, PictureNotFound
from services.orders import ImageTo3DOrder, SolidParameters


class SolidDraftContent(BaseModel):
    """What the solid is made from: a picture, or words alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_id: UUID | None = None
    prompt: str = Field(default="", max_length=MAX_WORDS)
    parameters: SolidParameters
    """Written with every draft: by it they are told from the drafts of pictures (services.drafts.drafts)."""


@dataclass(frozen=True, slots=True)
class SolidDraft:
    """What is to become a solid, under an id."""

    draft_id: int
    content: SolidDraftContent

    @property
    def key(self) -> str:
        """The idempotency key of this draft's order."""
        return f"{SOLID_KEY_PREFIX}{self.draft_id}"

    def order(self) -> ImageTo3DOrder:
        """The order that it comes to, with a seed drawn at the request. Raises NothingToMake."""
        content = self.content
        if content.file_id is None and not content.prompt.strip():
            raise NothingToMake
        return ImageTo3DOrder(file_id=content.file_id, prompt=content.prompt.strip(), parameters=content.parameters)


class SolidDrafts:
    """Begins and reads drafts of solids. They lie beside the drafts of pictures, told by their shape, and never change:
    what the card says is what is ordered."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin_from_picture(self, person: User, file_id: UUID) -> SolidDraft:
        """A solid of the person's own photo or picture. Raises PictureNotFound, of a solid too."""
        await self._source(person, file_id)
        return await self._begin(person, SolidDraftContent(file_id=file_id, parameters=SolidParameters()))

    async def begin_from_words(self, person: User, prompt: str) -> SolidDraft:
        """A solid of what the words say. Raises NothingToMake."""
        if not prompt.strip():
            raise NothingToMake
        return await self._begin(person, SolidDraftContent(prompt=prompt, parameters=SolidParameters()))

    async def read(self, person: User, draft_id: int) -> SolidDraft:
        """The person's own draft of a solid. Raises DraftNotFound."""
        stored = await DraftRepository(self._db.reading).read(draft_id, person.user_id)
        if stored is None:
            raise DraftNotFound
        try:
            return SolidDraft(draft_id, SolidDraftContent.model_validate(stored))
        except ValidationError as error:  # of a picture or a pack
            raise DraftNotFound from error

    async def copy(self, person: User, draft_id: int) -> SolidDraft:
        """The same once more, to be ordered again. Raises DraftNotFound."""
        return await self._begin(person, (await self.read(person, draft_id)).content)

    async def source(self, person: User, draft: SolidDraft) -> File | None:
        """The picture that it is made from, None where it is made from words. Raises PictureNotFound."""
        return await self._source(person, draft.content.file_id) if draft.content.file_id is not None else None

    async def _begin(self, person: User, content: SolidDraftContent) -> SolidDraft:
        draft_id = await DraftRepository(self._db.writing(Write.DRAFT_BEGIN)).create(
            person.user_id, content.model_dump(mode="json")
        )
        return SolidDraft(draft_id, content)

    async def _source(self, person: User, file_id: UUID) -> File:
        file = await FileRepository(self._db.reading).get_file(file_id, person.user_id)
        if file is None or not file.is_picture:
            raise PictureNotFound
        return file
