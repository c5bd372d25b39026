"""Make and Stop: from a draft to a task."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.generate.card_keyboards import Make
from bot.features.generate.card_text import dropped_text
from bot.features.generate.composer import Composer
from bot.features.generate.keyboards import Stop
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from repository.tasks import TaskStatus
from repository.users import User
from services.drafts.drafts import Drafts
from services.drafts.extra_loras import ExtraLoras
from services.errors import LoraNotFound
from services.generation import Generations
from services.notifications import Notifications
from services.tasks import Tasks


def build_router() -> Router:
    """Where drafts become tasks."""
    router = Router(name="making")
    router.callback_query.register(make_picture, Make.filter())
    router.callback_query.register(stop_task, Stop.filter())
    return router


async def make_picture(
    _: CallbackQuery,
    callback_data: Make,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    drafts: Drafts,
    generations: Generations,
    tasks: Tasks,
    notifications: Notifications,
    extra_loras: ExtraLoras,
    composer: Composer,
    correlation_id: str,
) -> None:
    """Order the draft and show its progress; a second press finds the first order.

    Nothing is ordered without an extra LoRA that was chosen: where one is gone, the card says so first.
    """
    draft = await drafts.read(person, callback_data.draft_id)
    try:
        task = await generations.request(person, draft.order(), draft.key, correlation_id=correlation_id)
    except LoraNotFound:
        extra = await extra_loras.settle(person, draft)
        if not extra.dropped:
            raise
        await composer.show(screen, t, person, extra.draft, note=dropped_text(t, extra))
        return
    if task.status.is_final:
        await answer(t.plain("already-made"))
        await composer.show(screen, t, person, await drafts.copy(person, draft.draft_id))
        return
    await show_task(task, t, screen, answer, tasks, notifications)


async def stop_task(
    _: CallbackQuery, callback_data: Stop, person: User, t: Translate, answer: Answer, tasks: Tasks
) -> None:
    """Stop a task, and say what comes back. Its message is the outbox's to change."""
    task = await tasks.cancel(person.user_id, callback_data.task_id)
    if task.status is TaskStatus.RUNNING:
        await answer(t.plain("stopped-running"))
    elif task.status is TaskStatus.CANCELLED and not task.units_made:
        await answer(t.plain("stopped-waiting", tokens=task.price))
    else:
        await answer(t.plain("stopped-too-late"))
