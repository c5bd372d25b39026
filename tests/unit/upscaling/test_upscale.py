"""A picture is made larger: exactly so large, faithfully, without seams, tile by tile."""

import io

import numpy as np
import pytest
import skimage.data
from PIL import Image

from workers.backends.upscaling.network import Network
from workers.backends.upscaling.tiles import cut_tiles
from workers.backends.upscaling.upscale import Part, UnreadablePicture, upscale


def encoded(width: int, height: int, image_format: str = "PNG") -> bytes:
    """The astronaut's head in this size."""
    out = io.BytesIO()
    head = Image.fromarray(skimage.data.astronaut()).crop((120, 0, 330, 210))
    head.resize((width, height), Image.Resampling.LANCZOS).save(out, image_format)
    return out.getvalue()


def made(content: bytes, factor: int) -> tuple[list[Part], Image.Image]:
    parts = list(upscale(content, factor))
    assert parts[-1].content is not None
    image = Image.open(io.BytesIO(parts[-1].content))
    image.load()
    return parts, image


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize(("width", "height"), [(64, 64), (131, 97), (113, 250)])
def test_the_picture_is_exactly_so_many_times_as_large(factor: int, width: int, height: int) -> None:
    parts, image = made(encoded(width, height), factor)
    assert image.size == (width * factor, height * factor) == (parts[-1].width, parts[-1].height)
    assert (image.format, image.mode) == ("JPEG", "RGB")


def test_it_is_nearer_to_the_original_than_plain_enlargement() -> None:
    original = Image.open(io.BytesIO(encoded(208, 208)))
    small = original.resize((104, 104), Image.Resampling.BOX)
    out = io.BytesIO()
    small.save(out, "PNG")
    _, network = made(out.getvalue(), 2)
    plain = small.resize((208, 208), Image.Resampling.BICUBIC)
    target = np.asarray(original, np.float32)[16:-16, 16:-16]
    errors = [
        float(np.mean((np.asarray(image, np.float32)[16:-16, 16:-16] - target) ** 2)) for image in (network, plain)
    ]
    assert errors[0] < errors[1]


def test_no_seam_shows_between_tiles() -> None:
    source = np.asarray(Image.open(io.BytesIO(encoded(150, 150))))
    network = Network()
    whole = network.enlarge(source, 4).astype(np.int16)
    put_together = np.zeros_like(whole)
    for tile in cut_tiles(150, 150, 50):
        large = network.enlarge(source[tile.outer_rows, tile.outer_columns], 4)
        rows, columns = tile.inner(4)
        put_together[tile.target_rows(4), tile.target_columns(4)] = large[rows, columns]
    difference = np.abs(whole - put_together)
    assert float(difference.mean()) < 0.6
    assert int(np.percentile(difference, 99.9)) <= 12


def test_tiles_cover_every_pixel_once() -> None:
    for width, height in ((1, 1), (112, 112), (113, 300), (640, 64)):
        seen = np.zeros((height * 2, width * 2), int)
        for tile in cut_tiles(width, height):
            seen[tile.target_rows(2), tile.target_columns(2)] += 1
        assert (seen == 1).all()


def test_progress_is_told_for_every_tile_and_ends_at_a_hundred() -> None:
    parts, _ = made(encoded(240, 240), 2)
    percents = [part.percent for part in parts]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert len(parts) == len(list(cut_tiles(240, 240))) + 1


@pytest.mark.parametrize("content", [b"", b"no picture", encoded(64, 64)[:200], b"GIF89a" + bytes(40)])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        next(upscale(content, 2))


def test_a_picture_beyond_the_limit_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("RGB", (2100, 8)).save(out, "PNG")
    with pytest.raises(UnreadablePicture, match="2100x8"):
        next(upscale(out.getvalue(), 2))


def test_only_two_and_four_are_made() -> None:
    with pytest.raises(ValueError, match="2 or 4"):
        Network().enlarge(np.zeros((8, 8, 3), np.uint8), 3)
