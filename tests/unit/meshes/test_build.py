"""The preview's models: whole, marked, the same every time, and not flat."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.unit.meshes.models import picture
from tests.unit.preview.photos import portrait, still_life
from workers.backends.preview.photo import UnreadablePhoto
from workers.backends.preview.solid import paint_solid
from workers.meshes.build import relief_glb, words_glb
from workers.meshes.check import checked_glb, open_glb
from workers.meshes.note import Note, read_note
from workers.meshes.turntable import render_turntable


@pytest.fixture(scope="module")
def medallion() -> bytes:
    return paint_solid("", 7, photo=portrait())


def test_a_photo_becomes_a_model_that_any_viewer_shows(medallion: bytes) -> None:
    checked = checked_glb(medallion)
    assert checked.has_texture
    assert 10_000 < checked.triangles < 100_000
    assert len(medallion) < 3 * 1024 * 1024


def test_it_says_that_it_is_a_preview(medallion: bytes) -> None:
    assert read_note(medallion) == Note("", 7, "preview", "preview")
    assert medallion.count(b"no AI") >= 3  # in the metadata of each of its textures


def test_the_face_stands_out_of_the_relief(medallion: bytes) -> None:
    front = open_glb(medallion).pieces[0].positions
    middle = front[np.hypot(front[:, 0], front[:, 1] - 0.15) < 0.15]
    edge = front[np.hypot(front[:, 0] / 0.8, front[:, 1]) > 0.9]
    assert middle[:, 2].min() > edge[:, 2].max()


def test_the_same_photo_and_words_give_the_same_model(medallion: bytes) -> None:
    assert paint_solid("", 7, photo=portrait()) == medallion
    assert words_glb("a red boat", 3, label="preview") == words_glb("a red boat", 3, label="preview")


def test_other_seeds_and_words_give_other_models() -> None:
    models = {words_glb(words, seed, label="preview") for words in ("a red boat", "an owl") for seed in (3, 4)}
    assert len(models) == 4


def test_words_become_a_framed_picture() -> None:
    content = paint_solid("a red boat", 3)
    assert checked_glb(content).has_texture
    assert read_note(content) == Note("a red boat", 3, "preview", "preview")


def test_a_photo_without_a_face_becomes_a_model_too() -> None:
    assert checked_glb(relief_glb(still_life(), label="preview")).triangles > 10_000


def test_the_surfaces_look_outwards(medallion: bytes) -> None:
    for piece in open_glb(medallion).pieces:
        corners = piece.positions[piece.faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert piece.normals is not None
        agreement = np.einsum("tx,tx->t", across, piece.normals[piece.faces].mean(axis=1))
        assert (agreement >= -1e-9).mean() > 0.999


def test_the_medallion_turns(medallion: bytes) -> None:
    turntable = render_turntable(medallion, side=96, frames=4)
    gif = Image.open(io.BytesIO(turntable.animation))
    front = np.asarray(gif.convert("RGB"), np.float32)
    gif.seek(2)
    assert np.abs(front - np.asarray(gif.convert("RGB"), np.float32)).mean() > 5


def test_what_is_no_photo_is_refused() -> None:
    for content in (b"", b"nothing", picture()[:50]):
        with pytest.raises(UnreadablePhoto):
            relief_glb(content, label="preview")
