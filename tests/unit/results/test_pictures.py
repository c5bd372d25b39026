"""A vendor's picture is checked to its last pixel, and only the picture is kept."""

import io
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin
from skimage import data

from tests.unit.results.conftest import encoded, opened
from workers.results import BadResult, Fault, checked_picture

SECRET = b"Vendor's secret words"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def fault(content: bytes, **options) -> Fault:
    with pytest.raises(BadResult) as bad:
        checked_picture(content, **options)
    return bad.value.code


def pixels(content: bytes) -> bytes:
    return opened(content).convert("RGB").tobytes()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    return png[:33] + b"".join(chunks) + png[33:]


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0, "quality": 95}, {"restart_marker_rows": 1}]
)
def test_a_jpeg_keeps_its_image_data_and_its_colours_byte_for_byte(portrait, options):
    sent = encoded(portrait, "JPEG", icc_profile=SRGB, **options)
    checked = checked_picture(sent)
    assert checked.media_type == "image/jpeg"
    assert (checked.width, checked.height) == portrait.size
    assert checked.content[-2000:] == sent[-2000:]
    assert pixels(checked.content) == pixels(sent)
    assert opened(checked.content).info["icc_profile"] == SRGB


def test_every_metadata_segment_of_a_jpeg_is_gone(portrait):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    sent = encoded(portrait, "JPEG", exif=exif, comment=SECRET)
    sent = with_segments(
        sent,
        segment(0xE0, b"JFXX\x00" + SECRET),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>" + SECRET),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + SECRET),
        segment(0xE2, b"MPF\x00" + SECRET),
        segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + SECRET),
        segment(0xEB, b"JP\x00\x01jumb c2pa" + SECRET),
        segment(0xED, b"Photoshop 3.0\x008BIM" + SECRET),
        segment(0xEF, SECRET),
        segment(0xFE, SECRET),
    )
    checked = checked_picture(sent)
    assert SECRET not in checked.content
    assert pixels(checked.content) == pixels(sent)
    assert set(opened(checked.content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_a_comment_between_the_scans_of_a_jpeg_is_gone(portrait):
    sent = encoded(portrait, "JPEG", progressive=True)
    second_scan = sent.index(b"\xff\xda", sent.index(b"\xff\xda") + 2)
    tables = sent.rindex(b"\xff\xc4", 0, second_scan)
    checked = checked_picture(sent[:tables] + segment(0xFE, SECRET) + sent[tables:])
    assert SECRET not in checked.content
    assert pixels(checked.content) == pixels(sent)


def test_a_png_keeps_its_image_data_and_its_colours_byte_for_byte(portrait):
    sent = encoded(portrait, "PNG", icc_profile=SRGB)
    checked = checked_picture(sent)
    assert checked.media_type == "image/png"
    assert checked.content[-2000:] == sent[-2000:]
    assert pixels(checked.content) == pixels(sent)
    assert opened(checked.content).info["icc_profile"] == SRGB


def test_every_metadata_chunk_of_a_png_is_gone(portrait):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("workflow", SECRET.decode())
    texts.add_itxt("prompt", SECRET.decode())
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    sent = with_chunks(
        encoded(portrait, "PNG", pnginfo=texts, exif=exif),
        chunk(b"caBX", b"jumb c2pa" + SECRET),
        chunk(b"tIME", bytes(7)),
        chunk(b"zTXt", b"words\x00\x00" + zlib.compress(SECRET)),
        chunk(b"iCCP", b"words\x00\x00" + zlib.compress(SECRET)),
        chunk(b"prVt", SECRET),
    )
    checked = checked_picture(sent)
    assert SECRET not in checked.content
    assert zlib.compress(SECRET) not in checked.content
    assert not opened(checked.content).info
    assert pixels(checked.content) == pixels(sent)


def test_a_text_chunk_that_unpacks_without_end_is_never_unpacked(portrait):
    packed = zlib.compress(bytes(80_000_000))
    png = encoded(portrait, "PNG")
    sent = with_chunks(
        png,
        chunk(b"zTXt", b"words\x00\x00" + packed),
        chunk(b"iCCP", b"words\x00\x00" + packed),
    )
    tracemalloc.start()
    try:
        checked = checked_picture(sent)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000
    assert pixels(checked.content) == pixels(png)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("behind", [b"PK\x03\x04" + SECRET, b"<html><script>" + SECRET, b"\xff\xd8\xff\xe0" + SECRET])
def test_what_hides_behind_the_end_of_a_picture_is_gone(portrait, image_format, behind):
    plain = encoded(portrait, image_format)
    checked = checked_picture(plain + behind)
    assert checked.content == checked_picture(plain).content
    assert SECRET not in checked.content


def test_what_is_already_plain_is_left_exactly_as_it_is(portrait):
    for image_format in ("JPEG", "PNG"):
        once = checked_picture(encoded(portrait, image_format)).content
        assert checked_picture(once).content == once


def test_a_webp_becomes_a_jpeg_without_metadata(portrait):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    checked = checked_picture(encoded(portrait, "WEBP", quality=95, exif=exif, xmp=SECRET))
    assert (checked.media_type, checked.width, checked.height) == ("image/jpeg", *portrait.size)
    assert SECRET not in checked.content
    assert opened(checked.content).format == "JPEG"


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_turned_upright(portrait, image_format):
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = Image.new("RGB", (400, 200), "white")
    wide.paste("red", (0, 0, 100, 100))
    checked = checked_picture(encoded(wide, image_format, exif=exif))
    assert (checked.width, checked.height) == (200, 400)
    red, green, _ = opened(checked.content).getpixel((190, 10))
    assert red > 200 > 80 > green
    assert not opened(checked.content).getexif()


@pytest.mark.parametrize("orientation", [1, 0, 9, "word"])
def test_an_orientation_that_says_nothing_changes_nothing(portrait, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation if isinstance(orientation, int) else 1
    sent = encoded(portrait, "JPEG", exif=exif)
    if orientation == "word":
        sent = with_segments(encoded(portrait, "JPEG"), segment(0xE1, b"Exif\x00\x00II*\x00rubbish"))
    assert pixels(checked_picture(sent).content) == pixels(sent)


@pytest.mark.parametrize(
    ("mode", "image_format", "media_type"),
    [
        ("L", "JPEG", "image/jpeg"),
        ("CMYK", "JPEG", "image/jpeg"),
        ("L", "PNG", "image/png"),
        ("P", "PNG", "image/png"),
        ("1", "PNG", "image/png"),
        ("LA", "PNG", "image/png"),
        ("RGBA", "PNG", "image/png"),
        ("I;16", "PNG", "image/png"),
        ("RGBA", "WEBP", "image/jpeg"),
    ],
)
def test_every_other_mode_becomes_rgb(portrait, mode, image_format, media_type):
    image = Image.new("I;16", (64, 64), 40_000) if mode == "I;16" else portrait.convert(mode)
    checked = checked_picture(encoded(image, image_format))
    assert checked.media_type == media_type
    assert opened(checked.content).mode == "RGB"
    assert (checked.width, checked.height) == image.size


def test_what_is_transparent_lies_on_white():
    checked = checked_picture(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"))
    assert opened(checked.content).getpixel((5, 5)) == (255, 255, 255)


def test_one_colour_that_counts_as_transparent_lies_on_white():
    checked = checked_picture(encoded(Image.new("RGB", (64, 64), (10, 20, 30)), "PNG", transparency=(10, 20, 30)))
    assert opened(checked.content).getpixel((5, 5)) == (255, 255, 255)


def test_printing_colours_keep_their_meaning_and_what_hides_in_their_marker_is_gone():
    sent = encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG")
    red, green, blue = opened(checked_picture(sent).content).getpixel((5, 5))
    assert red > 240 > 15 > max(green, blue)
    named = encoded(Image.new("RGB", (64, 64), "red"), "JPEG", keep_rgb=True)
    plain = named.replace(b"R\x11\x00G\x11\x00B\x11", b"\x01\x11\x00\x02\x11\x00\x03\x11")
    plain = plain.replace(b"\x03R\x00G\x00B\x00", b"\x03\x01\x00\x02\x00\x03\x00")  # only the marker tells now
    assert opened(plain).getpixel((5, 5))[0] > 240
    hidden = with_segments(plain, segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x00" + SECRET))
    checked = checked_picture(hidden)
    assert SECRET not in checked.content
    assert pixels(checked.content) == pixels(plain)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_a_picture_that_is_cut_off_is_refused(portrait, image_format, share):
    sent = encoded(portrait, image_format)
    assert fault(sent[: int(len(sent) * share)]) is Fault.UNREADABLE


@pytest.mark.parametrize(("image_format", "end"), [("JPEG", 2), ("PNG", 12)])
def test_a_picture_that_lacks_only_its_end_is_refused(portrait, image_format, end):
    assert fault(encoded(portrait, image_format)[:-end]) is Fault.UNREADABLE


def test_a_png_whose_data_was_changed_on_the_way_is_refused(portrait):
    sent = bytearray(encoded(portrait, "PNG"))
    sent[len(sent) // 2] ^= 1
    assert fault(bytes(sent)) is Fault.UNREADABLE


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a" + bytes(50), b"<html>", b"BM" + bytes(50), b"glTF\x02\x00\x00\x00", b"II*\x00" + bytes(50)],
)
def test_another_type_is_refused(content):
    assert fault(content) is Fault.WRONG_TYPE


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_an_animation_is_refused(portrait, image_format):
    frames = [portrait.rotate(90)]
    assert fault(encoded(portrait, image_format, save_all=True, append_images=frames)) is Fault.ANIMATED


def test_a_bomb_of_400_million_pixels_is_refused_before_it_is_unpacked():
    packed = zlib.compress(bytes(60_001 * 500), 9)  # its first rows: nobody gets to the others
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    assert fault(bomb) is Fault.TOO_MANY_PIXELS


def test_the_limit_of_pixels_is_what_the_caller_says(portrait):
    sent = encoded(portrait, "JPEG")
    assert checked_picture(sent, max_pixels=512 * 512).width == 512
    assert fault(sent, max_pixels=512 * 512 - 1) is Fault.TOO_MANY_PIXELS


SAMPLES = [
    encoded(Image.fromarray(data.astronaut()).resize((48, 48)), image_format, **options)
    for image_format, options in (
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "icc_profile": SRGB, "comment": b"words"}),
        ("PNG", {"icc_profile": SRGB}),
        ("WEBP", {}),
    )
]


@settings(max_examples=300, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6),
    end=st.floats(0, 1),
)
def test_whatever_arrives_is_either_a_sound_rgb_picture_or_a_bad_result(sample, changes, end):
    content = bytearray(sample)
    for place, replacement in changes:
        start = int(place * len(content))
        content[start : start + len(replacement)] = replacement
    sent = bytes(content[: max(12, int(end * len(content)))])
    try:
        checked = checked_picture(sent, max_pixels=1_000_000)
    except BadResult:
        return
    image = Image.open(io.BytesIO(checked.content))
    image.load()
    assert image.mode == "RGB"
    assert image.size == (checked.width, checked.height)
    assert checked_picture(checked.content).content == checked.content
