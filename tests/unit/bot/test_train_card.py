"""The card of a set says everything that is known, in few lines and in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.features.train.buttons import ChooseTrait, RemovePhoto, ShowPhoto
from bot.features.train.card import MOST_ROWS, card_text, photo_text, summary_text
from bot.features.train.keyboards import card_keyboard, traits_keyboard
from bot.features.train.traits import trait_label
from repository.files import File, FileKind
from repository.training_sets import SetState, TrainingSet
from services.orders import SubjectClass
from services.photos.verdicts import SetNeeds, Verdict, VerdictCode, View
from services.training.captions import CHARACTERISTICS
from services.training.sets import JudgedPhoto, SetView
from services.training.terms import TrainingQuote
from tests.texts import TEXTS

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MESSAGE_LIMIT = 4096
CALLBACK_LIMIT = 64
FIGURES: dict[VerdictCode, dict[str, float]] = {
    VerdictCode.NUDE: {"percent": 93},
    VerdictCode.TOO_SMALL: {"width": 320, "height": 400, "at_least": 512},
    VerdictCode.SEVERAL_FACES: {"faces": 2},
    VerdictCode.FACE_CUT: {"percent": 20},
    VerdictCode.FACE_TOO_SMALL: {"side": 60, "at_least": 100},
    VerdictCode.TOO_DARK: {"brightness": 12},
    VerdictCode.TOO_BRIGHT: {"brightness": 95},
    VerdictCode.BLURRED: {"sharpness": 0.2, "at_least": 0.4},
    VerdictCode.ANOTHER_PERSON: {"distance": 0.8, "at_most": 0.6},
}
ENOUGH = SetNeeds(good=10, to_minimum=0, to_recommended=5, missing=())


def photo(number: int, verdict: Verdict | None, error_code: str | None = None) -> JudgedPhoto:
    file_id = uuid4()
    file = File(
        file_id=file_id,
        user_id=1,
        kind=FileKind.TRAINING,
        generation_id=None,
        position=None,
        storage_key=f"training/{file_id}.jpg",
        thumbnail_key=None,
        media_type="image/jpeg",
        width=1000,
        height=1000,
        size_bytes=1,
        sha256=b"",
        seed=None,
        telegram_file_id=None,
        created_at=NOW,
        preview_key=None,
    )
    return JudgedPhoto(file, number, verdict, None, error_code)


def view(*photos: JudgedPhoto, needs: SetNeeds | None = None, **said: object) -> SetView:
    collected = {
        "set_id": 2**63 - 1,
        "user_id": 1,
        "model_id": None,
        "name": None,
        "subject_class": None,
        "characteristics": {},
        "state": SetState.OPEN,
        "revision": 1,
        "shown_revision": 0,
        "card_message_id": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    good = sum(photo.verdict is not None and photo.verdict.is_good for photo in photos)
    missing = SetNeeds(good, max(0, 10 - good), max(0, 15 - good), tuple(View))
    waiting = sum(photo.is_waiting for photo in photos)
    return SetView(TrainingSet(**{**collected, **said}), list(photos), needs or missing, waiting)  # type: ignore[arg-type]


def bad(number: int, code: VerdictCode, like: UUID | None = None) -> JudgedPhoto:
    return photo(number, Verdict(code, FIGURES.get(code, {}), like))


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("code", [code for code in VerdictCode if code is not VerdictCode.GOOD])
def test_every_verdict_says_what_is_wrong_and_what_to_send_instead(locale, code):
    first = photo(1, Verdict(VerdictCode.GOOD))
    shown = view(first, bad(2, code, first.file.file_id))
    text = card_text(TEXTS.bound(locale), shown)
    (row,) = [line for line in text.splitlines() if line.startswith("№ 2")]
    assert re.search(r"send|show|please|пришлите|нужны", row)
    for figure in FIGURES.get(code, {}).values():
        if code not in (VerdictCode.NUDE, VerdictCode.BLURRED, VerdictCode.ANOTHER_PERSON):
            assert str(figure) in row
    if code is VerdictCode.DUPLICATE:
        assert "№ 1" in row


def test_photos_with_the_same_fault_share_a_line():
    text = card_text(TEXTS.bound("en"), view(*(bad(number, VerdictCode.NO_FACE) for number in (1, 2, 3))))
    assert "№ 1, 2, 3: no face" in text


def test_what_could_not_be_looked_at_is_not_waited_for():
    text = card_text(TEXTS.bound("en"), view(photo(1, None, "not_looked_at")))
    assert "№ 1: I could not look at it" in text
    assert "Looking" not in text


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_fifty_photos_of_all_faults_fit_a_message(locale):
    codes = [code for code in VerdictCode if code is not VerdictCode.GOOD]
    first = photo(1, Verdict(VerdictCode.GOOD))
    others = []
    for number in range(2, 51):
        like = others[-1].file.file_id if others else first.file.file_id
        others.append(bad(number, codes[number % len(codes)], like))
    text = card_text(TEXTS.bound(locale), view(first, *others))
    assert len(text) < MESSAGE_LIMIT
    assert text.count("№") >= MOST_ROWS


def test_enough_photos_open_the_way_and_too_few_do_not():
    t = TEXTS.bound("en")
    good = [photo(number, Verdict(VerdictCode.GOOD)) for number in range(1, 11)]

    def ways(shown: SetView) -> str:
        return str([button.text for row in card_keyboard(t, shown).inline_keyboard for button in row])

    assert "Continue" in ways(view(*good))
    assert "Continue" not in ways(view(*good[:9]))
    assert "1 more good photo is needed. Missing most" in re.sub("</?b>", "", card_text(t, view(*good[:9])))
    assert "With 5 more good ones" in card_text(t, view(*good, needs=ENOUGH))


def test_one_photo_is_told_of_in_full():
    t = TEXTS.bound("en")
    waiting = photo(1, None)
    assert "still looking" in photo_text(t, view(waiting), waiting)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_trait_has_a_word_and_a_button_that_fits(locale):
    t = TEXTS.bound(locale)
    for trait, values in CHARACTERISTICS.items():
        for value in values:
            assert trait_label(t, trait, value)
            packed = ChooseTrait(set_id=2**63 - 1, trait=trait, value=value).pack()
            assert len(packed.encode()) <= CALLBACK_LIMIT
    labels = [b.text for row in traits_keyboard(t, view().set, SubjectClass.WOMAN).inline_keyboard for b in row]
    assert trait_label(t, "beard", "beard") not in labels


@pytest.mark.parametrize("kind", [RemovePhoto, ShowPhoto])
def test_buttons_of_photos_fit_telegrams_limit(kind):
    assert len(kind(set_id=2**63 - 1, file_id=uuid4()).pack().encode()) <= CALLBACK_LIMIT


@pytest.mark.parametrize(("locale", "told"), [("ru", "2 фото с прошлого раза"), ("en", "2 photos from last time")])
def test_a_model_that_is_trained_anew_is_named_and_its_photos_from_before_are_told_of(locale, told):
    good = [photo(number, Verdict(VerdictCode.GOOD)) for number in (1, 2, 3)]
    before = [replace(one, trained_at=NOW) for one in good[:2]]
    again = replace(view(*before, good[2], needs=ENOUGH, model_id=7), model_name="<Me>", kept_until=NOW)
    t = TEXTS.bound(locale)
    text = card_text(t, again)
    assert "&lt;Me&gt;" in text
    assert told in text
    assert "2026" in text
    quote = TrainingQuote(tokens=250, is_free=False, typical_seconds=None, tokens_if_stopped=0)
    assert "&lt;Me&gt;" in summary_text(t, again, quote, tokens_left=300)


def test_a_free_training_promises_no_tokens_back():
    t = TEXTS.bound("en")
    quote = TrainingQuote(tokens=0, is_free=True, typical_seconds=600, tokens_if_stopped=0)
    text = summary_text(t, view(needs=ENOUGH, name="<Me>", subject_class="man"), quote, tokens_left=0)
    assert "&lt;Me&gt;" in text
    assert "free" in text
    assert "every token" not in text
    assert "10 minutes" in text
