"""A model carries how it was made, and nothing of anybody else."""

import numpy as np
import pytest

from tests.unit.meshes.models import packed, textured_square, triangle
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.check import checked_glb
from workers.meshes.container import read_container
from workers.meshes.note import MAX_PROMPT, Note, noted_glb, read_note

NOTE = Note("a bronze fox, лиса — 🦊", 2**40, "tencent:hunyuan-3d@3.1", "runware")


def test_a_note_is_read_as_it_was_written() -> None:
    assert read_note(noted_glb(packed(*textured_square()), NOTE)) == NOTE


def test_a_second_note_replaces_the_first() -> None:
    other = Note("a cat", 1, "m", "preview")
    assert read_note(noted_glb(noted_glb(packed(*triangle()), NOTE), other)) == other


def test_the_generator_is_ours_and_the_remarks_of_others_are_gone() -> None:
    document, binary = textured_square()
    document["asset"] |= {"generator": "vendor 1.2", "copyright": "(c) someone", "extras": {"user": "ann@example.org"}}
    document["extras"] = document["nodes"][0]["extras"] = document["meshes"][0]["extras"] = {"job": "id-77"}
    document["asset"]["extensions"] = {"KHR_xmp_json_ld": {"packet": 0}}
    document["extensions"] = {"KHR_xmp_json_ld": {"packets": [{"dc:creator": "Ann"}]}}
    document["extensionsUsed"] = ["KHR_xmp_json_ld"]
    noted = noted_glb(packed(document, binary) + b"trailing secret", NOTE)
    assert read_container(noted).document["asset"]["generator"] == "Dream Photo"
    for trace in (b"vendor", b"someone", b"ann@", b"id-77", b"Ann", b"xmp", b"secret"):
        assert trace not in noted
    assert "extensionsUsed" not in read_container(noted).document


def test_what_is_seen_stays_byte_by_byte() -> None:
    content = packed(*textured_square())
    noted = noted_glb(content, NOTE)
    assert bytes(read_container(noted).binary) == bytes(read_container(content).binary)
    before, after = checked_glb(content), checked_glb(noted)
    assert (before.triangles, before.has_texture) == (after.triangles, after.has_texture)
    assert np.allclose(before.bounds, after.bounds)
    assert len(noted) % 4 == 0


def test_a_long_or_broken_prompt_is_made_fit() -> None:
    read = read_note(noted_glb(packed(*triangle()), Note("\ud800\x00x" * 5000, 0, "m", "b")))
    assert read is not None
    assert read.prompt == "x" * MAX_PROMPT


def test_a_model_of_others_has_no_note() -> None:
    document, binary = triangle()
    document["asset"] |= {"generator": "x", "extras": {"prompt": "p", "seed": 1, "model": "m", "backend": "b"}}
    assert read_note(packed(document, binary)) is None


@pytest.mark.parametrize(
    "extras", [None, 5, {}, {"prompt": 1}, {"prompt": "p", "seed": -1, "model": "m", "backend": "b"}]
)
def test_a_note_that_is_none_is_not_read(extras: object) -> None:
    document, binary = triangle()
    document["asset"] |= {"generator": "Dream Photo", "extras": extras}
    assert read_note(packed(document, binary)) is None


def test_what_is_no_model_gets_no_note() -> None:
    with pytest.raises(BadMesh):
        noted_glb(b"glTF", NOTE)
    with pytest.raises(BadMesh):
        noted_glb(packed(b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"), NOTE)
