"""Every pixel sees the triangle that is nearest to it, and none falls between two."""

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.meshes.bad_mesh import BadMesh
from workers.meshes.visibility import Seen, see


def drawn(
    points: NDArray[np.float32],
    nearness: NDArray[np.float32],
    faces: NDArray[np.int32],
    side: int,
    is_open: bool = True,
) -> Seen:
    return see(points, nearness, faces, np.full(len(faces), is_open), side)


@pytest.mark.parametrize(("side", "cell"), [(1152, 1.3), (600, 0.6), (500, 7.7), (400, 45.0)])
def test_no_pixel_falls_between_triangles(side: int, cell: float) -> None:
    """As in a fine model: a jittered net over the far corner of the picture, where float32 has the fewest digits."""
    rng = np.random.default_rng(3)
    count = int(min(300, side / cell - 2))
    rows, columns = np.mgrid[0 : count + 1, 0 : count + 1]
    net = np.stack([columns, rows], -1).reshape(-1, 2) * cell + (side - (count + 1) * cell)
    net += rng.uniform(-0.3, 0.3, net.shape) * cell
    number = np.arange((count + 1) ** 2, dtype=np.int32).reshape(count + 1, count + 1)
    a, b, c, d = (cut.reshape(-1) for cut in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    seen = drawn(net.astype(np.float32), rng.uniform(0.2, 0.25, len(net)).astype(np.float32), faces, side)
    picture = np.zeros((side, side), bool)
    picture.reshape(-1)[seen.pixels] = True
    first = int(side - count * cell) + 2
    assert picture[first : side - int(1.3 * cell) - 3, first : side - int(1.3 * cell) - 3].all()


def test_the_weights_say_where_in_the_triangle_a_pixel_is() -> None:
    points = np.array([(3, 3), (3, 90), (90, 3)], np.float32)
    seen = drawn(points, np.full(3, 0.25, np.float32), np.array([(0, 1, 2)], np.int32), 100)
    centres = np.stack([seen.pixels % 100 + 0.5, seen.pixels // 100 + 0.5], 1)
    assert np.allclose(seen.weights @ points, centres, atol=1e-2)


def test_the_weights_are_right_in_perspective() -> None:
    points = np.array([(0, 0), (0, 100), (100, 0)], np.float32)
    seen = drawn(points, np.array([1.0, 1.0, 0.5], np.float32), np.array([(0, 1, 2)], np.int32), 100)
    middle = seen.weights[np.flatnonzero(seen.pixels == 50)[0]]
    assert middle[2] == pytest.approx(0.505 * 0.5 / (0.505 * 0.5 + 0.495), abs=0.01)


def test_the_nearest_triangle_is_seen_whatever_the_order() -> None:
    points = np.array([(0, 0), (0, 60), (60, 0)] * 2, np.float32)
    nearness = np.array([0.2] * 3 + [0.21] * 3, np.float32)
    for faces in ([(0, 1, 2), (3, 4, 5)], [(3, 4, 5), (0, 1, 2)]):
        seen = drawn(points, nearness, np.array(faces, np.int32), 64)
        assert set(seen.faces.tolist()) == {faces.index((3, 4, 5))}


def test_what_looks_away_is_seen_only_where_it_is_open() -> None:
    points, near = np.array([(0, 0), (60, 0), (0, 60)], np.float32), np.full(3, 0.2, np.float32)
    face = np.array([(0, 1, 2)], np.int32)
    assert len(drawn(points, near, face, 64, is_open=False).pixels) == 0
    assert len(drawn(points, near, face, 64).pixels) > 1500
    assert len(drawn(points, near, face[:, ::-1], 64, is_open=False).pixels) > 1500


def test_what_lies_outside_the_picture_is_not_drawn() -> None:
    points = np.array([(-500, -500), (-500, 900), (900, -500), (-9, -9), (-9, -3), (-3, -9)], np.float32)
    seen = drawn(points, np.full(6, 0.2, np.float32), np.array([(0, 1, 2), (3, 4, 5)], np.int32), 64)
    assert len(seen.pixels) == 64 * 64
    assert set(seen.faces.tolist()) == {0}


def test_triangles_without_end_over_one_another_are_refused_at_once() -> None:
    points = np.array([(0, 0), (0, 570), (570, 0)], np.float32)
    faces = np.broadcast_to(np.array([0, 1, 2], np.int32), (1_000_000, 3))
    with pytest.raises(BadMesh) as caught:
        drawn(points, np.full(3, 0.2, np.float32), faces, 576)
    assert caught.value.code == "too_complex"


def test_a_disc_of_many_thin_slices_is_drawn() -> None:
    angle = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
    edge = np.stack([np.cos(angle), np.sin(angle)], 1) * 280 + 288
    points = np.concatenate([[(288.0, 288.0)], edge]).astype(np.float32)
    number = np.arange(1000)
    faces = np.stack([np.zeros(1000), number + 1, (number + 1) % 1000 + 1], 1).astype(np.int32)
    seen = drawn(points, np.full(1001, 0.2, np.float32), faces, 576)
    assert abs(len(seen.pixels) - np.pi * 280**2) < 600
