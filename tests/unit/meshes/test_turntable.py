"""A model is shown from all sides, the same way every time."""

import io
import struct
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.unit.meshes.models import ball, packed, picture, textured_square, triangle
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.check import open_glb
from workers.meshes.solid import THIN_FROM, solid_body
from workers.meshes.turntable import Turntable, render_turntable

SIDE = 96


def frames_of(turntable: Turntable) -> list[NDArray[np.float32]]:
    gif = Image.open(io.BytesIO(turntable.animation))
    frames = []
    for number in range(getattr(gif, "n_frames", 1)):
        gif.seek(number)
        frames.append(np.asarray(gif.convert("RGB"), np.float32))
    return frames


def poster_of(turntable: Turntable) -> NDArray[np.float32]:
    return np.asarray(Image.open(io.BytesIO(turntable.poster)).convert("RGB"), np.float32)


@pytest.fixture(scope="module")
def turned() -> Turntable:
    return render_turntable(ball(800), side=SIDE, frames=12)


def test_the_animation_is_a_gif_that_repeats_for_ever(turned: Turntable) -> None:
    gif = Image.open(io.BytesIO(turned.animation))
    assert (gif.format, gif.size, gif.info["loop"]) == ("GIF", (SIDE, SIDE), 0)
    assert gif.info["duration"] > 0
    assert len(frames_of(turned)) == 12


def test_every_frame_shows_another_side(turned: Turntable) -> None:
    frames = frames_of(turned)
    for first, second in pairwise(frames):
        assert np.abs(first - second).mean() > 1


def test_the_last_frame_leads_into_the_first_as_any_into_its_next(turned: Turntable) -> None:
    frames = frames_of(turned)
    steps = [float(np.abs(first - second).mean()) for first, second in pairwise(frames)]
    seam = float(np.abs(frames[-1] - frames[0]).mean())
    assert min(steps) * 0.6 < seam < max(steps) * 1.4


def test_the_poster_shows_the_model_before_a_quiet_ground(turned: Turntable) -> None:
    poster = poster_of(turned)
    assert poster.shape == (2 * SIDE, 2 * SIDE, 3)
    assert poster[:4].std(axis=(0, 1)).max() < 4
    middle = poster[SIDE - 20 : SIDE + 20, SIDE - 20 : SIDE + 20]
    assert (middle.max(axis=2) - middle.min(axis=2)).mean() > 40


def test_the_model_stays_inside_the_picture_from_every_side() -> None:
    for number, frame in enumerate(frames_of(render_turntable(ball(800), side=SIDE, frames=6))):
        border = np.concatenate([frame[:2].reshape(-1, 3), frame[:, :2].reshape(-1, 3), frame[:, -2:].reshape(-1, 3)])
        assert (border.max(axis=1) - border.min(axis=1)).max() < 30, number


def test_the_same_file_gives_the_same_bytes(turned: Turntable) -> None:
    assert render_turntable(ball(800), side=SIDE, frames=12) == turned


def test_a_texture_is_seen_the_right_way_up() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[:32, :, 0], image[32:, :, 2] = 255, 255
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    poster = poster_of(render_turntable(packed(*textured_square(out.getvalue())), side=SIDE, frames=1))
    above, below = poster[SIDE - 30, SIDE], poster[SIDE + 30, SIDE]
    assert above[0] > above[2] + 80
    assert below[2] > below[0] + 80


def test_what_looks_away_is_hidden_unless_it_has_two_sides() -> None:
    document, binary = textured_square()
    shown = {}
    for is_double in (True, False):
        document["materials"][0]["doubleSided"] = is_double
        frames = frames_of(render_turntable(packed(document, binary), side=SIDE, frames=2))
        shown[is_double] = [float((frame.max(axis=2) - frame.min(axis=2)).mean()) for frame in frames]
    assert shown[True][1] > 15 > shown[False][1]
    assert shown[False][0] > 15


def test_what_is_nearer_hides_what_is_farther() -> None:
    document, _ = triangle()

    def sheet(depth: float) -> list[float]:
        return [-1, -1, depth, 1, -1, depth, 0, 1, depth]

    points = struct.pack("<18f", *sheet(0.0), *sheet(-0.3))
    document["bufferViews"] = [{"buffer": 0, "byteOffset": 36 * n, "byteLength": 36} for n in range(2)]
    document["buffers"][0]["byteLength"] = len(points)
    document["accessors"] = [document["accessors"][0] | {"bufferView": n} for n in range(2)]
    red, blue = [1.0, 0, 0, 1], [0, 0, 1.0, 1]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorFactor": c, "metallicFactor": 0}} for c in (red, blue)]
    for order in ((0, 1), (1, 0)):
        document["meshes"] = [{"primitives": [{"attributes": {"POSITION": n}, "material": n} for n in order]}]
        middle = poster_of(render_turntable(packed(document, points), side=SIDE, frames=1))[SIDE + 15, SIDE]
        assert middle[0] > middle[2] + 80


def test_the_least_model_of_the_specification_is_shown() -> None:
    poster = poster_of(render_turntable(packed(*triangle()), side=SIDE, frames=2))
    assert poster.std() > 5


def test_a_very_fine_model_is_thinned_and_looks_the_same() -> None:
    fine, coarse = ball(THIN_FROM * 3), ball(20_000)
    assert len(solid_body(open_glb(fine)).faces) < open_glb(fine).triangles
    first, second = (poster_of(render_turntable(content, side=SIDE, frames=1)) for content in (fine, coarse))
    assert np.abs(first - second).mean() < 1.5


def test_an_edge_stays_hard_and_a_round_stays_round_where_no_normals_are_given() -> None:
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    points = struct.pack("<24f", *(value for corner in corners for value in corner))
    indices = struct.pack("<36H", *(n for a, b, c, d in quads for n in (a, b, c, a, c, d)))
    document, _ = triangle()
    document["meshes"][0]["primitives"][0]["indices"] = 1
    document["accessors"] = [
        {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
        {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
    ]
    document["bufferViews"] = [
        {"buffer": 0, "byteLength": 96},
        {"buffer": 0, "byteOffset": 96, "byteLength": 72},
    ]
    document["buffers"][0]["byteLength"] = 168
    body = solid_body(open_glb(packed(document, points + indices)))
    assert np.allclose(np.sort(np.abs(body.normals), axis=1), [0, 0, 1], atol=1e-5)


def test_a_picture_that_cannot_be_decoded_is_no_texture() -> None:
    with pytest.raises(BadMesh) as caught:
        render_turntable(packed(*textured_square(picture(256, 256)[:300])), side=SIDE, frames=1)
    assert caught.value.code == "bad_texture"


def test_what_is_no_model_is_not_shown() -> None:
    with pytest.raises(BadMesh):
        render_turntable(b"", side=SIDE, frames=1)
