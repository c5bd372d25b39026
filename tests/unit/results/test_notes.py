"""A picture carries how it was made, readable by us and by others, with its image data untouched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.unit.results.conftest import encoded, opened
from workers.results import PictureNote, checked_picture, read_note, tagged
from workers.results.jpeg import XMP, with_metadata

NOTE = PictureNote(
    prompt='Портрет у моря, "мягкий" <свет> & тени, 夕日 🌅\nвторая строка',
    negative_prompt="размытие",
    seed=2_147_483_647,
    model="runware:100@1",
    backend="runware",
)
SMALL = Image.linear_gradient("L").convert("RGB").resize((32, 32))
FILES = {
    "image/jpeg": checked_picture(encoded(SMALL, "JPEG")).content,
    "image/png": checked_picture(encoded(SMALL, "PNG")).content,
}
MEDIA_TYPES = list(FILES)

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=2000)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_note_is_read_as_it_was_written_and_the_image_is_the_same(media_type):
    written = tagged(FILES[media_type], media_type, NOTE)
    assert read_note(written) == NOTE
    assert opened(written).tobytes() == opened(FILES[media_type]).tobytes()
    assert checked_picture(written).content == FILES[media_type]


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@settings(max_examples=60, deadline=None)
@given(prompt=texts, negative_prompt=st.none() | texts, model=texts.map(lambda text: text[:100]), seed=st.integers())
def test_any_words_and_numbers_survive(media_type, prompt, negative_prompt, model, seed):
    note = PictureNote(prompt, negative_prompt, seed, model, "local")
    assert read_note(tagged(FILES[media_type], media_type, note)) == note


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_later_note_takes_the_place_of_an_earlier_one(media_type):
    later = PictureNote("снег", None, 0, "", "preview")
    once = tagged(FILES[media_type], media_type, later)
    assert tagged(tagged(FILES[media_type], media_type, NOTE), media_type, later) == once
    assert read_note(once) == later


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_characters_that_xml_may_not_hold_are_left_out(media_type):
    note = PictureNote("a\x00b\x0b\ud800c\r\nd\re", None, 1, "m", "b")
    assert read_note(tagged(FILES[media_type], media_type, note)).prompt == "abc\nd\ne"


def test_other_programs_find_prompt_and_software_in_a_jpeg():
    exif = opened(tagged(FILES["image/jpeg"], "image/jpeg", NOTE)).getexif()
    assert exif[0x010E].encode("latin-1").decode("utf-8") == NOTE.prompt
    assert exif[0x0131] == "Dream Photo"


def test_other_programs_find_parameters_and_software_in_a_png():
    info = opened(tagged(FILES["image/png"], "image/png", NOTE)).info
    assert info["parameters"] == (
        f"{NOTE.prompt}\nNegative prompt: размытие\nSeed: 2147483647, Model: runware:100@1, Backend: runware"
    )
    assert info["Software"] == "Dream Photo"


def test_a_jpeg_begins_with_its_jfif_head_then_exif_then_xmp():
    written = tagged(FILES["image/jpeg"], "image/jpeg", NOTE)
    assert [name for name, _ in opened(written).applist] == ["APP0", "APP1", "APP1"]
    assert written.index(b"JFIF") < written.index(b"Exif") < written.index(b"http://ns.adobe.com/xap/1.0/")


@pytest.mark.parametrize(
    "content", [*FILES.values(), b"", b"rubbish", FILES["image/jpeg"][:30], FILES["image/png"][:40]]
)
def test_where_there_is_no_note_none_is_read(content):
    assert read_note(content) is None


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_words_that_look_like_markup_are_words(media_type):
    note = PictureNote('<!DOCTYPE x [<!ENTITY a "b">]>&a;', "]]>", 1, "<m/>", "b")
    assert read_note(tagged(FILES[media_type], media_type, note)) == note


def test_a_packet_that_declares_entities_is_not_read():
    jpeg = FILES["image/jpeg"]
    packet = (
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><x xmlns:dp="urn:dream-photo:note:1#">'
        "<dp:prompt>&a;</dp:prompt><dp:seed>1</dp:seed></x>"
    )
    assert read_note(with_metadata(jpeg, (XMP + packet.encode(),))) is None
    harmless = packet.partition("]>")[2].replace("&a;", "a")
    assert read_note(with_metadata(jpeg, (XMP + harmless.encode(),))).prompt == "a"


def test_a_note_that_no_segment_can_hold_is_said_so():
    with pytest.raises(ValueError, match="65533"):
        tagged(FILES["image/jpeg"], "image/jpeg", PictureNote("a" * 70_000, None, 1, "m", "b"))


def test_a_note_goes_into_no_other_type():
    with pytest.raises(ValueError, match="image/webp"):
        tagged(b"", "image/webp", NOTE)
