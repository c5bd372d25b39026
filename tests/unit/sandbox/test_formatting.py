"""Texts with markup: what they become, and Telegram's words for what cannot be read."""

import pytest

from sandbox.telegram.refusals import Refusal
from sandbox.telegram.text.formatting import format_caption, format_message, format_text


def _kinds(entities):
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b><i>b</i>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<strong>a</strong><em>b</em><ins>c</ins>", "abc", [("bold", 0, 1), ("italic", 1, 1), ("underline", 2, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", place, 1) for place in range(3)]),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ("<B>upper</B>", "upper", [("bold", 0, 5)]),
        ("&lt;&gt;&amp;&quot;&#33;&#x41;&nbsp;", '<>&"!A&nbsp;', []),
        ("<b></b>x", "x", []),
        ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
    ],
)
def test_html_becomes_text_and_entities(source, text, entities):
    read, found = format_message(source, "HTML", None)
    assert (read, _kinds(found)) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("я<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href=x", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html_that_cannot_be_read_is_refused_in_telegrams_words(source, words):
    with pytest.raises(Refusal) as refused:
        format_message(source, "HTML", None)
    assert (refused.value.error_code, refused.value.description) == (
        400,
        f"Bad Request: can't parse entities: {words}",
    )


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*a* _b_ __c__", "a b c", ["bold", "italic", "underline"]),
        ("~d~ ||e|| `f`", "d e f", ["strikethrough", "spoiler", "code"]),
        ("```python\nx = 1\n```", "x = 1", ["pre"]),
        ("[a](https://a.example/)", "a", ["text_link"]),
        ("[a](tg://user?id=7)", "a", ["text_mention"]),
        (r"1\.5 \> 1\!", "1.5 > 1!", []),
        (">one\n>two", "one\ntwo", ["blockquote"]),
        ("*bold _both_*", "bold both", ["bold", "italic"]),
    ],
)
def test_markdown_v2_becomes_text_and_entities(source, text, entities):
    read, found = format_message(source, "MarkdownV2", None)
    assert (read, [entity["type"] for entity in found]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("я *open", "Can't find end of Bold entity at byte offset 3"),
        ("_open", "Can't find end of Italic entity at byte offset 0"),
        ("`open", "Can't find end of Code entity at byte offset 0"),
        ("[a](https://a.example", "Can't find end of a URL at byte offset 4"),
    ],
)
def test_markdown_v2_that_cannot_be_read_is_refused_in_telegrams_words(source, words):
    with pytest.raises(Refusal) as refused:
        format_message(source, "MarkdownV2", None)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_the_older_markdown_does_not_nest():
    text, entities = format_message("*a* _b_ `c` [d](https://a.example/)", "Markdown", None)
    assert (text, [entity["type"] for entity in entities]) == ("a b c d", ["bold", "italic", "code", "text_link"])
    with pytest.raises(Refusal, match="Can't find end of the entity starting at byte offset 0"):
        format_message("*a", "Markdown", None)


def test_a_parse_mode_that_nobody_knows_is_refused():
    with pytest.raises(Refusal, match="Bad Request: unsupported parse_mode"):
        format_message("x", "BBCode", None)


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "loud", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "bold", "offset": 5, "length": 1}, "entity begins after the end of the text at UTF-16 offset 5"),
        (
            {"type": "bold", "offset": 0, "length": 9},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
        ),
        ({"type": "bold", "offset": 1, "length": 1}, "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
    ],
)
def test_entities_outside_the_text_are_refused(entity, words):
    with pytest.raises(Refusal) as refused:
        format_message("😀x", None, [entity])
    assert refused.value.description == f"Bad Request: {words}"


def test_limits_count_what_is_left_without_markup():
    assert len(format_message(f"<b>{'x' * 4096}</b>", "HTML", None)[0]) == 4096
    with pytest.raises(Refusal, match="Bad Request: message is too long"):
        format_message("x" * 4097, None, None)
    assert format_caption(f"<b>{'x' * 1024}</b>", "HTML", None)[0] == "x" * 1024
    with pytest.raises(Refusal, match="Bad Request: message caption is too long"):
        format_caption("x" * 1025, None, None)


def test_nothing_and_white_space_are_no_message():
    with pytest.raises(Refusal, match="Bad Request: message text is empty"):
        format_message("", None, None)
    for blank in (" \n ", "<b></b>"):
        with pytest.raises(Refusal, match="Bad Request: text must be non-empty"):
            format_message(blank, "HTML", None)
    assert format_caption("", None, None) == (None, [])


def test_links_commands_mentions_and_tags_are_found_by_themselves():
    _, entities = format_message("/start https://a.example @somebody #tag $USD a@b.example", None, None)
    assert [entity["type"] for entity in entities] == ["bot_command", "url", "mention", "hashtag", "cashtag", "email"]


def test_control_characters_go_and_entities_move_with_what_is_left():
    text, entities = format_text("a\r\u202eb", None, [{"type": "bold", "offset": 3, "length": 1}])
    assert (text, _kinds(entities)) == ("ab", [("bold", 1, 1)])
