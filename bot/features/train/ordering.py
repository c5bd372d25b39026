"""What will be trained, the order, and the question before it is stopped."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.start.screens import show_menu
from bot.features.train.buttons import AskStop, OrderTraining, StopTraining
from bot.features.train.keyboards import stop_question_keyboard
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from repository.tasks import TaskStatus
from repository.users import User
from services.notifications import Notifications
from services.tasks import Tasks
from services.training.trainings import Training


def build_router() -> Router:
    """Where a set becomes a training."""
    router = Router(name="ordering a training")
    router.callback_query.register(order, OrderTraining.filter())
    router.callback_query.register(ask_stop, AskStop.filter())
    router.callback_query.register(stop, StopTraining.filter())
    return router


async def order(
    _: CallbackQuery,
    callback_data: OrderTraining,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    training: Training,
    tasks: Tasks,
    notifications: Notifications,
    correlation_id: str,
) -> None:
    """Order the training and show its progress; a second press finds the first order."""
    set_id = callback_data.set_id
    task = await training.request(person, set_id, f"training:{set_id}", correlation_id=correlation_id)
    if task.status.is_final:
        await answer(t.plain("train-already"), alert=True)
        return
    await show_task(task, t, screen, answer, tasks, notifications)


async def ask_stop(
    _: CallbackQuery,
    callback_data: AskStop,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    tasks: Tasks,
    training: Training,
) -> None:
    """What a stop costs now, and whether it is meant; below, as the training's message goes on."""
    task = await tasks.get(person.user_id, callback_data.task_id)
    if task.status.is_final:
        await answer(t.plain("stopped-too-late"))
        return
    charged = await training.cost_of_stop(task)
    question = t("train-stop-question", charged=charged, returned=task.price - charged)
    await screen.below().show(question, stop_question_keyboard(t, task.task_id))


async def stop(
    _: CallbackQuery,
    callback_data: StopTraining,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    tasks: Tasks,
) -> None:
    """Stop it. What it came to is told at its end, which comes by itself."""
    task = await tasks.cancel(person.user_id, callback_data.task_id)
    if task.status is TaskStatus.RUNNING:
        await answer(t.plain("train-stopping"))
    elif task.status is TaskStatus.CANCELLED:
        await answer(t.plain("stopped-waiting", tokens=task.price - task.unit_price * task.units_made))
    else:
        await answer(t.plain("stopped-too-late"))
    await show_menu(screen, t, person)
