"""Terms and privacy are true of the installation, fit a message, and stand in both languages."""

import html
import re

import pytest

from bot.features.legal.facts import LegalFacts
from bot.features.legal.handlers import privacy_text, terms_text
from config.settings import Settings
from tests.texts import TEXTS

MESSAGE_LIMIT = 4096
LOCALES = ("ru", "en")


def facts(**given: object) -> LegalFacts:
    return LegalFacts.of(Settings(_env_file=None, **given))  # type: ignore[arg-type]


def everything() -> LegalFacts:
    """The longest there can be."""
    return LegalFacts(("Runware", "Replicate"), True, True, True, "", None)


def visible(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("text_of", [terms_text, privacy_text])
def test_the_longest_text_fits_a_message(locale, text_of):
    t = TEXTS.bound(locale)
    assert 500 < len(visible(text_of(t, everything()))) <= MESSAGE_LIMIT


@pytest.mark.parametrize(("locale", "words"), [("ru", "никуда больше не отправляются"), ("en", "sent nowhere else")])
def test_nothing_leaves_the_machine_where_it_makes_the_pictures_itself(locale, words):
    t = TEXTS.bound(locale)
    assert words in privacy_text(t, facts())
    assert "Runware" not in privacy_text(t, facts())
    assert words not in privacy_text(t, everything())


def test_whoever_gets_photos_is_named():
    text = privacy_text(TEXTS.bound("en"), everything())
    assert "Runware, Replicate" in text
    assert "cloud storage" in text
    assert "monitoring service" in text


def test_the_storage_and_the_error_reports_are_told_as_the_settings_have_them():
    t = TEXTS.bound("en")
    assert "On the bot’s server" in privacy_text(t, facts(storage_url="file:///tmp/files"))
    assert "cloud storage" in privacy_text(t, facts(storage_url="s3://bucket/prefix"))
    assert "monitoring service" in privacy_text(t, facts(sentry_dsn="https://key@sentry.example/42"))
    assert "monitoring service" not in privacy_text(t, facts())


def test_the_terms_say_that_there_is_no_ai_in_the_trial_mode_and_how_tokens_are_had():
    text = terms_text(TEXTS.bound("en"), facts())
    assert "without AI" in text
    assert "more can be bought" in text


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ({"support_contact": "@dream_support"}, "@dream_support"),
        ({"support_contact": "help@example.com"}, "help@example.com"),
        ({"support_contact": "https://x.example/?a=1&b=2"}, '<a href="https://x.example/?a=1&amp;b=2">'),
        ({"admin_ids": (77, 78)}, '<a href="tg://user?id=77">the owner</a>'),
        ({"support_contact": "@dream_support", "admin_ids": (77,)}, "@dream_support"),
    ],
)
def test_support_is_whom_the_owner_names_or_the_owner(given, link):
    found = facts(**given).support_link("the owner")
    assert found is not None
    assert found.startswith(link)


def test_where_nobody_is_named_there_is_no_link():
    assert facts().support_link("the owner") is None
