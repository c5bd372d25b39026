"""Under a result: the same once more, in another style, another variation, the picture itself as the photo.

Each opens a card or the gallery at the end of the chat; the result stays. No press here spends tokens by itself.
"""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.features.generate.composer import Composer
from bot.features.generate.keyboards import Again, OtherStyle, Restyle, Vary
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.drafts.drafts import Drafts
from services.drafts.starts import Starts


def build_router() -> Router:
    """Where results become drafts."""
    router = Router(name="beginnings")
    router.callback_query.register(begin_again, Again.filter())
    router.callback_query.register(begin_with_other_style, OtherStyle.filter())
    router.callback_query.register(begin_variation, Vary.filter())
    router.callback_query.register(begin_restyle, Restyle.filter())
    return router


async def begin_again(
    _: CallbackQuery,
    callback_data: Again,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """The same choices once more, a chosen variation too."""
    await composer.show(screen.below(), t, person, await drafts.copy(person, callback_data.draft_id))


async def begin_with_other_style(
    _: CallbackQuery,
    callback_data: OtherStyle,
    person: User,
    t: Translate,
    screen: Screen,
    drafts: Drafts,
    composer: Composer,
) -> None:
    """The gallery for the same photo and words."""
    await composer.show_gallery(screen.below(), t, await drafts.copy(person, callback_data.draft_id))


async def begin_variation(
    _: CallbackQuery,
    callback_data: Vary,
    person: User,
    t: Translate,
    screen: Screen,
    starts: Starts,
    composer: Composer,
) -> None:
    """The order that this picture came from, with another variation."""
    await composer.show(screen.below(), t, person, await starts.begin_variation(person, callback_data.file_id))


async def begin_restyle(
    _: CallbackQuery,
    callback_data: Restyle,
    person: User,
    t: Translate,
    screen: Screen,
    starts: Starts,
    composer: Composer,
) -> None:
    """The gallery with this picture as the photo."""
    await composer.show_gallery(screen.below(), t, await starts.begin_restyle(person, callback_data.file_id))
