"""`/admin_models`: how training goes. Whoever is no admin meets the silence of the fallback."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.access import is_admin
from bot.likeness_text import percent
from bot.texts import Translate
from repository.model_statistics import NewestTraining
from repository.models import ModelStatus
from services.models.statistics import ModelReport, ModelStatistics

_SIGNS = {ModelStatus.TRAINING: "⏳", ModelStatus.READY: "✅", ModelStatus.ERROR: "❌"}


def build_router() -> Router:
    """The handler, for one dispatcher."""
    router = Router(name="admin models")
    router.message.register(show_statistics, Command("admin_models"), is_admin)
    return router


async def show_statistics(message: Message, t: Translate, model_statistics: ModelStatistics) -> None:
    """Models by where they stand, trainings of a week, the newest ones, what lies at vendors."""
    await message.answer(statistics_text(t, await model_statistics.report()))


def statistics_text(t: Translate, report: ModelReport) -> str:
    """The report as a message."""
    models, trainings, copies = report.models, report.trainings, report.copies
    share = report.success_share
    week = [
        t(
            "admin-models-week",
            asked=trainings.asked,
            ready=trainings.ready,
            failed=trainings.failed,
            share=f"{percent(share)} %" if share is not None else "–",
        )
    ]
    if trainings.typical_seconds is not None:
        week.append(t("admin-models-took", minutes=max(round(trainings.typical_seconds / 60), 1)))
    if trainings.likeness is not None:
        likeness = percent(trainings.likeness)
        week.append(t("admin-models-likeness", percent=likeness, pictures=trainings.pictures))
    blocks = [
        t(
            "admin-models",
            ready=models.get(ModelStatus.READY, 0),
            training=models.get(ModelStatus.TRAINING, 0),
            failed=models.get(ModelStatus.ERROR, 0),
        ),
        "\n".join(week),
    ]
    if copies:
        blocks.append(
            t(
                "admin-models-copies",
                kept=copies.get("kept", 0),
                doomed=copies.get("doomed", 0),
                deleted=copies.get("deleted", 0),
                stays=copies.get("stays", 0),
            )
        )
    if report.newest:
        blocks.append("\n".join([t("admin-models-newest"), *(_line(t, training) for training in report.newest)]))
    return "\n\n".join(blocks)


def _line(t: Translate, training: NewestTraining) -> str:
    likeness = f"{percent(training.likeness)} %" if training.likeness is not None else "–"
    return t(
        "admin-models-line",
        sign=_SIGNS[training.status],
        date=training.created_at,
        person=str(training.user_id),
        number=str(training.number),
        photos=training.photos,
        likeness=likeness,
    )
