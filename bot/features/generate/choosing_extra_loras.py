"""The owner's LoRAs for a draft, switched on and off one by one."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.generate.composer import Composer
from bot.features.generate.extra_lora_keyboards import ChooseExtraLora, ShowExtraLoras
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.drafts.drafts import Drafts
from services.drafts.extra_loras import ExtraLoras


def build_router() -> Router:
    """Where extra LoRAs are chosen."""
    router = Router(name="choosing extra loras")
    router.callback_query.register(show_extra_loras, ShowExtraLoras.filter())
    router.callback_query.register(choose_extra_lora, ChooseExtraLora.filter())
    return router


async def show_extra_loras(
    _: CallbackQuery,
    callback_data: ShowExtraLoras,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    extra_loras: ExtraLoras,
    composer: Composer,
) -> None:
    """Which ones there are."""
    extra = await extra_loras.settle(person, await drafts.read(person, callback_data.draft_id))
    await composer.show_extra_loras(screen, t, person, extra, callback_data.page)


async def choose_extra_lora(
    _: CallbackQuery,
    callback_data: ChooseExtraLora,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    extra_loras: ExtraLoras,
    composer: Composer,
) -> None:
    """This one too, or no more."""
    draft = await drafts.read(person, callback_data.draft_id)
    if callback_data.is_wanted:
        extra = await extra_loras.add(person, draft, callback_data.lora_id)
    else:
        extra = await extra_loras.remove(person, draft, callback_data.lora_id)
    await composer.show_extra_loras(screen, t, person, extra, callback_data.page)
