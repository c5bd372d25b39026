"""Which finished pictures are held back: the classifier's score against what the house allows for the order."""

import io
from collections.abc import AsyncIterator

import pytest
import skimage.data
from PIL import Image

from db.pool import Database
from services.orders import ImageTo3DOrder, TextToImageOrder, UpscaleOrder
from services.safety.prompts import Safety
from tests.integration.outputs.conftest import Counter, painted
from workers.backends.base import Picture
from workers.output_check import OutputCheck, UnreadableOutput
from workers.outputs import Outputs
from workers.picture_check import SMALLEST_SIDE, PictureCheck

ORDER = TextToImageOrder(prompt="a fox")
ADULT = TextToImageOrder(prompt="a nude man")
ADULT_AND_MINOR = TextToImageOrder(prompt="a nude child")


class Scoring:
    """A classifier that says what a test wants."""

    def __init__(self, score: float | None) -> None:
        self.asked = 0
        self._score = score

    async def score(self, content: bytes) -> float:
        self.asked += 1
        if self._score is None:
            raise UnreadableOutput("nothing to be seen")
        return self._score


@pytest.fixture
def checked(database: Database):
    def build(score: float | None) -> tuple[PictureCheck, Scoring]:
        scoring = Scoring(score)
        return PictureCheck(Safety(database), scoring), scoring  # type: ignore[arg-type]

    return build


@pytest.fixture
async def classifier() -> AsyncIterator[OutputCheck]:
    opened = OutputCheck()
    yield opened
    await opened.aclose()


async def policy(database: Database, *, threshold: float = 0.8, adult_allowed: bool = False) -> None:
    await database.reading.execute(
        'UPDATE "SafetyPolicy" SET nsfw_threshold = $1, adult_allowed = $2', threshold, adult_allowed
    )


@pytest.mark.parametrize(("score", "is_blocked"), [(0.0, False), (0.8, False), (0.81, True), (1.0, True)])
async def test_a_score_above_the_houses_threshold_holds_a_picture_back(checked, score, is_blocked):
    check, _ = checked(score)
    assert await check.is_blocked(painted(), ORDER) is is_blocked


async def test_the_owners_threshold_is_the_one_that_counts(checked, database):
    await policy(database, threshold=0.3)
    check, _ = checked(0.5)
    assert await check.is_blocked(painted(), ORDER)


async def test_a_picture_that_the_classifier_cannot_read_is_held_back(checked):
    check, _ = checked(None)
    assert await check.is_blocked(painted(), ORDER)


@pytest.mark.parametrize(
    ("order", "is_blocked"), [(ORDER, True), (ADULT, False), (ADULT_AND_MINOR, True), (ImageTo3DOrder(), True)]
)
async def test_where_the_owner_allows_adult_wishes_only_those_pass_unseen(checked, database, order, is_blocked):
    await policy(database, adult_allowed=True)
    check, scoring = checked(0.99)
    assert await check.is_blocked(painted(), order) is is_blocked
    assert scoring.asked == (1 if is_blocked else 0)


async def test_where_the_owner_does_not_allow_them_adult_words_change_nothing(checked):
    check, _ = checked(0.99)
    assert await check.is_blocked(painted(), ADULT)


@pytest.mark.parametrize(
    ("size", "is_looked_at"),
    [((SMALLEST_SIDE - 1, SMALLEST_SIDE - 1), False), ((SMALLEST_SIDE, 16), True), ((16, SMALLEST_SIDE), True)],
)
async def test_only_what_is_too_small_to_show_anything_is_not_looked_at(checked, size, is_looked_at):
    check, scoring = checked(0.99)
    assert await check.is_blocked(painted(*size), ORDER) is is_looked_at
    assert scoring.asked == int(is_looked_at)


async def test_the_real_classifier_holds_back_by_what_it_sees(database, classifier, downloads, counter):
    """Harmless pictures, and a threshold between their scores: 0.03 and 0.18 (tests/unit/output_check)."""
    await policy(database, threshold=0.1)
    outputs = Outputs(counter.storage, downloads, PictureCheck(Safety(database), classifier))
    pictures = []
    for seed, name in enumerate(("astronaut", "retina")):
        image, out = Image.fromarray(getattr(skimage.data, name)()), io.BytesIO()
        image.convert("RGB").resize((512, 512)).save(out, "PNG")
        pictures.append(Picture(out.getvalue(), "image/png", 512, 512, seed))
    order = UpscaleOrder(file_id="00000000-0000-4000-8000-000000000001")
    kept = await outputs.store(
        pictures, order, backend="preview", vendor_id="preview", noise_level=0, is_last_try=False
    )
    assert ([file.seed for file in kept.files], kept.blocked) == ([0], 1)
    assert isinstance(counter, Counter)
    assert len(await counter.keys()) == 2
