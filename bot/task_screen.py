"""The menu message becomes a task's: from a press to the message that the outbox keeps up."""

from datetime import UTC, datetime

from bot.features.generate.keyboards import progress_keyboard
from bot.middlewares.answers import Answer
from bot.progress import progress_text
from bot.screen import Screen
from bot.texts import Translate
from repository.tasks import Task
from services.notifications import Notifications
from services.tasks import Tasks


async def show_task(
    task: Task, t: Translate, screen: Screen, answer: Answer, tasks: Tasks, notifications: Notifications
) -> None:
    """Turn the menu message into the task's; the outbox keeps it up and takes it away at the end.

    Of two quick presses the second finds the message of the first: what was pressed is gone by then.
    """
    if await notifications.progress_message(task.task_id) is not None:
        await answer.remark(t.plain("already-making"))
        return
    typical = await tasks.typical_seconds(task.kind, task.units)
    running = (datetime.now(UTC) - task.started_at).total_seconds() if task.started_at else 0.0
    text = progress_text(t, task.status, task.progress, running, typical, task.kind)
    message_id = await screen.show(text, progress_keyboard(t, task.task_id, task.kind))
    await notifications.show_progress(task, task.user_id, message_id)
    await screen.hand_over()
