"""Noise on finished pictures: so strong as asked, the same again, no byte changed where none is asked for."""

import io

import numpy as np
import pytest
from PIL import Image

from workers.noise import noisy


def grey(shade: int = 128, side: int = 256) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "preview"
    Image.new("RGB", (side, side), (shade,) * 3).save(out, "JPEG", quality=95, exif=exif, comment=b"preview")
    return out.getvalue()


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.float32)


@pytest.mark.parametrize("level", [0.02, 0.05, 0.1, 0.15])
def test_the_noise_has_the_standard_deviation_that_was_asked_for(level):
    difference = pixels(noisy(grey(), level, 7)) - pixels(grey())
    assert difference.std() / 255 == pytest.approx(level, rel=0.1)
    assert abs(float(difference.mean())) < 1


def test_no_noise_changes_no_byte():
    assert noisy(grey(), 0, 7) == grey()


def test_the_same_seed_gives_the_same_noise_and_another_another():
    assert noisy(grey(), 0.1, 7) == noisy(grey(), 0.1, 7)
    assert noisy(grey(), 0.1, 7) != noisy(grey(), 0.1, 8)


@pytest.mark.parametrize("shade", [0, 255])
def test_at_full_level_black_and_white_are_the_limits(shade):
    noised = pixels(noisy(grey(shade), 1, 7))
    assert noised.min() >= 0
    assert noised.max() <= 255
    assert noised.std() > 60


def test_the_file_still_says_what_it_is():
    image = Image.open(io.BytesIO(noisy(grey(), 0.1, 7)))
    assert image.getexif()[0x010E] == "preview"
    assert image.info["comment"] == b"preview"
