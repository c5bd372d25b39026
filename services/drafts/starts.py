"""Drafts that begin from a picture that is there already: another variation of it, or another style for it."""

from uuid import UUID

from db.pool import Database
from repository.files import File, FileRepository
from repository.generations import GenerationRepository
from repository.tasks import TaskRepository
from repository.users import User
from services.drafts.drafts import Draft, DraftContent, Drafts
from services.drafts.variations import choices_of, nearest_format, order_within_pack
from services.errors import FileNotFound, NothingToVary
from services.orders import DatasetOrder, ImageOrder, ImageTo3DOrder, TrainOrder, UpscaleOrder, parse_order


class Starts:
    """Begins drafts from pictures. Spends nothing: a draft is only a card."""

    def __init__(self, db: Database, drafts: Drafts) -> None:
        self._db = db
        self._drafts = drafts

    async def photo(self, person: User, draft: Draft) -> File | None:
        """The photo that a draft starts from; None where it has none, or it is gone."""
        if draft.content.file_id is None:
            return None
        return await FileRepository(self._db.reading).get_file(draft.content.file_id, person.user_id)

    async def begin_variation(self, person: User, file_id: UUID) -> Draft:
        """The choices that brought this picture, with another seed. Raises FileNotFound, NothingToVary."""
        picture = await self._own(person, file_id)
        return await self._drafts.begin(person, choices_of(await self._order_of(person, picture)))

    async def begin_restyle(self, person: User, file_id: UUID) -> Draft:
        """This picture as the photo to start from, in its own shape, with its extra LoRAs; nothing else chosen yet.

        Raises FileNotFound, NothingToVary for a solid.
        """
        picture = await self._own(person, file_id)
        if not picture.is_picture:
            raise NothingToVary
        shape = nearest_format(picture.width, picture.height)
        content = DraftContent(
            file_id=picture.file_id, picture_format=shape, extra_loras=await self._extra_loras_of(person, picture)
        )
        return await self._drafts.begin(person, content)

    async def _extra_loras_of(self, person: User, picture: File) -> tuple[int, ...]:
        try:
            return choices_of(await self._order_of(person, picture)).extra_loras
        except NothingToVary:  # a photo, or what it was made from is gone
            return ()

    async def _own(self, person: User, file_id: UUID) -> File:
        file = await FileRepository(self._db.reading).get_file(file_id, person.user_id)
        if file is None:
            raise FileNotFound
        return file

    async def _order_of(self, person: User, picture: File) -> ImageOrder:
        """The order that made the picture; of an enlarged one, the order of the picture that it was."""
        while True:
            generation = (
                await GenerationRepository(self._db.reading).get_generation(picture.generation_id, person.user_id)
                if picture.generation_id is not None
                else None
            )
            task = (
                await TaskRepository(self._db.reading).get(generation.task_id)
                if generation is not None and generation.task_id is not None
                else None
            )
            if task is None:  # a photo, which nobody made
                raise NothingToVary
            order = parse_order(task.order_json)
            if isinstance(order, ImageTo3DOrder | TrainOrder):
                raise NothingToVary
            if isinstance(order, DatasetOrder):
                return order_within_pack(order, picture)
            if not isinstance(order, UpscaleOrder):
                return order
            source = await FileRepository(self._db.reading).get_file(order.file_id, person.user_id)
            if source is None:
                raise NothingToVary
            picture = source
