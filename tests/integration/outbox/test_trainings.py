"""How a training ended is told where its progress stood, and the first portraits of its model follow."""

from collections.abc import Callable

import pytest

from bot.texts import Translate
from repository.tasks import Lane, Task
from repository.users import User
from services.erasable import ErasableFiles
from services.orders import AnyOrder, StepOrder, TextToImageOrder
from services.photos.photos import Photos
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from tests.integration.heart.conftest import picture
from tests.integration.outbox.conftest import Office
from tests.integration.training.conftest import ObedientVendor, TrainingHouse
from tests.texts import TEXTS
from workers.attempt import Attempt
from workers.backends.base import ErrorKind, Failed, Finished

LOCALES = pytest.mark.parametrize("locale", ["ru", "en"])


class Painter(ObedientVendor):
    """Makes the pictures too."""

    def result(self, order: AnyOrder | StepOrder | None) -> Finished:
        if isinstance(order, TextToImageOrder):
            return Finished(tuple(picture(seed) for seed in range(order.units)))
        return super().result(order)


@pytest.fixture
def training(office: Office) -> TrainingHouse:
    """A house that trains, behind the same outbox."""
    db, storage, doorbell = office.db, office.storage, office.doorbell
    return TrainingHouse(
        db=db,
        doorbell=doorbell,
        accounts=office.accounts,
        consents=Consents(db, ErasableFiles(db, storage), office.tasks),
        sets=TrainingSets(db, storage, doorbell, Photos(db, storage, 20)),
        tasks=office.tasks,
        storage=storage,
        vendor=Painter("replicate"),
        registrar=Painter("runware"),
        places=TrainingPlaces(("replicate",), ("runware", "replicate"), ("runware",)),
    )


@pytest.fixture
def asked(office: Office, training: TrainingHouse, anna: User) -> Callable[[str], object]:
    async def ask(locale: str) -> Task:
        """Anna's training, shown by a message in her chat."""
        await office.accounts.set_locale(anna.user_id, locale)
        task = await training.asked(await training.person(anna.user_id))
        shown = await office.telegram.bot.send_message(anna.user_id, "training")
        await office.notifications.show_progress(task, anna.user_id, shown.message_id)
        return task

    return ask


async def told(office: Office, task: Task) -> None:
    async with office.delivering():
        assert await office.closed(task) == "delivered"


def buttons(message) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


def first_line(t: Translate, key: str, **values: str) -> str:
    """The headline of a text, as Telegram shows it."""
    return t(key, **values).splitlines()[0].replace("<b>", "").replace("</b>", "")


@LOCALES
async def test_a_model_that_is_ready_takes_the_place_of_its_progress_and_its_portraits_follow(
    office, training, asked, anna, locale
):
    t = TEXTS.bound(locale)
    task = await asked(locale)
    assert (await training.run()).status.value == "completed"
    async with office.delivering():
        assert await office.closed(task) == "delivered"
        [ready] = await office.chat(anna)
        (samples,) = await office.tasks.claim(Lane.PROVIDER, 5)
        await training.runner().run(Attempt(samples))
        assert await office.closed(samples) == "delivered"
    assert ready["edited"]
    assert first_line(t, "train-ending-ready", name="Me") in ready["text"]
    assert ready["text"].endswith(t("ending-charged", charged=250, left=380).replace("<b>", "").replace("</b>", ""))
    making = [t.plain("button-model-make"), t.plain("button-train-model"), t.plain("button-menu")]
    assert buttons(ready) == making
    _, *portraits, words = await office.chat(anna)
    assert len(portraits) == 4
    assert all(message["photo"] for message in portraits)
    assert first_line(t, "train-ending-samples", name="Me") in words["text"]
    assert buttons(words) == making


@LOCALES
async def test_a_failed_training_says_why_gives_all_back_and_offers_another_try(office, training, asked, anna, locale):
    t = TEXTS.bound(locale)
    training.vendor.failures = [Failed(ErrorKind.ORDER, "unreadable_photo", "no")]
    task = await asked(locale)
    assert (await training.run()).status.value == "failed"
    await told(office, task)
    [message] = await office.chat(anna)
    assert message["edited"]
    assert first_line(t, "train-ending-refused") in message["text"]
    assert t("ending-returned", returned=250, left=630) in message["text"]
    assert buttons(message) == [t.plain("button-train-again"), t.plain("button-menu")]


@LOCALES
async def test_a_stopped_training_says_what_came_back_and_what_the_stop_has_cost(office, training, asked, anna, locale):
    t = TEXTS.bound(locale)
    waiting = await asked(locale)
    await office.tasks.cancel(anna.user_id, waiting.task_id)
    await told(office, waiting)
    [message] = await office.chat(anna)
    assert first_line(t, "train-ending-stopped") in message["text"]
    assert t("ending-returned", returned=250, left=630) in message["text"]

    training.vendor.away = "follow"
    set_id = (await training.sets.current(anna.user_id)).set_id
    begun = await training.training.request(await training.person(anna.user_id), set_id, "again")
    await training.run()
    await office.tasks.cancel(anna.user_id, begun.task_id)
    await told(office, begun)
    message = (await office.chat(anna))[-1]
    assert t("train-ending-stopped-begun").splitlines()[-1] in message["text"]
    assert t("ending-both", charged=125, returned=125, left=505) in message["text"]


async def test_an_ending_is_told_once_however_telegram_stumbles(office, training, asked, anna):
    task = await asked("en")
    await training.run()
    await office.telegram.fault(method="editMessageText", error_code=502)
    await told(office, task)
    texts = [message["text"] for message in await office.chat(anna)]
    assert sum("is ready!" in text for text in texts) == 1


async def test_a_model_that_was_deleted_meanwhile_is_not_spoken_of_as_ready(office, training, asked, anna):
    task = await asked("en")
    await training.run()
    await office.db.reading.execute("""DELETE FROM "Model" """)
    await told(office, task)
    [message] = await office.chat(anna)
    assert "Its model is deleted by now" in message["text"]
    assert buttons(message) == ["📸 Make a picture", "‹ Menu"]
