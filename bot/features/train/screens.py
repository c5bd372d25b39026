"""The pages of a model that is to be trained, wherever they are shown from."""

from uuid import UUID

from bot.features.train.buttons import SetId
from bot.features.train.card import card_text, photo_text, summary_text
from bot.features.train.keyboards import (
    card_keyboard,
    discard_keyboard,
    give_up_keyboard,
    name_keyboard,
    photo_keyboard,
    photos_keyboard,
    subject_keyboard,
    summary_keyboard,
    traits_keyboard,
)
from bot.features.train.photos import ON_SHEET, neighbours_of, on_page, pages_of, photo_of, place_of, sheet_of
from bot.features.train.states import TrainingStep
from bot.screen import Screen
from bot.screen_picture import PassingPicture, ScreenPictures
from bot.texts import Translate
from repository.training_sets import SetState
from repository.users import User
from services.errors import SetNotOpen, SetOfOtherAim
from services.orders import SubjectClass
from services.storage import Storage
from services.training.sets import SetView, TrainingSets
from services.training.trainings import Training

MAX_NAME = 64
"""Characters of a model's name."""


class TrainingScreens:
    """Shows a set page by page. Every method raises SetNotOpen, SetNotFound where it is used or given up."""

    def __init__(self, sets: TrainingSets, training: Training, storage: Storage, pictures: ScreenPictures) -> None:
        self._sets = sets
        self._training = training
        self._storage = storage
        self._pictures = pictures

    async def begin(
        self, screen: Screen, t: Translate, person: User, model_id: int | None, *, note: str | None = None
    ) -> None:
        """The card of a set for this model, or for a new one; who collects for another one is asked.

        note: what else is to be said above the card. Raises ConsentMissing, ModelNotFound, ModelInTraining.
        """
        try:
            begun = await self._sets.begin(person, model_id)
        except SetOfOtherAim as error:
            await self._ask_which(screen, t, await self._open(person, int(error.fields["set_id"])), model_id)
        else:
            await self.show_card(screen, t, person, begun.set_id, note=note)

    async def go_on(self, screen: Screen, t: Translate, person: User, *, note: str | None = None) -> None:
        """The card of the open set, whatever it is for; of a new one where there is none. Raises ConsentMissing."""
        open_set = await self._sets.current(person.user_id) or await self._sets.begin(person)
        await self.show_card(screen, t, person, open_set.set_id, note=note)

    async def show_card(
        self, screen: Screen, t: Translate, person: User, set_id: SetId, *, note: str | None = None
    ) -> None:
        """The live card; from now on bot.training_cards keeps it true."""
        view = await self._open(person, set_id)
        text = card_text(t, view)
        message_id = await screen.show(
            f"{note}\n\n{text}" if note else text,
            card_keyboard(t, view),
            waits_for=TrainingStep.card,
            training_set=set_id,
        )
        await self._sets.track_card(set_id, message_id)
        await self._sets.card_shown(set_id, view.set.revision)

    async def show_photos(self, screen: Screen, t: Translate, person: User, set_id: SetId, page: int) -> None:
        """A sheet of photos with their numbers; the card where there are none (any more)."""
        view = await self._open(person, set_id)
        if not view.photos:
            await self.show_card(screen, t, person, set_id)
            return
        pages = pages_of(view)
        page = min(page, pages - 1)
        shown = on_page(view, page)
        await screen.show(
            t("train-photos", page=page + 1, pages=pages),
            photos_keyboard(t, view, shown, page, pages),
            picture=PassingPicture(await sheet_of(self._storage, shown)),
            waits_for=TrainingStep.page,
            training_set=set_id,
        )

    async def show_photo(self, screen: Screen, t: Translate, person: User, set_id: SetId, file_id: UUID) -> None:
        """One photo and what is thought of it. Raises FileNotFound."""
        view = await self._open(person, set_id)
        photo = photo_of(view, file_id)
        await screen.show(
            photo_text(t, view, photo),
            photo_keyboard(t, set_id, photo, neighbours_of(view, photo), place_of(view, photo) // ON_SHEET),
            picture=self._pictures.own(photo.file),
            waits_for=TrainingStep.page,
            training_set=set_id,
        )

    async def ask_discard(self, screen: Screen, t: Translate, person: User, set_id: SetId) -> None:
        """Whether everything is to be given up."""
        view = await self._open(person, set_id)
        question = t("train-discard", count=len(view.photos))
        if before := len(view.from_before):
            question = f"{question}\n\n{t('train-discard-before', count=before)}"
        await screen.show(
            question,
            discard_keyboard(t, set_id, view.set.model_id),
            waits_for=TrainingStep.page,
            training_set=set_id,
        )

    async def show_subject(self, screen: Screen, t: Translate, person: User, set_id: SetId) -> None:
        """Whom the photos show."""
        view = await self._open(person, set_id)
        await screen.show(
            t("train-subject"),
            subject_keyboard(t, view.set),
            waits_for=TrainingStep.page,
            training_set=set_id,
        )

    async def show_traits(self, screen: Screen, t: Translate, person: User, set_id: SetId) -> None:
        """What stays the same on every photo."""
        view = await self._open(person, set_id)
        subject = SubjectClass(view.set.subject_class) if view.set.subject_class else None
        await screen.show(
            t("train-traits"),
            traits_keyboard(t, view.set, subject),
            waits_for=TrainingStep.page,
            training_set=set_id,
        )

    async def ask_name(
        self, screen: Screen, t: Translate, person: User, set_id: SetId, *, problem: str | None = None
    ) -> None:
        """What the model is called."""
        view = await self._open(person, set_id)
        suggestion = suggested_name(t, person, view)
        question = t("train-name")
        await screen.show(
            f"{problem}\n\n{question}" if problem else question,
            name_keyboard(t, set_id, suggestion),
            waits_for=TrainingStep.name,
            training_set=set_id,
        )

    async def show_summary(self, screen: Screen, t: Translate, person: User, set_id: SetId) -> None:
        """What will be trained, and its price; what is not yet known is asked for first."""
        view = await self._open(person, set_id)
        if not view.needs.is_enough:
            await self.show_card(screen, t, person, set_id)
        elif view.set.subject_class is None:
            await self.show_subject(screen, t, person, set_id)
        elif view.set.name is None and view.set.model_id is None:
            await self.ask_name(screen, t, person, set_id)
        else:
            quote = await self._training.quote(person, set_id)
            await screen.show(
                summary_text(t, view, quote, person.tokens_left),
                summary_keyboard(t, view.set, quote, person.tokens_left),
                waits_for=TrainingStep.page,
                training_set=set_id,
            )

    async def _open(self, person: User, set_id: int) -> SetView:
        view = await self._sets.view(person, set_id)
        if view.set.state is not SetState.OPEN:
            raise SetNotOpen
        return view

    async def _ask_which(self, screen: Screen, t: Translate, view: SetView, model_id: int | None) -> None:
        question = t("train-another-set", count=len(view.photos) - len(view.from_before))
        await screen.show(
            f"{question}\n\n{t('train-another-set-before')}" if view.from_before else question,
            give_up_keyboard(t, view.set.set_id, model_id),
            waits_for=TrainingStep.page,
            training_set=view.set.set_id,
        )


def suggested_name(t: Translate, person: User, view: SetView) -> str:
    """What the model is called unless the person says otherwise."""
    return view.set.name or (person.first_name or "").strip()[:MAX_NAME] or t.plain("train-name-default")
