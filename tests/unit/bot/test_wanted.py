"""A filter is remembered as it was put together, and one that nobody understands is none."""

from datetime import UTC, datetime

import pytest

from bot.features.history.wanted import EVERYTHING, Wanted, month_of, wanted_words
from bot.features.pictures.tag_words import tags_in
from services.orders import TaskKind
from tests.texts import TEXTS

FULL = Wanted(favorite=True, kind=TaskKind.UPSCALE, tag="для <b>", words="лис & ёлк", month="2026-12")


def test_a_filter_comes_back_from_the_dialog_as_it_went_in():
    assert Wanted.unpack(FULL.packed) == FULL
    assert EVERYTHING.packed is None
    assert Wanted.unpack(None) == EVERYTHING


@pytest.mark.parametrize("packed", ["", "{", "[]", "7", '{"kind": "sculpture"}', '{"colour": "red"}', b"\xff"])
def test_what_another_age_remembered_leaves_everything_in(packed: object):
    assert Wanted.unpack(packed) == EVERYTHING


def test_a_month_is_half_open_and_reaches_over_the_year():
    chosen = FULL.gallery_filter()
    assert (chosen.since, chosen.until) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert month_of(chosen.since) == "2026-12"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("ru", "🔎 ❤️ Избранное · 🔍 Увеличенные · 🏷 для &lt;b&gt; · «лис &amp; ёлк» · Декабрь 2026"),
        ("en", "🔎 ❤️ Favourites · 🔍 Enlarged · 🏷 для &lt;b&gt; · “лис &amp; ёлк” · December 2026"),
    ],
)
def test_a_filter_is_said_in_words_and_what_people_wrote_is_escaped_once(locale: str, words: str):
    assert wanted_words(TEXTS.bound(locale), FULL) == words
    assert wanted_words(TEXTS.bound(locale), EVERYTHING) is None


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("море лето", ["море", "лето"]),
        ("#море, для аватарки ; 2026", ["#море", "для аватарки", "2026"]),
        ("море\nна стену", ["море", "на стену"]),
        ("🎈 , … !", []),
        ("", []),
    ],
)
def test_tags_are_apart_by_spaces_or_by_commas(typed: str, tags: list[str]):
    assert tags_in(typed) == tags
