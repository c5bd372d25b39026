"""`/models`: the person's models, one of them, its name, its place, its end."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.buttons import Open, Section
from bot.error_text import error_text
from bot.features.models import admin, deleting
from bot.features.models.buttons import (
    AskModelName,
    SetDefaultModel,
    ShowModel,
    ShowModels,
)
from bot.features.models.keyboards import model_keyboard, models_keyboard, naming_keyboard
from bot.features.models.states import Naming
from bot.features.models.wording import model_text, row_text
from bot.features.packs.sheets import ContactSheets
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.screen_picture import PassingPicture
from bot.texts import Translate
from repository.users import User
from services.errors import BadModelName
from services.models.models import ModelCard, Models

ON_PAGE = 6


def build_router() -> Router:
    """The feature's handlers, for one dispatcher. Before those that take any words."""
    router = Router(name="models")
    router.include_routers(admin.build_router(), deleting.build_router())
    router.message.register(show_models_or_receipt, Command("models"))
    router.callback_query.register(open_models, Open.filter(F.section == Section.MODELS))
    router.callback_query.register(show_page, ShowModels.filter())
    router.callback_query.register(show_model, ShowModel.filter())
    router.callback_query.register(ask_name, AskModelName.filter())
    router.message.register(rename, Naming.name, F.text, ~F.text.startswith("/"))
    router.callback_query.register(set_default, SetDefaultModel.filter())
    return router


async def show_models_or_receipt(
    _: Message, command: CommandObject, person: User, t: Translate, screen: Screen, models: Models
) -> None:
    """The newest models; behind the command the reference of a receipt shows that. Raises ModelReceiptNotFound."""
    if command.args:
        await deleting.tell_receipt(screen, t, await models.receipt(command.args))
    else:
        await _show_page(screen, t, person, models)


async def open_models(
    _: CallbackQuery, callback_data: Open, person: User, t: Translate, screen: Screen, models: Models
) -> None:
    """The newest models."""
    await _show_page(screen.below() if callback_data.below else screen, t, person, models)


async def show_page(
    _: CallbackQuery, callback_data: ShowModels, person: User, t: Translate, screen: Screen, models: Models
) -> None:
    """A page of models, newest first."""
    await _show_page(screen, t, person, models, callback_data.before)


async def show_model(
    _: CallbackQuery,
    callback_data: ShowModel,
    person: User,
    t: Translate,
    screen: Screen,
    models: Models,
    sheets: ContactSheets,
) -> None:
    """One model: its best pictures at a glance, how good it is. Raises ModelNotFound."""
    card = await models.own(person.user_id, callback_data.model_id)
    await _show_model(screen.below() if callback_data.below else screen, t, person, models, sheets, card)


async def ask_name(
    _: CallbackQuery, callback_data: AskModelName, person: User, t: Translate, screen: Screen, models: Models
) -> None:
    """What it shall be called. Raises ModelNotFound."""
    card = await models.own(person.user_id, callback_data.model_id)
    await screen.show(
        t("model-name", name=card.name),
        naming_keyboard(t, card.model_id),
        waits_for=Naming.name,
        model_id=card.model_id,
    )


async def rename(
    message: Message,
    person: User,
    t: Translate,
    screen: Screen,
    models: Models,
    sheets: ContactSheets,
) -> None:
    """The answer to the question; after a slip the next words are a name again. Raises ModelNotFound."""
    model_id = int((await screen.remembered()).get("model_id", 0))
    try:
        card = await models.rename(person.user_id, model_id, message.text or "")
    except BadModelName as error:
        await screen.show(error_text(t, error), naming_keyboard(t, model_id), waits_for=Naming.name, model_id=model_id)
        return
    await _show_model(screen, t, person, models, sheets, card)


async def set_default(
    _: CallbackQuery,
    callback_data: SetDefaultModel,
    person: User,
    t: Translate,
    screen: Screen,
    answer: Answer,
    models: Models,
    sheets: ContactSheets,
) -> None:
    """Use it where none is chosen. Raises ModelNotFound, ModelNotReady."""
    card = await models.set_default(person.user_id, callback_data.model_id)
    await answer(t.plain("model-default-now"))
    await _show_model(screen, t, person, models, sheets, card)


async def _show_page(screen: Screen, t: Translate, person: User, models: Models, before: int | None = None) -> None:
    page = await models.list(person.user_id, limit=ON_PAGE, cursor=str(before) if before is not None else None)
    titles = [row_text(t, card) for card in page.models]
    text = t("models") if page.models else t("models-empty")
    await screen.show(text, models_keyboard(t, page, titles, is_first=before is None))


async def _show_model(
    screen: Screen, t: Translate, person: User, models: Models, sheets: ContactSheets, card: ModelCard
) -> None:
    versions = await models.versions(person.user_id, card.model_id)
    sheet = await sheets.of_pack(await models.sample_previews(person.user_id, card.model_id))
    await screen.show(
        model_text(t, card, versions), model_keyboard(t, card), picture=PassingPicture(sheet) if sheet else None
    )
