"""Whatever people and owners write, a screen of the composing fits a caption: 1024 characters as Telegram counts."""

import html
import re
from uuid import UUID

import pytest

from bot.features.generate.card_text import card_text, dropped_text, more_text
from bot.features.generate.composer import WORDS_SHOWN
from bot.features.generate.fine_tuning import read_seed
from bot.features.generate.ideas import Theme, ideas_of
from bot.features.solids.screens import card_text as solid_card_text
from bot.texts import Translate
from bot.words import MAX_WORDS, clean_words, shorten, telegram_length
from repository.catalogue import Style
from repository.models import ModelStatus, UsableModel
from repository.vendor_models import ExtraLora
from services.drafts.drafts import Draft, DraftContent, PictureFormat, Strength
from services.drafts.extra_loras import ExtraLoraChoice
from services.drafts.solid_drafts import SolidDraft, SolidDraftContent
from services.orders import MAX_SEED, SolidParameters
from tests.texts import TEXTS

LIMIT = 1024
OF_A_PICTURE = SolidDraftContent(file_id=UUID(int=1), parameters=SolidParameters())
LOCALES = [TEXTS.bound("ru"), TEXTS.bound("en")]
WRITTEN = ["я" * MAX_WORDS, "<&>" * 333, '"' * MAX_WORDS, "1" + "🎈" * (MAX_WORDS - 1), "слово " * 166]


def shown(text: str) -> int:
    """The length that is left when Telegram has read the HTML."""
    return telegram_length(html.unescape(re.sub(r"<[^>]+>", "", text)))


def largest(words: str) -> Draft:
    return Draft(
        1,
        DraftContent(
            file_id=UUID(int=1),
            style="s",
            prompt=words,
            negative_prompt=words,
            num_images=4,
            picture_format=PictureFormat.LANDSCAPE,
            strength=Strength.BALANCED,
            seed=MAX_SEED,
            extra_loras=(1, 2, 3),
        ),
    )


def stacked(words: str) -> ExtraLoraChoice:
    loras = [ExtraLora(lora_id, words, ["preview"]) for lora_id in (1, 2, 3)]
    return ExtraLoraChoice(largest(words), loras, 4, [words, words])


@pytest.mark.parametrize("t", LOCALES)
@pytest.mark.parametrize("words", WRITTEN)
def test_the_longest_card_fits_a_caption(t: Translate, words: str):
    style = Style("s", "Ё🎈" * 100, "W🎈" * 100, "👨‍👩‍👧‍👦", "g", "p")
    notes = [t("photo-replaced"), t("gallery-album"), dropped_text(t, stacked(words))]
    for price, tokens in ((1_000_000, 0), (4_000_000, 1_500_000)):
        text = card_text(
            *(t, largest(words), style, price, tokens),
            model=UsableModel(1, words, ModelStatus.READY, is_usable=True),
            extra_loras=stacked(words).chosen,
            is_preview=True,
            note="\n\n".join(notes),
        )
        assert shown(text) <= LIMIT


@pytest.mark.parametrize("t", LOCALES)
@pytest.mark.parametrize("words", WRITTEN)
def test_the_longest_fine_tuning_fits_a_caption(t: Translate, words: str):
    assert shown(more_text(t, stacked(words))) <= LIMIT


@pytest.mark.parametrize("t", LOCALES)
@pytest.mark.parametrize("words", WRITTEN)
def test_a_question_with_what_was_said_before_fits_a_caption(t: Translate, words: str):
    before = shorten(words, WORDS_SHOWN)
    questions = [t("words"), t("words-too-long", length=4096, limit=MAX_WORDS), t("words-not-found"), t("unwanted")]
    for question in questions:
        for again in (t("words-before", words=before), t("unwanted-before", words=before)):
            assert shown(f"{question}\n\n{again}") <= LIMIT


@pytest.mark.parametrize("t", LOCALES)
@pytest.mark.parametrize("words", WRITTEN)
def test_the_longest_card_of_a_figure_fits_a_caption(t: Translate, words: str):
    for content in (SolidDraftContent(prompt=words, parameters=SolidParameters()), OF_A_PICTURE):
        text = solid_card_text(t, SolidDraft(1, content), 1_000_000, 0, 3600.0, is_preview=True)
        assert shown(text) <= LIMIT


@pytest.mark.parametrize("t", LOCALES)
@pytest.mark.parametrize("theme", Theme)
def test_ideas_fit_a_caption_and_are_descriptions_that_would_be_taken(t: Translate, theme: Theme):
    ideas = ideas_of(t, theme)
    examples = [t("idea-example", number=number, words=idea.words) for number, idea in enumerate(ideas, start=1)]
    assert shown("\n\n".join([t("ideas"), *examples, t("ideas-tips")])) <= LIMIT
    for idea in ideas:
        assert clean_words(idea.words) == idea.words
        assert len(idea.title) <= 24


@pytest.mark.parametrize(
    ("written", "seed"),
    [
        ("0", 0),
        (" № 42 ", 42),
        ("#7", 7),
        (str(MAX_SEED), MAX_SEED),
        (str(MAX_SEED + 1), None),
        ("-1", None),
        ("4.2", None),
        ("٤٢", None),
        ("сорок два", None),
        ("42 кота", None),
        ("9" * 4000, None),
    ],
)
def test_a_variation_is_a_whole_number_within_its_bounds(written: str, seed: int | None):
    assert read_seed(written) == seed
