"""What the words of a prompt are taken for."""

import pytest

from workers.backends.preview.lettering import Typeface, fit, printable, shortened
from workers.backends.preview.look import choose_style
from workers.backends.preview.palettes import PALETTES
from workers.backends.preview.styles import Style
from workers.backends.preview.wish import PALETTE_WORDS, STYLE_WORDS, read_wish, text_number


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("в стиле киберпанк", Style.NEON),
        ("Чёрно-белый портрет", Style.NOIR),
        ("черно белое фото", Style.NOIR),
        ("ч/б", Style.NOIR),
        ("ПОП АРТ", Style.POP_ART),
        ("pop art, bright", Style.POP_ART),
        ("карандашный набросок", Style.SKETCH),
        ("масляная живопись", Style.OIL),
        ("я в горах", Style.DOUBLE_EXPOSURE),
        ("деловой портрет", Style.BUSINESS),
        ("me in space", Style.COSMOS),
        ("снежная зима", Style.WINTER),
        ("watercolour", Style.WATERCOLOR),
        ("обложка журнала", Style.MAGAZINE),
    ],
)
def test_words_of_two_languages_name_a_style(prompt: str, style: Style) -> None:
    assert read_wish(prompt).styles[0] is style


@pytest.mark.parametrize(
    ("prompt", "palette"),
    [
        ("в красном платье", "ember"),
        ("голубое небо", "ice"),
        ("ЗЕЛЁНЫЙ", "forest"),
        ("purple rain", "violet"),
    ],
)
def test_words_of_two_languages_name_a_palette(prompt: str, palette: str) -> None:
    assert palette in read_wish(prompt).palettes


@pytest.mark.parametrize("prompt", ["летопись", "модель", "городской", "сундук"])
def test_a_short_beginning_does_not_find_a_longer_word(prompt: str) -> None:
    assert read_wish(prompt).styles == ()


def test_the_negative_prompt_takes_styles_and_colours_away() -> None:
    wish = read_wish("неон, комикс, красный, синий", "комиксы и красное")
    assert wish.styles == (Style.NEON,)
    assert "ember" not in wish.palettes
    assert "ice" in wish.palettes


def test_words_of_no_meaning_still_choose_a_style_always_the_same() -> None:
    chosen = [choose_style(read_wish(f"qwe{number}"), 0) for number in range(40)]
    assert chosen == [choose_style(read_wish(f"qwe{number}"), 0) for number in range(40)]
    assert len(set(chosen)) > 8


def test_blank_texts_have_no_number_and_case_and_spaces_do_not_matter() -> None:
    assert text_number("", "  ") == 0
    assert text_number("Кот  НА луне") == text_number("кот на луне")
    assert text_number("🚀") != text_number("🔥")


def test_every_word_list_names_a_palette_or_style_that_exists() -> None:
    assert set(PALETTE_WORDS) <= set(PALETTES)
    assert set(STYLE_WORDS) == set(Style)


@pytest.mark.parametrize("face", Typeface)
def test_every_font_has_all_russian_letters(face: Typeface) -> None:
    alphabet = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ «»—№…"
    assert printable(alphabet, face) == alphabet


def test_what_no_font_can_draw_is_left_out() -> None:
    assert printable("кот 🐈 и 木 луна\n\n2") == "кот и луна 2"
    assert printable("🚀🔥") == ""


def test_a_long_text_is_cut_between_words_and_set_within_its_box() -> None:
    assert shortened("раз два три четыре", 12) == "раз два три…"
    block = fit("слово " * 300, Typeface.SANS, 700, (300, 200), (60, 12))
    assert block.width <= 300
    assert block.height <= 200
    assert block.lines[-1].endswith("…")


def test_one_endless_word_is_trimmed_to_its_box() -> None:
    block = fit("ё" * 500, Typeface.SERIF, 700, (200, 100), (40, 12))
    assert block.width <= 200
