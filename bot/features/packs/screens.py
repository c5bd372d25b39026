"""The screens on which a pack is chosen: the themes, one theme with its price, its photo."""

from collections.abc import Sequence
from uuid import UUID

from bot.features.packs.keyboards import card_keyboard, pack_models_keyboard, photo_keyboard, themes_keyboard
from bot.features.packs.sheets import ContactSheets
from bot.features.packs.states import ChoosingPack
from bot.model_choice import NAME_SHOWN, chosen_model
from bot.screen import Screen
from bot.screen_picture import ScreenPictures
from bot.texts import Translate
from bot.words import shorten
from repository.models import UsableModel
from repository.packs import Look, Pack
from repository.users import User
from services.drafts.pack_drafts import NUMBERS, PackDraft, PackDraftContent, PackDrafts
from services.drafts.portrait_models import PortraitModels
from services.errors import PackNotFound
from services.gallery.packs import Packs
from services.generation import Generations
from services.orders import DatasetOrder
from services.photos.photos import Photos


class PackScreens:
    """Shows themes and drafts of packs. is_preview: pictures are made without AI, and the card says so."""

    def __init__(
        self,
        packs: Packs,
        pack_drafts: PackDrafts,
        generations: Generations,
        photos: Photos,
        sheets: ContactSheets,
        pictures: ScreenPictures,
        *,
        portrait_models: PortraitModels,
        is_preview: bool,
    ) -> None:
        self._packs = packs
        self._drafts = pack_drafts
        self._generations = generations
        self._photos = photos
        self._sheets = sheets
        self._pictures = pictures
        self._portrait_models = portrait_models
        self._is_preview = is_preview

    async def show_themes(self, screen: Screen, t: Translate, person: User, *, photo_id: str | None = None) -> None:
        """Every theme. photo_id: a photo that was sent to this screen, for whatever theme is chosen."""
        themes = [(theme, looks) for theme in await self._packs.themes() if (looks := await self._looks(theme.code))]
        mine = await self._packs.datasets(person, limit=1)
        lines = [t("packs") if themes else t("packs-empty")]
        if photo_id is not None:
            lines.append(t("packs-photo-taken"))
        sheet = await self._sheets.of_themes([_styles(looks) for _, looks in themes])
        await screen.show(
            "\n\n".join(lines),
            themes_keyboard(t, [theme for theme, _ in themes], has_packs=bool(mine.datasets)),
            picture=self._pictures.house(sheet) if sheet else None,
            waits_for=ChoosingPack.photo,
            pack_photo=photo_id,
        )

    async def begin(
        self, screen: Screen, t: Translate, person: User, code: str, *, photo_id: UUID | None = None
    ) -> None:
        """A draft of this theme, from this photo, else the model that the person prefers, else the latest photo.

        Raises PackNotFound.
        """
        theme = await self._theme(code)
        model = await self._portrait_models.preferred(person) if photo_id is None else None
        if photo_id is None and model is None:
            photo_id = await self._latest_photo(person)
        content = PackDraftContent(
            pack=code,
            class_label=theme.title(t.locale),
            file_id=photo_id,
            model_id=model.model_id if model else None,
        )
        if await self._generations.quote(_priced(content)) > person.tokens_left:
            content = content.model_copy(update={"num_images": NUMBERS[0]})
        await self.show_card(screen, t, person, await self._drafts.begin(person, content))

    async def show_card(
        self, screen: Screen, t: Translate, person: User, draft: PackDraft, *, reply_to: int | None = None
    ) -> None:
        """What the pack will be, and its price. Raises PackNotFound."""
        content = draft.content
        theme, looks = await self._theme(content.pack), await self._packs.looks(content.pack)
        price = await self._generations.quote(_priced(content))
        models = await self._portrait_models.usable(person)
        blocks = [
            t("pack-card", emoji=theme.emoji, title=theme.title(t.locale)),
            t("pack-card-looks", looks=await self._titles(t, looks)),
            _source(t, content, models),
            t("pack-price", photos=content.num_images, price=price, tokens=person.tokens_left),
        ]
        if price > person.tokens_left:
            blocks.append(_missing(t, content, price, person.tokens_left))
        if self._is_preview:
            blocks.append(t("card-preview"))
        sheet = await self._sheets.of_theme(_styles(looks))
        await screen.show(
            "\n\n".join(blocks),
            card_keyboard(t, draft, price, person.tokens_left, models),
            picture=self._pictures.house(sheet) if sheet else None,
            waits_for=ChoosingPack.photo,
            reply_to=reply_to,
            pack_draft_id=draft.draft_id,
        )

    async def choose_model(
        self, screen: Screen, t: Translate, person: User, draft: PackDraft, model_id: int | None
    ) -> None:
        """This model instead of a photo; None: a photo instead of a model. Raises LoraNotFound, ModelNotReady."""
        if model_id is None:
            photo_id = draft.content.file_id or await self._latest_photo(person)
            changed = await self._drafts.change(person, draft.draft_id, model_id=None, file_id=photo_id)
        else:
            await self._portrait_models.choose(person, model_id)
            changed = await self._drafts.change(person, draft.draft_id, model_id=model_id, file_id=None)
        await self.show_card(screen, t, person, changed)

    async def show_models(self, screen: Screen, t: Translate, person: User, draft: PackDraft) -> None:
        """The person's own models, of which the pack can have one."""
        models = await self._portrait_models.usable(person)
        await screen.show(
            t("card-models"),
            pack_models_keyboard(t, draft, models),
            waits_for=ChoosingPack.photo,
            pack_draft_id=draft.draft_id,
        )

    async def show_photo(self, screen: Screen, t: Translate, person: User, draft: PackDraft) -> None:
        """The photo itself, so that nobody orders forty pictures of the wrong one. Raises FileNotFound."""
        order = draft.order()
        (file_id,) = order.input_files
        await screen.show(
            t("pack-photo"),
            photo_keyboard(t, draft.draft_id),
            picture=self._pictures.own(await self._photos.own(person.user_id, file_id)),
            waits_for=ChoosingPack.photo,
            pack_draft_id=draft.draft_id,
        )

    async def _latest_photo(self, person: User) -> UUID | None:
        latest = await self._photos.latest(person.user_id)
        return latest.file_id if latest else None

    async def _theme(self, code: str) -> Pack:
        theme = next((theme for theme in await self._packs.themes() if theme.code == code), None)
        if theme is None:
            raise PackNotFound
        return theme

    async def _looks(self, code: str) -> list[Look]:
        """The looks of a theme; none where none of its styles is on offer."""
        try:
            return await self._packs.looks(code)
        except PackNotFound:
            return []

    async def _titles(self, t: Translate, looks: Sequence[Look]) -> str:
        """The names of the styles, each once."""
        wanted = set(_styles(looks))
        styles = [style for style in await self._generations.styles() if style.code in wanted]
        return ", ".join(f"{style.emoji} {style.title(t.locale)}" for style in styles)


def _priced(content: PackDraftContent) -> DatasetOrder:
    """An order of the same price, whether there is a photo already or not."""
    return DatasetOrder(class_label=content.class_label, num_images=content.num_images)


def _source(t: Translate, content: PackDraftContent, models: Sequence[UsableModel]) -> str:
    """What the pack is made from."""
    if content.model_id is None:
        return t("pack-card-photo") if content.file_id else t("pack-card-no-photo")
    model = chosen_model(content.model_id, models)
    return t("card-model", name=shorten(model.name, NAME_SHOWN)) if model else t("card-model-gone")


def _missing(t: Translate, content: PackDraftContent, price: int, tokens_left: int) -> str:
    smallest = price // content.num_images * NUMBERS[0]
    if smallest > tokens_left:
        return t("pack-missing-for-smallest", missing=smallest - tokens_left, photos=NUMBERS[0])
    return t("pack-missing", missing=price - tokens_left)


def _styles(looks: Sequence[Look]) -> list[str]:
    return [look.style for look in looks if look.style is not None]
