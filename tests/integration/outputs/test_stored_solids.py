"""Solids end in the storage with a picture that stands and one that turns, or not at all."""

import io

import pytest
from PIL import Image

from services.orders import ImageTo3DOrder
from services.storage import Storage
from tests.integration.outputs.conftest import Counter, FullDisk, given, painted
from tests.unit.meshes.models import packed, textured_square, triangle
from workers.backends.base import BackendUnreachable, Solid
from workers.meshes.note import read_note

ORDER = ImageTo3DOrder(prompt="a chair", seed=11)


def square() -> bytes:
    return packed(*textured_square())


def remarked() -> bytes:
    """A solid whose maker wrote down for whom it was."""
    document, binary = textured_square()
    document["asset"] |= {"copyright": "Ann Smith", "generator": "vendor of Ann", "extras": {"user": "Ann"}}
    document["nodes"][0]["extras"] = {"user": "Ann"}
    return packed(document, binary)


async def test_a_solid_is_stored_with_its_poster_its_turn_and_a_note_that_tells_of_nobody(
    unhurried_counter, far, check
):
    kept = await unhurried_counter.store(given(far, remarked(), content_type="text/plain"), order=ORDER)
    (file,) = kept.files
    assert sorted(await unhurried_counter.keys()) == sorted(file.keys)
    whole, poster, turn = [await unhurried_counter.storage.get(key) for key in file.keys]
    assert (file.media_type, file.size_bytes, file.seed) == ("model/gltf-binary", len(whole), 11)
    note = read_note(whole)
    assert (note.prompt, note.seed, note.backend) == ("a chair", 11, "runware")
    assert b"Ann" not in whole
    still = Image.open(io.BytesIO(poster))
    assert (still.format, still.size) == ("JPEG", (file.width, file.height))
    moving = Image.open(io.BytesIO(turn))
    assert (moving.format, moving.n_frames > 10) == ("GIF", True)
    assert check.seen == [poster], "its poster is looked at"


async def test_a_solid_of_our_own_painters_goes_the_same_way(counter):
    kept = await counter.store(Solid(square(), 5), order=ORDER, backend="preview")
    assert read_note(await counter.storage.get(kept.files[0].storage_key)).backend == "preview"


@pytest.mark.parametrize(
    "content",
    [
        square()[: len(square()) // 2],
        b"glTF" + bytes(500),
        packed({"asset": {"version": "2.0"}}),
        packed({**triangle()[0], "buffers": [{"byteLength": 36, "uri": "http://169.254.169.254/x"}]}),
        packed({**triangle()[0], "extensionsRequired": ["KHR_draco_mesh_compression"]}, triangle()[1]),
        packed(*textured_square(b"\x89PNG\r\n\x1a\nno picture")),
        packed({**triangle()[0], "nodes": [{"mesh": 0, "children": [0]}]}, triangle()[1]),
        painted(),
        b"<!doctype html>",
        b"",
    ],
    ids=[
        *("cut", "bare head", "nothing in it", "a file elsewhere", "compressed", "broken texture", "its own child"),
        *("a picture", "a page", "zero bytes"),
    ],
)
async def test_what_is_no_solid_is_counted_as_spoilt_and_leaves_nothing(counter, far, check, content):
    kept = await counter.store(given(far, content, content_type="model/gltf-binary"), order=ORDER)
    assert (kept.files, kept.blocked, kept.spoilt) == ((), 0, 1)
    assert (await counter.keys(), check.seen) == ([], [])


async def test_a_solid_that_nobody_should_see_is_held_back_and_stored_nowhere(counter, far, check):
    check.is_to_block = lambda poster: True
    kept = await counter.store(given(far, square()), order=ORDER)
    assert (kept.files, kept.blocked, kept.spoilt, await counter.keys()) == ((), 1, 0, [])


async def test_a_solid_that_cannot_be_fetched_now_is_tried_again(counter, far):
    with pytest.raises(BackendUnreachable):
        await counter.store(given(far, b"", status=503), order=ORDER)
    assert (await counter.store(given(far, b"", status=503), order=ORDER, is_last_try=True)).spoilt == 1


@pytest.mark.parametrize("room", [0, 1, 2])
async def test_a_full_disk_leaves_no_half_of_a_solid(downloads, check, room):
    counter = Counter(Storage(FullDisk(room)), downloads, check)
    with pytest.raises(OSError, match="no space"):
        await counter.store(Solid(square(), 5), order=ORDER)
    assert await counter.keys() == []
