"""What was measured is kept as JSON and bytes, and comes back as it was."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from services.photos.figures import Face, Light, PhotoFigures, Turn, embedding_from_bytes, embedding_to_bytes
from tests.conftest import ROOT

FIGURES = PhotoFigures(
    width=960,
    height=1280,
    sharpness=0.83,
    whole_sharpness=0.51,
    light=Light(128.5, 40.25, 0.0, 0.125),
    faces=(Face(10, 20, 300, 400, 0.9, -21.5, 0.0), Face(700, 20, 30, 40, 0.6, 3.0, 0.25)),
    nudity=0.0125,
    looks=0xF00000000000000F,
    embedding=tuple(number / 128 for number in range(128)),
)


def test_figures_go_through_json_and_come_back() -> None:
    assert FIGURES.embedding is not None
    record = json.loads(json.dumps(FIGURES.to_json()))
    assert "embedding" not in record
    assert PhotoFigures.from_json(record, embedding_to_bytes(FIGURES.embedding)) == FIGURES
    assert PhotoFigures.from_json(record) == FIGURES.without_embedding()


def test_a_photo_without_a_face_goes_through_json_too() -> None:
    empty = replace(FIGURES, faces=(), embedding=None)
    assert PhotoFigures.from_json(empty.to_json()) == empty
    assert empty.face is None


def test_an_embedding_takes_512_bytes() -> None:
    assert FIGURES.embedding is not None
    content = embedding_to_bytes(FIGURES.embedding)
    assert len(content) == 512
    assert embedding_from_bytes(content) == FIGURES.embedding


@pytest.mark.parametrize(("yaw", "turn"), [(-40, Turn.LEFT), (-10, Turn.FRONTAL), (10, Turn.FRONTAL), (40, Turn.RIGHT)])
def test_a_head_is_turned_left_or_right_or_not(yaw: float, turn: Turn) -> None:
    assert replace(FIGURES.faces[0], yaw=yaw).turn is turn


def test_a_face_takes_its_share_of_the_photo() -> None:
    assert FIGURES.face_share(FIGURES.faces[0]) == pytest.approx(300 * 400 / (960 * 1280))


def test_the_rules_need_no_library() -> None:
    program = (
        "import sys, services.photos.verdicts;"
        "assert not {'numpy', 'cv2', 'PIL', 'asyncpg'} & set(sys.modules), 'plain numbers only'"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
