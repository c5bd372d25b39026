"""Pictures as vendors send them, and what else arrives under that name."""

import io

import pytest
from PIL import Image
from skimage import data


def encoded(image: Image.Image, image_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.fixture(scope="session")
def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut())
