"""What is taken out of a text before it leaves the process."""

import pytest

from config.redaction import hide_links, hide_people, hide_tokens


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


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "GET /files/weights/7?expires=1790000000&signature=5f3c HTTP/1.1",
            "GET /files/weights/7?expires=1790000000&signature=*** HTTP/1.1",
        ),
        ("/webhooks/runware?call=1&token=abc", "/webhooks/runware?call=1&token=***"),
        (
            "https://s3.test/b/k?X-Amz-Credential=AKIA%2Feu&X-Amz-Signature=0a1b&x=1",
            "https://s3.test/b/k?X-Amz-Credential=***&X-Amz-Signature=***&x=1",
        ),
        ("u=%2Fw%3Fsignature%3D5f3c", "u=%2Fw%3Fsignature%3D***"),
        (
            '{"url": "https://g.test/o?X-Goog-Signature=77\\u0026x=1"}',
            '{"url": "https://g.test/o?X-Goog-Signature=***\\u0026x=1"}',
        ),
        ("tokens=5 design=1 expires=2", "tokens=5 design=1 expires=2"),
    ],
)
def test_the_signature_of_a_link_is_hidden_and_the_rest_stays(text, left):
    assert hide_tokens(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "could not fetch https://replicate.delivery/pbxt/aB3/trained.tar now",
            "could not fetch https://replicate.delivery/*** now",
        ),
        ('"https://user:word@bot.test/files/weights/7?signature=5f3c"', '"https://bot.test/***"'),
        ("HTTPS://H.TEST?x=1", "HTTPS://H.TEST/***"),
        ("ask https://h.test", "ask https://h.test"),
    ],
)
def test_of_a_link_only_the_host_is_left(text, left):
    assert hide_links(text) == left
