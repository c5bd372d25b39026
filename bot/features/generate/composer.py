"""The screens on which a picture is composed: gallery, description, fine tuning, card. All on one message."""

import structlog
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State
from aiogram.types import InlineKeyboardMarkup

from bot.features.generate.card_keyboards import card_keyboard
from bot.features.generate.card_text import TITLE_SHOWN, card_text, dropped_text, more_text
from bot.features.generate.extra_lora_keyboards import extra_loras_keyboard, pages_of_loras
from bot.features.generate.gallery_keyboards import shelves_keyboard, styles_keyboard
from bot.features.generate.ideas import Theme, ideas_of, themes_for
from bot.features.generate.model_keyboards import models_keyboard
from bot.features.generate.more_keyboards import more_keyboard, unwanted_keyboard, variation_keyboard
from bot.features.generate.shelves import Page, first_pages, pages_of, shelves_of
from bot.features.generate.states import Composing
from bot.features.generate.style_pictures import StylePictures
from bot.features.generate.words_keyboards import ideas_keyboard, words_keyboard
from bot.model_choice import chosen_model
from bot.screen import Screen
from bot.screen_picture import ScreenPicture, ScreenPictures
from bot.texts import Translate
from bot.words import shorten
from repository.users import User
from services.drafts.drafts import Draft
from services.drafts.extra_loras import ExtraLoraChoice, ExtraLoras
from services.drafts.portrait_models import PortraitModels
from services.drafts.starts import Starts
from services.errors import FileNotFound
from services.generation import Generations

WORDS_SHOWN = 400
"""Characters of what was said before: a caption holds 1024, and Fluent 2500 of them as HTML (a quote takes six)."""

_log = structlog.get_logger(__name__)


