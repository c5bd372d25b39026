"""The texts are the product: both languages say everything, with the same values, and nothing is left over."""

import ast
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import FunctionReference, Message, VariableReference
from fluent.syntax.visitor import Visitor

from bot.error_text import error_text
from bot.texts import LOCALES_FOLDER
from services import errors as product_errors
from services.errors import NotEnoughTokens, ProductError
from tests.texts import TEXTS

BOT = LOCALES_FOLDER.parent
LOCALES = ("ru", "en")
ALERT_LIMIT = 200
ERROR_FIELDS: dict[str, dict[str, int | str]] = {
    "not_enough_tokens": {"price": 1_000_000, "tokens_left": 0},
    "too_many_tasks": {"limit": 20},
    "too_many_extra_loras": {"limit": 4},
    "promo_code_tries": {"minutes": 60},
    "photo_too_heavy": {"limit_mb": 20},
    "photo_too_many_pixels": {"limit_megapixels": 50},
    "photo_too_small": {"min_side": 256},
    "photo_too_narrow": {"max_ratio": 5},
    "too_few_photos": {"missing": 10},
    "training_costs_more": {"tokens": 400, "agreed": 250},
    "bad_tag": {"limit": 32},
    "too_many_tags": {"limit": 20},
    "note_too_long": {"limit": 1000},
    "picture_too_large": {"limit": 4096},
    "size_not_made": {"min_side": 256, "max_side": 2048},
    "model_not_ready": {"name": "x" * 64},
    "prompt_refused": {"kind": "minor_adult"},
    "set_full": {"limit": 30},
    "bad_model_name": {"limit": 64},
}


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - fluent.syntax names it
        self.names.add(node.id.name)

    def visit_FunctionReference(self, node: FunctionReference) -> None:  # noqa: N802
        self.generic_visit(node)


@cache
def messages(locale: str) -> dict[str, set[str]]:
    """Each key of a language with the values it takes; a line that Fluent cannot read fails."""
    found: dict[str, set[str]] = {}
    for path in sorted((LOCALES_FOLDER / locale).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert isinstance(entry, Message), f"{path}: {entry}"
            variables = _Variables()
            variables.visit(entry)
            found[entry.id.name] = variables.names
    return found


def product_error_classes() -> list[type[ProductError]]:
    return [
        found
        for found in vars(product_errors).values()
        if isinstance(found, type) and issubclass(found, ProductError) and "code" in vars(found)
    ]


def uses() -> Iterator[tuple[Path, str, bool, set[str]]]:
    """Every t("key", …), t.plain("key", …), texts.format(locale, "key", …): file, key, plain or not, values."""
    for path in sorted(BOT.rglob("*.py")):
        if path.name == "texts.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Name(id="t"):
                    plain, place = False, 0
                case ast.Attribute(attr="plain"):
                    plain, place = True, 0
                case ast.Attribute(attr="format", value=ast.Name(id="texts") | ast.Attribute(attr="texts" | "_texts")):
                    plain, place = False, 1
                case _:
                    continue
            key = node.args[place]
            if isinstance(key, ast.JoinedStr):
                assert ast.unparse(key).startswith("f'error-"), f"{path}: {ast.unparse(key)} must be a literal"
                continue
            assert isinstance(key, ast.Constant), f"{path}:{node.lineno}: the key must be a literal"
            yield path, str(key.value), plain, {word.arg for word in node.keywords if word.arg}


def test_both_languages_have_the_same_keys_with_the_same_values():
    assert messages("ru") == messages("en")


def test_every_text_that_the_code_uses_exists_and_gets_its_values():
    known = messages("ru")
    for path, key, _, values in uses():
        assert key in known, f"{path}: {key} is in no Fluent file"
        assert values == known[key], f"{path}: {key} takes {known[key]}, gets {values}"


def test_every_product_error_has_its_sentence():
    known = messages("ru")
    for error in product_error_classes():
        assert f"error-{error.code}" in known


def test_no_text_is_left_over():
    used = {key for _, key, _, _ in uses()} | {f"error-{error.code}" for error in product_error_classes()}
    assert set(messages("ru")) - used == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_buttons_and_alerts_contain_no_html(locale: str):
    for path, key, plain, _ in uses():
        if plain:
            taken = {
                name: datetime(2026, 11, 21, tzinfo=UTC) if name == "date" else 1 for name in messages(locale)[key]
            }
            assert not re.search(r"[<&]", TEXTS.plain(locale, key, **taken)), f"{path}: {key}"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("error", product_error_classes())
def test_every_error_fits_an_alert(locale: str, error: type[ProductError]):
    text = error_text(TEXTS.bound(locale), error(**ERROR_FIELDS.get(error.code, {})))
    assert 0 < len(text) <= ALERT_LIMIT


@pytest.mark.parametrize("locale", LOCALES)
def test_an_unexpected_error_fits_an_alert(locale: str):
    assert len(TEXTS.plain(locale, "error-unexpected", error_id="0a1b2c3d")) <= ALERT_LIMIT


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "1 токен"), (2, "2 токена"), (5, "5 токенов"), (11, "11 токенов"), (21, "21 токен"), (104, "104 токена")],
)
def test_russian_counts_tokens_as_people_do(count: int, expected: str):
    assert TEXTS.format("ru", "menu", tokens=count).endswith(f"У вас {expected}")


def test_russian_says_how_many_are_missing_in_the_right_case():
    t = TEXTS.bound("ru")
    assert error_text(t, NotEnoughTokens(price=22, tokens_left=1)).startswith("Не хватает 21 токена:")
    assert error_text(t, NotEnoughTokens(price=5, tokens_left=3)).startswith("Не хватает 2 токенов:")


def test_russian_stays_formal_everywhere():
    informal = re.compile(r"\b(ты|тебя|тебе|тобой|твой|твоя|твоё|твои|пришли|напиши|выбери|нажми|попробуй)\b", re.I)
    for path in (LOCALES_FOLDER / "ru").glob("*.ftl"):
        assert not informal.search(path.read_text(encoding="utf-8")), path


def test_what_people_write_is_escaped_in_messages_and_left_alone_on_buttons():
    t = TEXTS.bound("en")
    assert "&lt;b&gt;" in t("welcome", name="<b>", tokens=1)
    assert t.plain("button-chosen", choice="Rock & Roll").endswith("Rock & Roll")


@pytest.mark.parametrize("words", ["<" * 1000, "&" * 1000, "a" * 5000])
def test_words_that_are_long_once_they_are_escaped_fit_too(words: str):
    assert html.escape(words) in TEXTS.bound("en")("card-words", words=words)


def test_an_unknown_key_and_a_missing_value_are_loud():
    texts = TEXTS
    with pytest.raises(KeyError):
        texts.format("ru", "no-such-key")
    with pytest.raises(ValueError, match="ru/menu"):
        texts.format("ru", "menu")
