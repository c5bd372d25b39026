"""How a pattern reads: words, stems, alternatives, ranges, gaps and what is innocent."""

import pytest
import structlog

from repository.safety import SafetyRule, Verdict
from services.safety.rulebook import Rulebook


def finds(pattern: str, text: str, *unless: str) -> bool:
    return bool(Rulebook([SafetyRule(1, "code", "any", pattern, unless, Verdict.BLOCKED)]).findings(text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("wolf", "a Wolf!", True),
        ("wolf", "wolfram", False),
        ("wolf*", "wolfram", True),
        ("wolf*", "werewolf", False),
        ("wolf/bear", "a bear", True),
        ("grey wolf", "a grey wolf", True),
        ("grey wolf", "a grey old wolf", False),
        ("grey .. wolf", "a grey old lone wolf", True),
        ("grey .. wolf", "grey one two three four wolf", False),
        ("grey .. wolf", "a wolf, grey", False),
        ("{1-17} year*", "16 years old", True),
        ("{1-17} year*", "18 years old", False),
        ("{1-17} year*", "160 years old", False),
        ("{1-17} yo", "16yo", True),
        ("ёлка", "ЕЛКА", True),
        ("wolf", "w*lf", True),
        ("wolf", "w**f", True),
        ("wolf", "w***", False),
        ("wolf", "wooolf", True),
        ("wolf", "wwoollff", True),
        ("wolf", "woolf", False),
        ("woolf", "wolffff", False),
        ("grey wolf", "g r e y w o l f", False),
        ("grey wolf", "g r e y  w o l f", True),
        ("grey wolf", "gr3y w0lf", True),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str, found: bool) -> None:
    assert finds(pattern, text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the big bad wolf", True),
        ("wolf whistle", False),
        ("steppe wolf", False),
        ("wolf whistle and a wolf", True),
        ("a whistle, then a wolf", True),
    ],
)
def test_words_in_an_innocent_phrase_are_not_found_and_the_same_word_elsewhere_is(text: str, found: bool) -> None:
    assert finds("wolf", text, "wolf whistle*", "steppe wolf") is found


@pytest.mark.parametrize("pattern", ["", "..", "a*", "(a+)+$", "wo[lf]", "*", "/", "wolf/", "{1-}", "a " * 13])
def test_a_pattern_that_cannot_be_read_is_left_out_and_logged(pattern: str) -> None:
    rules = [
        SafetyRule(1, "code", "any", pattern, (), Verdict.BLOCKED),
        SafetyRule(2, "code", "any", "wolf", (), Verdict.BLOCKED),
    ]
    with structlog.testing.capture_logs() as logs:
        book = Rulebook(rules)
    assert [(line["event"], line["rule_id"]) for line in logs] == [("safety.pattern_skipped", 1)]
    assert {finding.rule_id for finding in book.findings("wolf wo[lf] a aa")} == {2}


def test_an_exception_that_cannot_be_read_leaves_the_rule_in_force() -> None:
    assert finds("wolf", "a wolf", "wo[lf]")
    assert not finds("wolf", "a wolf whistle", "wo[lf]", "wolf whistle")
