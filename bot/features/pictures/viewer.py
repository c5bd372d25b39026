"""The screen of one picture, alone or with a question about it, and what is shown where there is none."""

from uuid import UUID

from aiogram.fsm.state import State
from aiogram.types import InlineKeyboardMarkup

from bot.error_text import error_text
from bot.features.history.keyboards import empty_keyboard, nothing_found_keyboard
from bot.features.history.wanted import EVERYTHING, FAVORITES, Wanted, remembered_by, wanted_words
from bot.features.pictures.buttons import Origin
from bot.features.pictures.captions import picture_caption
from bot.features.pictures.keyboards import picture_keyboard
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.screen_picture import ScreenPictures
from bot.texts import Translate
from repository.catalogue import Style
from repository.gallery import Picture
from repository.users import User
from services.errors import FileNotFound, PictureNotFound
from services.gallery.pictures import Gallery
from services.generation import Generations


class Viewer:
    """Shows pictures of the gallery."""

    def __init__(self, gallery: Gallery, generations: Generations, screen_pictures: ScreenPictures) -> None:
        self._gallery = gallery
        self._generations = generations
        self._screen_pictures = screen_pictures

    async def show(
        self,
        screen: Screen,
        t: Translate,
        person: User,
        picture: Picture,
        origin: Origin,
        wanted: Wanted = EVERYTHING,
    ) -> None:
        """A picture with everything that can be done with it, among its neighbours that a filter leaves in."""
        turns = await self._gallery.turns(person, wanted.gallery_filter(), picture, picture)
        draft_id = await self._gallery.draft_of(person, picture)
        keyboard = picture_keyboard(t, picture, draft_id, origin, turns, is_narrowed=not wanted.is_everything)
        caption = picture_caption(t, picture, await self._style(picture), wanted)
        await self.put(screen, t, picture, caption, keyboard, wanted)

    async def show_newest(self, screen: Screen, t: Translate, person: User, wanted: Wanted = EVERYTHING) -> None:
        """The newest picture that a filter leaves in; where there is none, why, and a way on."""
        page = await self._gallery.pictures(person, wanted.gallery_filter(), limit=1)
        if page.pictures:
            await self.show(screen, t, person, page.pictures[0], Origin.GALLERY, wanted)
        elif wanted.is_everything:
            await screen.show(t("history-empty"), empty_keyboard(t))
        else:
            text = f"{t('history-nothing-found')}\n\n{wanted_words(t, wanted)}"
            if wanted == FAVORITES:
                text = t("favorites-empty")
            await screen.show(text, nothing_found_keyboard(t), wanted=wanted.packed)

    async def ask(
        self,
        screen: Screen,
        t: Translate,
        picture: Picture,
        question: str,
        keyboard: InlineKeyboardMarkup,
        origin: Origin,
        waits_for: State | None = None,
    ) -> None:
        """A question about the picture, under it; the dialog knows which picture it is about."""
        wanted = await wanted_at(screen, origin)
        await self.put(screen, t, picture, question, keyboard, wanted, waits_for=waits_for, origin=origin)

    async def find(
        self, screen: Screen, t: Translate, person: User, answer: Answer | None, file_id: UUID, origin: Origin
    ) -> Picture | None:
        """The picture that a button is about; where it is gone, that is said, and its screen turns to another one.

        None: said and shown. Raises PictureNotFound under a result, which stays as it is.
        """
        try:
            return await self._gallery.picture(person, file_id)
        except PictureNotFound as error:
            if origin is Origin.RESULT:
                raise
            if answer is not None:
                await answer(error_text(t, error), alert=True)
            await self.show_newest(screen, t, person, await wanted_at(screen, origin))
            return None

    async def put(
        self,
        screen: Screen,
        t: Translate,
        picture: Picture,
        text: str,
        keyboard: InlineKeyboardMarkup,
        wanted: Wanted,
        *,
        waits_for: State | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Words under a picture; where its bytes are gone, that is said instead.

        origin: of what the dialog waits for, which is about this picture then.
        """
        file_id = str(picture.file.file_id) if origin else None
        try:
            await screen.show(
                text,
                keyboard,
                picture=self._screen_pictures.own(picture.file),
                waits_for=waits_for,
                wanted=wanted.packed,
                file_id=file_id,
                origin=origin,
            )
        except FileNotFound:
            await screen.show(
                f"{text}\n\n{t('picture-gone')}",
                keyboard,
                waits_for=waits_for,
                wanted=wanted.packed,
                file_id=file_id,
                origin=origin,
            )

    async def _style(self, picture: Picture) -> Style | None:
        if picture.style is None:
            return None
        return next((style for style in await self._generations.styles() if style.code == picture.style), None)


def opened(screen: Screen, origin: Origin) -> tuple[Screen, Origin]:
    """Where a button's screen goes: under a result that stays, or in place; and what the buttons there say of it."""
    return (screen.below(), Origin.BELOW) if origin is Origin.RESULT else (screen, origin)


async def wanted_at(screen: Screen, origin: Origin) -> Wanted:
    """The filter of the gallery's pages; a picture under a result knows none."""
    return await remembered_by(screen) if origin is Origin.GALLERY else EVERYTHING
