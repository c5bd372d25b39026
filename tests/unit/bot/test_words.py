"""What people write, cleaned and shortened."""

import pytest

from bot.words import clean_words, shorten, telegram_length


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  a   knight\n\nin armour ", "a knight in armour"),
        ("a\u0000b\u200bc\u202e", "abc"),
        ("портрет 👨‍👩‍👧", "портрет 👨‍👩‍👧"),
        ("🎈🎈 ...", ""),
        ("\u200b\u200b", ""),
        ("", ""),
    ],
)
def test_words_are_cleaned_of_what_nobody_sees(written: str, cleaned: str):
    assert clean_words(written) == cleaned


def test_long_words_are_shortened_with_a_sign():
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


def test_words_are_counted_as_telegram_counts_them():
    assert telegram_length("a🎈") == 3
    assert shorten("🎈🎈🎈", 4) == "🎈…"
    assert shorten("🎈🎈", 4) == "🎈🎈"
    assert all(telegram_length(shorten("1🎈" * 20, limit)) <= limit for limit in range(1, 60))
