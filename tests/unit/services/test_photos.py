"""Photos become upright 8-bit RGB JPEGs without metadata, or are refused with a reason."""

import io

import numpy
import pytest
from PIL import Image

from services import errors
from services.photos import MAX_STORED_SIDE, THUMBNAIL_SIDE, clean_photo


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
        (encoded(Image.new("1", (20000, 20000)), "PNG"), errors.PhotoTooManyPixels),
    ],
    ids=["empty", "false gif", "svg", "tiff", "cut short", "too small", "too narrow", "81 megapixels", "bomb"],
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
