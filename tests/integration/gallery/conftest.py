"""A house whose people have pictures."""

from collections.abc import Sequence

import pytest_asyncio

from repository.gallery import Picture
from repository.tasks import Lane, TaskStatus
from services.gallery.pictures import Gallery
from services.orders import ImageOrder, TextToImageOrder
from services.photos.photos import store_picture
from services.task_endings import Ending
from tests.integration.heart.conftest import SmallHouse, backend, house, picture

__all__ = ["backend", "house"]


class Studio:
    """Makes whole orders without a worker."""

    def __init__(self, house: SmallHouse) -> None:
        self.house = house
        self.gallery = Gallery(house.db, house.storage)
        self._orders = 0

    async def make(
        self,
        prompt: str = "a fox",
        pictures: int = 1,
        user_id: int = 100,
        *,
        order: ImageOrder | None = None,
        key: str | None = None,
        status: TaskStatus = TaskStatus.COMPLETED,
    ) -> Sequence[Picture]:
        """The pictures of a new order, in their order; none where it fails."""
        person = await self.house.person(user_id)
        await self.house.db.reading.execute("""UPDATE "Price" SET tokens = 0""")
        self._orders += 1
        order = order or TextToImageOrder(prompt=prompt, num_images=pictures)
        task = await self.house.generations.request(person, order, key=key or f"order {self._orders}")
        (task,) = await self.house.tasks.claim(Lane.CPU, 1)
        made = [picture(self._orders * 10 + place) for place in range(pictures if status.value == "completed" else 0)]
        files = [
            await store_picture(self.house.storage, "outputs", p.content, b"thumb", 64, 64, "image/jpeg") for p in made
        ]
        code = None if status is TaskStatus.COMPLETED else "internal"
        assert await self.house.tasks.end(task, Ending(status, files, code))
        entry = await self.house.generations.entry_of_task(user_id, task.task_id)
        return [await self.gallery.picture(person, file.file_id) for file in entry.files]


@pytest_asyncio.fixture
async def studio(house: SmallHouse) -> Studio:
    return Studio(house)
