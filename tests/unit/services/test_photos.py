"""Photos become upright 8-bit RGB JPEGs without metadata, or are refused with a reason."""

import io
import struct
import subprocess
import sys

import numpy
import pytest
import skimage.data
from PIL import Image

from services import errors
from services.photos.photos import MAX_STORED_SIDE, THUMBNAIL_SIDE, clean_photo
from tests.conftest import ROOT

PHOTOS = ROOT / "tests" / "photos"


def encoded(image: Image.Image, media_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, media_format, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_exif_orientation_is_applied_and_all_metadata_is_gone():
    photo = Image.new("RGB", (800, 400), "white")
    photo.paste("red", (0, 0, 100, 100))  # top left as stored
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    exif[0x010F] = "Maker of this camera"
    clean = clean_photo(encoded(photo, "JPEG", exif=exif, comment=b"where I live"))
    assert (clean.width, clean.height) == (400, 800)
    upright = opened(clean.content)
    red, _, blue = upright.getpixel((390, 10))  # top right now
    assert red > 200 > 60 > blue
    assert not upright.getexif()
    assert b"Maker" not in clean.content
    assert b"where I live" not in clean.content


def with_exif(*entries: tuple[int, int, int, bytes]) -> bytes:
    """A JPEG whose EXIF has these entries: tag, type, count and the four bytes behind them."""
    photo = Image.new("RGB", (800, 400), "white")
    photo.paste("red", (0, 0, 100, 100))
    listed = b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + listed + bytes(4)
    return encoded(photo, "JPEG", exif=exif)


UPRIGHT_BY_A_QUARTER = (0x0112, 3, 1, b"\x06\0\0\0")


@pytest.mark.parametrize(
    "odd",
    [(0x011A, 2, 4, b"abc\0"), (0x0132, 11, 1, b"\0\0\x80?")],
    ids=["a resolution in words", "a date that is a number"],
)
def test_exif_that_some_program_has_damaged_costs_nobody_a_photo(odd: tuple[int, int, int, bytes]):
    clean = clean_photo(with_exif(UPRIGHT_BY_A_QUARTER, odd))
    assert (clean.width, clean.height) == (400, 800)
    red, _, blue = opened(clean.content).getpixel((390, 10))
    assert red > 200 > 60 > blue


def test_an_orientation_that_nobody_can_read_leaves_the_photo_as_it_lies():
    assert clean_photo(with_exif((0x0112, 2, 4, b"up!\0"))).width == 800


def test_a_few_kilobytes_that_are_many_pixels_take_no_gigabyte():
    program = (
        "import io, sys; from PIL import Image; from services.photos.photos import clean_photo;"
        "clean_photo(sys.stdin.buffer.read());"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM:')))"
    )
    bomb = encoded(Image.new("LA", (5000, 5000)), "PNG")
    assert len(bomb) < 100_000
    run = subprocess.run([sys.executable, "-c", program], input=bomb, cwd=ROOT, capture_output=True, check=True)
    assert int(run.stdout) < 400 * 1024


def test_sixteen_bits_keep_their_brightness():
    grey = Image.fromarray(numpy.full((300, 300), 32768, numpy.uint16))
    pixel = opened(clean_photo(encoded(grey, "PNG")).content).getpixel((150, 150))
    assert all(abs(value - 128) < 4 for value in pixel)


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    assert opened(clean_photo(encoded(clear, "PNG")).content).getpixel((9, 9)) == (255, 255, 255)


def test_cmyk_becomes_rgb():
    result = opened(clean_photo(encoded(Image.new("CMYK", (300, 300), (0, 255, 255, 0)), "JPEG")).content)
    red, green, blue = result.getpixel((150, 150))
    assert result.mode == "RGB"
    assert red > 180 > 90 > max(green, blue)


def test_large_photos_are_kept_at_the_largest_useful_size():
    clean = clean_photo(encoded(Image.new("RGB", (6000, 4000), "teal"), "JPEG"))
    assert max(clean.width, clean.height) <= MAX_STORED_SIDE
    assert abs(clean.width / clean.height - 1.5) < 0.01
    assert max(opened(clean.thumbnail).size) == THUMBNAIL_SIDE


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.NotAPicture),
        (b"GIF89a but not really", errors.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", errors.NotAPicture),
        (encoded(Image.new("RGB", (300, 300)), "TIFF"), errors.NotAPicture),
        (encoded(Image.effect_noise((600, 600), 90), "PNG")[:5000], errors.NotAPicture),
        (encoded(Image.new("RGB", (255, 600)), "PNG"), errors.PhotoTooSmall),
        (encoded(Image.new("RGB", (300, 1600)), "PNG"), errors.PhotoTooNarrow),
        (encoded(Image.new("1", (9000, 9000)), "PNG"), errors.PhotoTooManyPixels),
        (encoded(Image.new("1", (7000, 7000)), "PNG"), errors.PhotoTooManyPixels),
        (encoded(Image.new("1", (20000, 20000)), "PNG"), errors.PhotoTooManyPixels),
    ],
    ids=[
        "empty",
        "false gif",
        "svg",
        "tiff",
        "cut short",
        "too small",
        "too narrow",
        "81 megapixels",
        "49, whole",
        "bomb",
    ],
)
def test_what_is_no_usable_photo_is_refused(content, refusal):
    with pytest.raises(refusal):
        clean_photo(content)


@pytest.mark.parametrize("media_format", ["GIF", "PNG", "WEBP"])
def test_animations_are_refused(media_format):
    frames = [Image.effect_noise((300, 300), sigma).convert("RGB") for sigma in (10, 60, 120)]
    content = encoded(frames[0], media_format, save_all=True, append_images=frames[1:], duration=80)
    with pytest.raises(errors.PhotoAnimated):
        clean_photo(content)


def test_a_phones_jpeg_with_a_second_frame_is_no_animation():
    frame = Image.new("RGB", (300, 300), "olive")
    assert clean_photo(encoded(frame, "MPO", save_all=True, append_images=[frame.copy()])).width == 300


def test_heic_is_taken_upright_and_without_metadata():
    clean = clean_photo((PHOTOS / "astronaut.heic").read_bytes())
    assert (clean.width, clean.height) == (432, 512)
    assert clean.content[:3] == b"\xff\xd8\xff"
    assert b"Maker" not in clean.content
    as_it_was = Image.fromarray(skimage.data.astronaut()).crop((40, 0, 472, 512))
    apart = numpy.asarray(opened(clean.content), float) - numpy.asarray(as_it_was, float)
    assert numpy.abs(apart).mean() < 6  # compressed twice, but the same picture the same way up


def test_heic_of_too_many_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(errors.PhotoTooManyPixels) as refusal:
        clean_photo((PHOTOS / "large.heic").read_bytes())
    assert refusal.value.fields == {"limit_megapixels": 26}


@pytest.mark.parametrize("length", [12, 40, 400, 4000])
def test_a_torn_heic_is_no_picture(length: int):
    with pytest.raises(errors.NotAPicture):
        clean_photo((PHOTOS / "astronaut.heic").read_bytes()[:length])


def test_the_heic_decoder_is_loaded_by_the_first_heic_only():
    program = (
        "import sys; from services.photos.photos import clean_photo; from pathlib import Path;"
        "clean_photo(Path('tests/photos/hopper.jpg').read_bytes()); assert 'pi_heif' not in sys.modules;"
        "clean_photo(Path('tests/photos/astronaut.heic').read_bytes()); assert 'pi_heif' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
