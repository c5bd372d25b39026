"""Whose face a picture has: a new draft with one of the person's own models, or another one for the draft at hand."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.generate.composer import Composer
from bot.features.generate.keyboards import BeginPortrait
from bot.features.generate.model_keyboards import ChooseModel, ShowModels
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.drafts.drafts import DraftContent, Drafts
from services.drafts.portrait_models import PortraitModels
from services.errors import LoraNotFound


def build_router() -> Router:
    """Where models are chosen."""
    router = Router(name="choosing a model")
    router.callback_query.register(begin_portrait, BeginPortrait.filter())
    router.callback_query.register(show_models, ShowModels.filter())
    router.callback_query.register(choose_model, ChooseModel.filter())
    return router


async def begin_portrait(
    _: CallbackQuery,
    callback_data: BeginPortrait,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    portrait_models: PortraitModels,
    composer: Composer,
) -> None:
    """A draft without a photo and the styles for it."""
    model_id = callback_data.model_id
    if model_id is None:
        preferred = await portrait_models.preferred(person)
        known = [preferred] if preferred else await portrait_models.usable(person)
        if not known:
            raise LoraNotFound
        model_id = known[0].model_id
    else:
        await portrait_models.choose(person, model_id)
    place = screen.below() if callback_data.below else screen
    await composer.show_gallery(place, t, await drafts.begin(person, DraftContent(model_id=model_id)))


async def show_models(
    _: CallbackQuery,
    callback_data: ShowModels,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """Which ones there are."""
    await composer.show_models(screen, t, person, await drafts.read(person, callback_data.draft_id))


async def choose_model(
    _: CallbackQuery,
    callback_data: ChooseModel,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    portrait_models: PortraitModels,
    composer: Composer,
) -> None:
    """This one, or none."""
    if callback_data.model_id is not None:
        await portrait_models.choose(person, callback_data.model_id)
    draft = await drafts.change(person, callback_data.draft_id, model_id=callback_data.model_id)
    await composer.show(screen, t, person, draft)
