"""The screens on which a picture is composed: gallery, description, card."""

from bot.features.generate.keyboards import card_keyboard, gallery_keyboard, pages_of, words_keyboard
from bot.features.generate.states import Composing
from bot.screen import Screen
from bot.texts import Translate
from repository.catalogue import Style
from repository.users import User
from services.drafts import Draft
from services.generation import Generations


class Composer:
    """Shows drafts. is_preview: pictures are made without AI, and the card says so."""

    def __init__(self, generations: Generations, *, is_preview: bool) -> None:
        self._generations = generations
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
        if draft.content.style or draft.content.prompt:
            await self._show_card(screen, t, person, draft, note=note, reply_to=reply_to)
        else:
            await self.show_gallery(screen, t, draft, note=note, reply_to=reply_to)

    async def show_gallery(
        self,
        screen: Screen,
        t: Translate,
        draft: Draft,
        page: int = 0,
        *,
        note: str | None = None,
        reply_to: int | None = None,
    ) -> None:
        """A page of styles."""
        styles = await self._generations.styles()
        pages = pages_of(styles)
        page = min(page, pages - 1)
        lines = [t("gallery") if styles else t("gallery-empty")]
        if pages > 1:
            lines.append(t("gallery-page", page=page + 1, pages=pages))
        if note:
            lines.append(note)
        await screen.show(
            "\n\n".join(lines),
            gallery_keyboard(t, draft, styles, page),
            waits_for=Composing.choosing,
            reply_to=reply_to,
            draft_id=draft.draft_id,
        )

    async def show_words(self, screen: Screen, t: Translate, draft: Draft, *, problem: str | None = None) -> None:
        """The request for a description; problem: what was wrong with the last one."""
        lines = [problem or t("words")]
        if draft.content.prompt:
            lines.append(t("words-before", words=draft.content.prompt))
        await screen.show(
            "\n\n".join(lines), words_keyboard(t, draft), waits_for=Composing.words, draft_id=draft.draft_id
        )

    async def _show_card(
        self, screen: Screen, t: Translate, person: User, draft: Draft, *, note: str | None, reply_to: int | None
    ) -> None:
        price = await self._generations.quote(draft.order())
        style = next((style for style in await self._generations.styles() if style.code == draft.content.style), None)
        blocks = [t("card"), _choices(t, draft, style)]
        if draft.content.prompt:
            blocks.append(t("card-words", words=draft.content.prompt))
        blocks.append(t("card-price", price=price, tokens=person.tokens_left))
        if price > person.tokens_left:
            blocks.append(_missing(t, draft, price, person.tokens_left))
        if self._is_preview:
            blocks.append(t("card-preview"))
        if note:
            blocks.append(note)
        await screen.show(
            "\n\n".join(blocks),
            card_keyboard(t, draft, price),
            waits_for=Composing.choosing,
            reply_to=reply_to,
            draft_id=draft.draft_id,
        )


def _choices(t: Translate, draft: Draft, style: Style | None) -> str:
    lines = [t("card-from-photo") if draft.content.file_id else t("card-from-words")]
    if style is not None:
        lines.append(t("card-style", emoji=style.emoji, title=style.title(t.locale)))
    elif draft.content.style is not None:
        lines.append(t("card-style-gone"))
    return "\n".join(lines)


def _missing(t: Translate, draft: Draft, price: int, tokens_left: int) -> str:
    for_one = price // draft.content.num_images
    if for_one > tokens_left:
        return t("card-missing-for-one", missing=for_one - tokens_left)
    return t("card-missing", missing=price - tokens_left)
