"""The person's packs: pages of them, each with its pictures at a glance and its ZIP."""

import base64

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot.features.packs.keyboards import SendZip, ShowMyPack, ShowMyPacks, my_pack_keyboard, my_packs_keyboard
from bot.features.packs.parcels import Parcels
from bot.features.packs.sheets import ContactSheets
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.screen_picture import PassingPicture
from bot.texts import Translate
from repository.packs import Dataset, Pack
from repository.users import User
from services.gallery.packs import Packs

ON_PAGE = 6
PREVIEWS = 9


def build_router() -> Router:
    """Where packs that were made are seen and taken away."""
    router = Router(name="own packs")
    router.callback_query.register(show_packs, ShowMyPacks.filter())
    router.callback_query.register(show_pack, ShowMyPack.filter())
    router.callback_query.register(send_zip, SendZip.filter())
    return router


async def show_packs(
    _: CallbackQuery, callback_data: ShowMyPacks, person: User, t: Translate, screen: Screen, packs: Packs
) -> None:
    """A page of packs, newest first."""
    cursor = str(callback_data.before) if callback_data.before is not None else None
    page = await packs.datasets(person, limit=ON_PAGE, cursor=cursor)
    themes = {theme.code: theme for theme in await packs.themes()}
    titles = [
        t.plain(
            "my-packs-row",
            title=_title(t, dataset, themes),
            photos=dataset.ordered_count,
            date=dataset.created_at,
        )
        for dataset in page.datasets
    ]
    text = t("my-packs") if page.datasets else t("my-packs-empty")
    await screen.show(text, my_packs_keyboard(t, page, titles, is_first=cursor is None))


async def show_pack(
    _: CallbackQuery,
    callback_data: ShowMyPack,
    person: User,
    t: Translate,
    screen: Screen,
    packs: Packs,
    sheets: ContactSheets,
) -> None:
    """One pack: its pictures at a glance, when it was made, what of it there is."""
    dataset = await packs.dataset(person, callback_data.dataset_id)
    previews = await packs.previews(person, dataset.dataset_id, count=PREVIEWS)
    sheet = await sheets.of_pack([base64.b64decode(preview) for preview in previews])
    themes = {theme.code: theme for theme in await packs.themes()}
    await screen.show(
        _words(t, dataset, themes),
        my_pack_keyboard(t, dataset),
        picture=PassingPicture(sheet) if sheet else None,
    )


async def send_zip(
    _: CallbackQuery,
    callback_data: SendZip,
    bot: Bot,
    person: User,
    t: Translate,
    answer: Answer,
    packs: Packs,
    parcels: Parcels,
) -> None:
    """Begin to send the ZIP files; a second press meanwhile sends nothing more."""
    dataset = await packs.dataset_of_task(person, callback_data.task_id)
    parts = await packs.zip_parts(person, dataset.dataset_id)
    if await parcels.send(bot, person, t, dataset, parts):
        await answer(t.plain("zip-begun", parts=len(parts)))
    else:
        await answer(t.plain("zip-under-way"))


def _words(t: Translate, dataset: Dataset, themes: dict[str, Pack]) -> str:
    lines = [
        t("my-pack", title=_title(t, dataset, themes), date=dataset.created_at),
        t("my-pack-photos", made=dataset.file_count, asked=dataset.ordered_count, pixels=str(dataset.output_size)),
    ]
    if not dataset.status.is_final:
        lines.append(t("my-pack-open"))
    elif not dataset.file_count:
        lines.append(t("my-pack-nothing"))
    return "\n\n".join(lines)


def _title(t: Translate, dataset: Dataset, themes: dict[str, Pack]) -> str:
    """The theme's name, or what the pack was called where the theme is no longer on offer."""
    theme = themes.get(dataset.pack or "")
    return f"{theme.emoji} {theme.title(t.locale)}" if theme else dataset.class_label
