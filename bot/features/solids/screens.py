"""The card before a solid is ordered: what comes, for how much, and in what time."""

import structlog
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton

from bot.features.solids.keyboards import card_keyboard
from bot.screen import Screen
from bot.screen_picture import ScreenPictures
from bot.texts import Translate
from bot.usual_time import takes_about
from bot.words import shorten
from repository.users import User
from services.drafts.solid_drafts import SolidDraft, SolidDrafts
from services.errors import FileNotFound
from services.generation import Generations
from services.orders import TaskKind
from services.tasks import Tasks

WORDS_SHOWN = 300

_log = structlog.get_logger(__name__)


class SolidScreens:
    """Shows drafts of solids. is_preview: they are made without AI, and the card says so."""

    def __init__(
        self,
        solid_drafts: SolidDrafts,
        generations: Generations,
        tasks: Tasks,
        pictures: ScreenPictures,
        *,
        is_preview: bool,
    ) -> None:
        self._drafts = solid_drafts
        self._generations = generations
        self._tasks = tasks
        self._pictures = pictures
        self._is_preview = is_preview

    async def show_card(
        self,
        screen: Screen,
        t: Translate,
        person: User,
        draft: SolidDraft,
        back: InlineKeyboardButton,
        *,
        wanted: str | None = None,
        draft_id: int | None = None,
    ) -> None:
        """The card, under the picture that the solid is made from.

        back: to where the card was opened; wanted, draft_id: what the dialog remembers of that place.

        Raises PictureNotFound, NotSold.
        """
        source = await self._drafts.source(person, draft)
        price = await self._generations.unit_price(TaskKind.IMAGE_TO_3D)
        typical = await self._tasks.typical_seconds(TaskKind.IMAGE_TO_3D, 1)
        text = card_text(t, draft, price, person.tokens_left, typical, is_preview=self._is_preview)
        keyboard = card_keyboard(t, draft, price, person.tokens_left, back)
        if source is not None:
            try:
                picture = self._pictures.own(source)
                await screen.show(text, keyboard, picture=picture, wanted=wanted, draft_id=draft_id)
            except (FileNotFound, TelegramBadRequest) as error:  # without its picture it is a card still
                _log.warning("screen.picture_not_shown", draft_id=draft.draft_id, error=str(error))
            else:
                return
        await screen.show(text, keyboard, wanted=wanted, draft_id=draft_id)


def card_text(
    t: Translate, draft: SolidDraft, price: int, tokens_left: int, typical_seconds: float | None, *, is_preview: bool
) -> str:
    """The card as HTML. typical_seconds: what solids took of late; None where none was made yet, nothing is promised
    then."""
    blocks = [t("solid-card"), t("solid-from-picture") if draft.content.file_id else t("solid-from-words")]
    if draft.content.file_id is None:
        blocks.append(t("card-words", words=shorten(draft.content.prompt, WORDS_SHOWN)))
    if typical_seconds is not None:
        blocks.append(takes_about(t, typical_seconds))
    blocks.append(t("solid-price", price=price, tokens=tokens_left))
    if price > tokens_left:
        blocks.append(t("sizes-missing", missing=price - tokens_left))
    if is_preview:
        blocks.append(t("solid-preview"))
    return "\n\n".join(blocks)
