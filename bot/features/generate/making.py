"""Make and Stop: from a draft to a task."""

from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.generate.card_keyboards import Make
from bot.features.generate.composer import Composer
from bot.features.generate.keyboards import Stop, progress_keyboard
from bot.middlewares.answers import Answer
from bot.progress import progress_text
from bot.screen import Screen
from bot.texts import Translate
from repository.tasks import Task, TaskStatus
from repository.users import User
from services.drafts import Drafts
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
    composer: Composer,
    correlation_id: str,
) -> None:
    """Order the draft and show its progress; a second press finds the first order."""
    draft = await drafts.read(person, callback_data.draft_id)
    task = await generations.request(person, draft.order(), draft.key, correlation_id=correlation_id)
    if task.status.is_final:
        await answer(t.plain("already-made"))
        await composer.show(screen, t, person, await drafts.copy(person, draft.draft_id))
        return
    await show_progress(task, t, screen, answer, tasks, notifications)


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


async def show_progress(
    task: Task, t: Translate, screen: Screen, answer: Answer, tasks: Tasks, notifications: Notifications
) -> None:
    """Turn the menu message into the task's; the outbox keeps it up and takes it away at the end."""
    if await notifications.progress_message(task.task_id) is not None:
        await answer.remark(
            t.plain("already-making")
        )  # the second of two quick presses: what was pressed is gone by now
        return
    typical = await tasks.typical_seconds(task.kind, task.units)
    running = (datetime.now(UTC) - task.started_at).total_seconds() if task.started_at else 0.0
    text = progress_text(t, task.status, task.progress, running, typical)
    message_id = await screen.show(text, progress_keyboard(t, task.task_id))
    await notifications.show_progress(task.task_id, task.user_id, message_id)
    await screen.hand_over()
