"""What will be trained, the order, and the question before it is stopped."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.error_text import error_text
from bot.features.start.screens import show_menu
from bot.features.train.buttons import AskStop, OrderTraining, StopTraining
from bot.features.train.keyboards import stop_question_keyboard
from bot.features.train.screens import TrainingScreens
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.task_screen import show_task
from bot.texts import Translate
from repository.tasks import TaskStatus
from repository.users import User
from services.errors import TrainingCostsMore
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
    training_screens: TrainingScreens,
    correlation_id: str,
) -> None:
    """Order the training and show its progress; a second press finds the first order.

    Where it has come to cost more than the button said, the summary is shown with what it costs now.
    """
    set_id, agreed = callback_data.set_id, callback_data.agreed
    try:
        task = await training.request(
            person, set_id, f"training:{set_id}", agreed=agreed, correlation_id=correlation_id
        )
    except TrainingCostsMore as error:
        await answer(error_text(t, error), alert=True)
        await training_screens.show_summary(screen, t, person, set_id)
        return
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
    cost = await training.cost_of_stop(task)
    if not cost.is_free:
        question = t("train-stop-question", charged=cost.tokens, returned=task.price - cost.tokens)
    elif cost.is_begun:
        question = t("train-stop-question-free-begun")
    else:
        question = t("train-stop-question-free-waiting")
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
