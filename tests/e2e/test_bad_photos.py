"""Photos that cannot be taken: a clear answer, nothing half-written; and odd ones that can."""

import io
import struct
import zlib

import numpy
import pytest
from PIL import Image


def encoded(image, media_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, media_format, **options)
    return buffer.getvalue()


def decompression_bomb():
    """A valid PNG header of 40,000 × 40,000 pixels over almost no data."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 40000, 40000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def animation():
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


REFUSED = {
    "a text file named jpg": (
        b"I am no picture, whatever my name says",
        "p.jpg",
        "image/jpeg",
        "can’t open this photo",
    ),
    "a decompression bomb": (decompression_bomb(), "p.png", "image/png", "resolution is too high"),
    "25 MB": (bytes(25 * 1024 * 1024), "p.jpg", "image/jpeg", "too big"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), "p.png", "image/png", "too small"),
    "an animation": (animation(), "p.gif", "image/gif", "animation"),
    "half a JPEG": (
        encoded(Image.effect_noise((800, 800), 80).convert("RGB"), "JPEG")[:20000],
        "p.jpg",
        "image/jpeg",
        "can’t open this photo",
    ),
}
GRADIENT = Image.fromarray(numpy.tile(numpy.linspace(0, 65535, 600).astype(numpy.uint16), (600, 1)))
TAKEN = {
    "CMYK": encoded(Image.new("CMYK", (600, 600), (20, 120, 60, 0)), "JPEG"),
    "16 bits a channel": encoded(GRADIENT, "PNG"),
    "transparent": encoded(Image.new("RGBA", (600, 600), (200, 30, 30, 120)), "PNG"),
    "WebP": encoded(Image.new("RGB", (600, 600), "teal"), "WEBP"),
    "turned by EXIF": encoded(
        Image.new("RGB", (800, 500), "navy"),
        "JPEG",
        exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_a_reason(new_person, house, case):
    content, name, media_type, reason = REFUSED[case]
    person = new_person()
    person.send_document(content, name, media_type)
    person.wait_for_text(reason)
    assert not any("Choose a style" in (message["caption"] or "") for message in person.chat())


def test_it_is_refused_in_russian_too(new_person):
    person = new_person(language="ru")
    person.send_document(b"rubbish", "p.jpg", "image/jpeg")
    person.wait_for(
        lambda chat: any("JPEG, PNG" in (message["text"] or "") and "фото" in message["text"] for message in chat)
    )


@pytest.mark.parametrize("case", TAKEN)
def test_it_is_taken(new_person, case):
    person = new_person()
    suffix, media_type = ("png", "image/png") if TAKEN[case][:4] == b"\x89PNG" else ("jpg", "image/jpeg")
    person.send_document(TAKEN[case], f"p.{suffix}", media_type)
    person.wait_for_text("Choose a style")


def test_no_part_of_the_house_left_a_traceback(house):
    for part in ("bot", "worker", "api"):
        assert "Traceback" not in house.log(part), part
