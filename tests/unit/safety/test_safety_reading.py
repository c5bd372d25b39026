"""Disguises of words are seen through, and honest words stay what they are."""

import pytest

from services.safety.reading import MAX_LETTERS, plain, readings


def forms(text: str) -> set[str]:
    return {form for reading in readings(text) for token in reading for form in token.forms}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ЁЛКА", "елка"),
        ("йод", "иод"),
        ("ｆｏｘ", "fox"),
        ("𝓯𝓸𝔁", "fox"),
        ("f\u200bo\u00adx\ufeff", "fox"),
        ("f̷o̴x̸", "fox"),
        ("fóx", "fox"),
        ("🅵🅾🆇", "fox"),
        ("ꜰᴏx", "fox"),
        ("Straße", "strasse"),
        ("f\u3164o\u2800x", "fox"),
    ],
)
def test_one_spelling_stands_for_all(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("b3ar", "bear"),
        ("w0lf", "wolf"),
        ("t1ger", "tiger"),
        ("wo1f", "wolf"),
        ("$nake", "snake"),
        ("c@t!", "cat"),
        ("л0сь", "лось"),
        ("ко3а", "коза"),
        ("w.o.l.f", "wolf"),
        ("w o l f", "wolf"),
        ("a w o l f", "wolf"),
        ("wo-lf", "wolf"),
        ("вoлк", "волк"),
        ("cop", "сор"),
        ("тест", "тест"),
        ("рорсоrn", "popcorn"),
        ("ωolf", "wolf"),
        ("17yo", "17"),
        ("17yo", "yo"),
        ("w o l f d e n", "wolf"),
    ],
)
def test_a_disguise_is_read_as_the_word_that_it_stands_for(written: str, meant: str) -> None:
    assert meant in forms(written)


def test_letters_in_a_row_do_not_give_up_the_end_of_another_word() -> None:
    assert "sex" not in forms("E S S E X")
    assert "rapist" not in forms("T H E R A P I S T")


def test_two_words_side_by_side_are_not_put_together() -> None:
    assert "catfish" not in forms("cat fish")


def test_a_star_inside_a_word_is_a_mask_and_at_its_edge_is_none() -> None:
    masks = {token.masked for reading in readings("w*lf **bold** *cat*") for token in reading}
    assert masks == {None, "w*lf"}


@pytest.mark.parametrize("honest", ["coffee", "success", "wolf", "committee"])
def test_an_honest_word_is_among_its_forms(honest: str) -> None:
    assert honest in forms(honest)


def test_only_so_many_letters_of_a_word_count() -> None:
    assert max(map(len, forms("a" * 2000 + " " + "b " * 1000))) <= MAX_LETTERS


@pytest.mark.parametrize("text", ["", "   ", "🎈🎈", "\u200b", "!!!", "***"])
def test_what_has_no_words_has_no_tokens(text: str) -> None:
    assert forms(text) == set()