class Composer:
    """Shows drafts. is_preview: pictures are made without AI, and the card says so."""

    def __init__(
        self,
        generations: Generations,
        starts: Starts,
        style_pictures: StylePictures,
        screen_pictures: ScreenPictures,
        portrait_models: PortraitModels,
        extra_loras: ExtraLoras,
        *,
        is_preview: bool,
    ) -> None:
        self._generations = generations
        self._starts = starts
        self._style_pictures = style_pictures
        self._screen_pictures = screen_pictures
        self._portrait_models = portrait_models
        self._extra_loras = extra_loras
        self._is_preview = is_preview

    async def show(
        self,
        screen: Screen,
        t: Translate,
        person: User,
        draft: Draft,
        *,
        note: str | None = None,
        reply_to: int | None = None,
    ) -> None:
        """The card of a draft that could be ordered; the gallery of one that lacks style and words."""
        if not draft.content.is_enough:
            await self.show_gallery(screen, t, draft, note=note, reply_to=reply_to)
            return
        extra = await self._extra_loras.settle(person, draft)
        draft = extra.draft
        price = await self._generations.quote(draft.order())
        style = next((style for style in await self._generations.styles() if style.code == draft.content.style), None)
        models = await self._portrait_models.usable(person)
        text = card_text(
            *(t, draft, style, price, person.tokens_left),
            model=chosen_model(draft.content.model_id, models),
            extra_loras=extra.chosen,
            is_preview=self._is_preview,
            note="\n\n".join(filter(None, (note, dropped_text(t, extra)))),
        )
        await self._show(
            screen,
            text,
            card_keyboard(t, draft, price, person.tokens_left, models),
            await self._backdrop(t, person, draft),
            Composing.choosing,
            draft,
            reply_to,
        )

    async def show_gallery(
        self, screen: Screen, t: Translate, draft: Draft, *, note: str | None = None, reply_to: int | None = None
    ) -> None:
        """The shelves; a single one is opened at once."""
        pages = await self._pages()
        shelves = [shelf for _, shelf in first_pages(pages)]
        if len(shelves) == 1:
            await self.show_page(screen, t, draft, 0, note=note, reply_to=reply_to)
            return
        lines = [t("gallery") if shelves else t("gallery-empty")]
        if note:
            lines.append(note)
        picture = None
        if shelves:
            picture = self._screen_pictures.house(await self._style_pictures.overview(t.locale, shelves))
        keyboard = shelves_keyboard(t, draft, pages)
        await self._show(screen, "\n\n".join(lines), keyboard, picture, Composing.choosing, draft, reply_to)

    async def show_page(
        self,
        screen: Screen,
        t: Translate,
        draft: Draft,
        place: int,
        *,
        note: str | None = None,
        reply_to: int | None = None,
    ) -> None:
        """A shelf, or a part of a long one. place: among all pages; the last one where there are fewer."""
        pages = await self._pages()
        if not pages:
            await self.show_gallery(screen, t, draft)
            return
        place = min(place, len(pages) - 1)
        page = pages[place]
        group = page.shelf.group
        lines = [t("gallery-shelf", emoji=group.emoji, title=shorten(group.title(t.locale), TITLE_SHOWN))]
        if page.count > 1:
            lines.append(t("gallery-shelf-part", part=page.number + 1, parts=page.count))
        if note:
            lines.append(note)
        picture = self._screen_pictures.house(await self._style_pictures.page(t.locale, page))
        keyboard = styles_keyboard(t, draft, pages, place)
        await self._show(screen, "\n\n".join(lines), keyboard, picture, Composing.choosing, draft, reply_to)

    async def show_present_style(self, screen: Screen, t: Translate, draft: Draft) -> None:
        """The gallery, open where the draft's style stands."""
        chosen = draft.content.style
        for place, page in enumerate(await self._pages()):
            if any(style.code == chosen for style in page.styles):
                await self.show_page(screen, t, draft, place)
                return
        await self.show_gallery(screen, t, draft)

    async def show_words(
        self, screen: Screen, t: Translate, person: User, draft: Draft, *, problem: str | None = None
    ) -> None:
        """The request for a description; problem: what was wrong with the last one."""
        lines = [problem or t("words")]
        if draft.content.prompt:
            lines.append(t("words-before", words=shorten(draft.content.prompt, WORDS_SHOWN)))
        picture = await self._backdrop(t, person, draft)
        await self._show(screen, "\n\n".join(lines), words_keyboard(t, draft), picture, Composing.words, draft)

    async def show_ideas(self, screen: Screen, t: Translate, person: User, draft: Draft, theme: Theme | None) -> None:
        """Examples of descriptions, and how to write one's own. None: the first theme."""
        themes = themes_for(has_photo=draft.content.file_id is not None)
        theme = theme or themes[0]
        ideas = ideas_of(t, theme)
        examples = [t("idea-example", number=number, words=idea.words) for number, idea in enumerate(ideas, start=1)]
        text = "\n\n".join([t("ideas"), *examples, t("ideas-tips")])
        keyboard = ideas_keyboard(t, draft, themes, theme, ideas)
        await self._show(screen, text, keyboard, await self._backdrop(t, person, draft), Composing.words, draft)

    async def show_models(self, screen: Screen, t: Translate, person: User, draft: Draft) -> None:
        """The person's own models, of which the draft can have one."""
        models = await self._portrait_models.usable(person)
        picture = await self._backdrop(t, person, draft)
        keyboard = models_keyboard(t, draft, models)
        await self._show(screen, t("card-models"), keyboard, picture, Composing.choosing, draft)

    async def show_more(self, screen: Screen, t: Translate, person: User, draft: Draft) -> None:
        """What few people need to choose."""
        await self.show_more_with(screen, t, person, await self._extra_loras.settle(person, draft))

    async def show_more_with(self, screen: Screen, t: Translate, person: User, extra: ExtraLoraChoice) -> None:
        """The same, of a draft that is settled with its extra LoRAs."""
        draft = extra.draft
        picture = await self._backdrop(t, person, draft)
        keyboard = more_keyboard(t, draft, has_extra_loras=bool(extra.offered))
        await self._show(screen, more_text(t, extra), keyboard, picture, Composing.choosing, draft)

    async def show_extra_loras(
        self, screen: Screen, t: Translate, person: User, extra: ExtraLoraChoice, page: int
    ) -> None:
        """The owner's LoRAs, each to be switched on and off; where there are none any more, what else can be tuned."""
        if not extra.offered:
            await self.show_more_with(screen, t, person, extra)
            return
        draft, pages = extra.draft, pages_of_loras(extra.offered)
        page = min(page, len(pages) - 1)
        lines = [t("extra-loras", limit=extra.limit), dropped_text(t, extra)]
        if len(pages) > 1:
            lines.append(t("extra-loras-page", page=page + 1, pages=len(pages)))
        picture = await self._backdrop(t, person, draft)
        keyboard = extra_loras_keyboard(t, draft, pages, page)
        await self._show(screen, "\n\n".join(filter(None, lines)), keyboard, picture, Composing.choosing, draft)

    async def show_unwanted(
        self, screen: Screen, t: Translate, person: User, draft: Draft, *, problem: str | None = None
    ) -> None:
        """The question for what the picture should not show."""
        lines = [problem or t("unwanted")]
        if draft.content.negative_prompt:
            lines.append(t("unwanted-before", words=shorten(draft.content.negative_prompt, WORDS_SHOWN)))
        picture = await self._backdrop(t, person, draft)
        await self._show(screen, "\n\n".join(lines), unwanted_keyboard(t, draft), picture, Composing.unwanted, draft)

    async def show_variation(
        self, screen: Screen, t: Translate, person: User, draft: Draft, *, problem: str | None = None
    ) -> None:
        """The question for a variation's number."""
        lines = [problem or t("variation")]
        if draft.content.seed is not None:
            lines.append(t("variation-before", number=str(draft.content.seed)))
        picture = await self._backdrop(t, person, draft)
        await self._show(screen, "\n\n".join(lines), variation_keyboard(t, draft), picture, Composing.variation, draft)

    async def _backdrop(self, t: Translate, person: User, draft: Draft) -> ScreenPicture | None:
        """What the draft looks like so far: the chosen style, else the photo, else nothing.

        The same for every screen of a draft, so that going from one to another changes words and buttons alone.
        """
        for page in await self._pages():
            for style in page.styles:
                if style.code == draft.content.style:
                    banner = await self._style_pictures.banner(t.locale, style, page.shelf.group)
                    return self._screen_pictures.house(banner)
        photo = await self._starts.photo(person, draft)
        return self._screen_pictures.own(photo) if photo else None

    async def _pages(self) -> list[Page]:
        return pages_of(shelves_of(await self._generations.style_groups(), await self._generations.styles()))

    async def _show(
        self,
        screen: Screen,
        text: str,
        keyboard: InlineKeyboardMarkup,
        picture: ScreenPicture | None,
        waits_for: State,
        draft: Draft,
        reply_to: int | None = None,
    ) -> None:
        """Show a draft. Without its picture it is still a screen, and nobody's work is lost."""
        draft_id = draft.draft_id
        if picture is not None:
            try:
                await screen.show(
                    text, keyboard, picture=picture, waits_for=waits_for, reply_to=reply_to, draft_id=draft_id
                )
            except (FileNotFound, TelegramBadRequest) as error:
                _log.warning("screen.picture_not_shown", draft_id=draft_id, error=str(error))
            else:
                return
        await screen.show(text, keyboard, waits_for=waits_for, reply_to=reply_to, draft_id=draft_id)
