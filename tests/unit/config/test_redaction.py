"""What is taken out of a text before it leaves the process."""

import pytest

from config.redaction import hide_people, hide_tokens


@pytest.mark.parametrize(
    "text",
    [
        "https://api.telegram.org/bot123456789:AAFakeTokenFakeTokenFake_12/getMe",
        "bot42424242%3AAAFakeTokenFakeTokenFake",
    ],
)
def test_a_bot_token_is_hidden_wherever_it_stands(text):
    assert "FakeToken" not in hide_tokens(text)
    assert "FakeToken" not in hide_people(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no account for user 123456789", "no account for user #"),
        ("/api/user/987654321/x", "/api/user/#/x"),
        ("chat -1001234567890 not found", "chat # not found"),
        ("took 12345 ms", "took 12345 ms"),
        ("task 12345678-1234-4234-8234-123456789012", "task 12345678-1234-4234-8234-123456789012"),
        ("duplicate key\nDETAIL:  Key (name)=(Anna) already exists.", "duplicate key\nDETAIL: ***"),
        (
            "Field required [type=missing, input_value={'text': 'a\nsecret'}, input_type=dict]",
            "Field required [type=missing, input_value=***, input_type=dict]",
        ),
    ],
)
def test_what_names_a_person_or_quotes_one_is_hidden_and_the_rest_stays(text, left):
    assert hide_people(text) == left
