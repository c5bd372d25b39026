"""A larger one: the sizes and their price, then an order like any other, with its progress and its Stop."""

import secrets

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.pictures.buttons import Enlarge, ShowSizes
from bot.features.pictures.captions import size_of
from bot.features.pictures.keyboards import sizes_keyboard
from bot.features.pictures.viewer import Viewer, opened, wanted_at
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from bot.usual_time import takes_about
from repository.files import File
from repository.users import User
from services.errors import NotEnoughTokens, PictureTooLarge
from services.generation import MAX_UPSCALED_SIDE, Generations, upscale_factors
from services.notifications import Notifications
from services.orders import TaskKind, UpscaleOrder
from services.tasks import Tasks

SECONDS_PER_MEGAPIXEL = 17
"""Of the source, whatever the factor, on two cores (docs/decisions/0013-upscaling-with-span.md)."""


def build_router() -> Router:
    """From the sizes to the order."""
    router = Router(name="enlarging")
    router.callback_query.register(show_sizes, ShowSizes.filter())
    router.callback_query.register(enlarge, Enlarge.filter())
    return router


async def show_sizes(
    _: CallbackQuery,
    callback_data: ShowSizes,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    generations: Generations,
) -> None:
    """How large it can get, for how much, in what time. Raises PictureTooLarge, NotSold."""
    picture = await viewer.find(screen, t, person, answer, callback_data.file_id, callback_data.origin)
    if picture is None:
        return
    if not upscale_factors(picture.file):
        raise PictureTooLarge(limit=MAX_UPSCALED_SIDE)
    price = await generations.unit_price(TaskKind.UPSCALE)
    size = size_of(picture.file.width, picture.file.height)
    lines = [
        t("sizes", size=size),
        takes_about(t, _seconds(picture.file)),
        t("sizes-balance", tokens=person.tokens_left),
    ]
    if price > person.tokens_left:
        lines.append(t("sizes-missing", missing=price - person.tokens_left))
    place, origin = opened(screen, callback_data.origin)
    keyboard = sizes_keyboard(t, picture.file, origin, price, person.tokens_left, secrets.token_urlsafe(6))
    await viewer.ask(place, t, picture, "\n\n".join(lines), keyboard, origin)


async def enlarge(
    _: CallbackQuery,
    callback_data: Enlarge,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    viewer: Viewer,
    generations: Generations,
    tasks: Tasks,
    notifications: Notifications,
    correlation_id: str,
) -> None:
    """Order it, once however often the button is pressed, and show its progress."""
    file_id, factor, origin = callback_data.file_id, callback_data.factor, callback_data.origin
    picture = await viewer.find(screen, t, person, answer, file_id, origin)
    if picture is None:
        return
    key = f"upscale:{file_id.hex}:{factor}:{callback_data.token}"
    try:
        order = UpscaleOrder(file_id=file_id, factor=factor)
        task = await generations.request(person, order, key, correlation_id=correlation_id)
    except NotEnoughTokens as error:
        missing = int(error.fields["price"]) - int(error.fields["tokens_left"])
        await answer(t.plain("enlarge-missing", missing=missing), alert=True)
        return
    if task.status.is_final:
        await answer(t.plain("already-enlarged"))
        await viewer.show(screen, t, person, picture, origin, await wanted_at(screen, origin))
    else:
        await show_task(task, t, screen, answer, tasks, notifications)


def _seconds(file: File) -> float:
    return file.width * file.height / 1_000_000 * SECONDS_PER_MEGAPIXEL
