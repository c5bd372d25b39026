"""Pictures of people in the tests, and buttons that nobody gave them."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from repository.files import File
from repository.tasks import Lane, TaskStatus
from services.orders import ImageOrder, TextToImageOrder
from services.photos.photos import store_picture
from services.task_endings import Ending
from tests.integration.bot.conftest import Chat, Front, draw


async def make(
    front: Front,
    chat: Chat,
    prompt: str = "a fox",
    pictures: int = 1,
    *,
    side: int = 300,
    order: ImageOrder | None = None,
    key: str | None = None,
) -> Sequence[File]:
    """An order that was made, without a worker and for nothing; its pictures, each a pixel wider than the last."""
    house = front.house
    order = order or TextToImageOrder(prompt=prompt, style="look_1", num_images=pictures)
    await house.db.reading.execute("""UPDATE "Price" SET tokens = 0 WHERE kind <> 'upscale'""")
    task = await house.generations.request(await chat.person(), order, key or f"test:{uuid4()}")
    (task,) = await house.tasks.claim(Lane.CPU, 1)
    files = []
    for place in range(pictures):
        content = draw(side + place, side)
        files.append(await store_picture(house.storage, "outputs", content, content, side + place, side, "image/png"))
    assert await house.tasks.end(task, Ending(TaskStatus.COMPLETED, files))
    return (await house.generations.entry_of_task(chat.id, task.task_id)).files


async def file_ids(front: Front) -> list[UUID]:
    """All pictures there are, oldest first."""
    rows = await front.house.db.reading.fetch(
        """SELECT file_id FROM "File" WHERE kind = 'output' ORDER BY generation_id, position"""
    )
    return [row["file_id"] for row in rows]


async def put_button(front: Front, chat: Chat, data: str, message_id: int | None = None) -> None:
    """A button with these data under a message, the last one if none is named; its text is a question mark."""
    await front.bot.edit_message_reply_markup(
        chat_id=chat.id,
        message_id=message_id or (await chat.last())["message_id"],
        reply_markup={"inline_keyboard": [[{"text": "?", "callback_data": data}]]},  # type: ignore[arg-type]
    )


async def press_twice(front: Front, chat: Chat, text: str) -> list[dict[str, Any]]:
    """Press a button of the last message again before the bot has seen the first press; returns both answers."""
    shown = await chat.last()
    data = next(button["data"] for row in shown["buttons"] for button in row if text in button["text"])
    press = {"message_id": shown["message_id"], "data": data}
    acting = [asyncio.create_task(front.http.post(f"/sim/users/{chat.id}/press", json=press)) for _ in range(2)]
    while not all(one.done() for one in acting):
        await front.handle_pending()
        await asyncio.wait(acting, timeout=0.005)
    await front.handle_pending()
    return [dict(one.result().raise_for_status().json()) for one in acting]
