"""A model from outside is kept only where it is whole, within limits and alone."""

import json
import random
import resource
import struct
import time
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from tests.unit.meshes.models import (
    TRIANGLE,
    Document,
    ball,
    embedded,
    packed,
    picture,
    textured_square,
    triangle,
)
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.check import checked_glb
from workers.meshes.container import MAX_BYTES, MAX_JSON_BYTES

Change = Callable[[Document], object]


def refusal(content: bytes) -> str:
    with pytest.raises(BadMesh) as caught:
        checked_glb(content)
    return caught.value.code


def changed(change: Change) -> bytes:
    """The triangle with something else in its document."""
    document, binary = triangle()
    change(document)
    return packed(document, binary)


def test_one_triangle_is_a_model() -> None:
    checked = checked_glb(packed(*triangle()))
    assert (checked.triangles, checked.vertices, checked.has_texture) == (1, 3, False)
    assert checked.bounds == ((0, 0, 0), (1, 1, 0))


def test_a_textured_square_is_a_model() -> None:
    content = packed(*textured_square())
    checked = checked_glb(content)
    assert (checked.triangles, checked.vertices, checked.has_texture) == (2, 4, True)
    assert checked.content == content


def test_what_the_house_writes_it_also_accepts() -> None:
    assert checked_glb(ball(2000)).triangles == 2048


def test_buffers_in_data_uris_are_read() -> None:
    document, binary = triangle()
    document["buffers"][0]["uri"] = embedded(binary)
    assert checked_glb(packed(document)).triangles == 1


def test_nodes_place_scale_and_repeat_their_meshes() -> None:
    def twice(document: Document) -> None:
        document["nodes"] = [
            {"children": [1, 2], "translation": [10, 0, 0]},
            {"mesh": 0, "scale": [2, 2, 2]},
            {"mesh": 0, "rotation": [0, 0, 1, 0]},
        ]

    checked = checked_glb(changed(twice))
    assert checked.triangles == 2
    assert np.allclose(checked.bounds, ((9, -1, 0), (12, 2, 0)))


@pytest.mark.parametrize(("mode", "count", "triangles"), [(4, 6, 2), (5, 6, 4), (6, 6, 4)])
def test_lists_strips_and_fans_are_triangles(mode: int, count: int, triangles: int) -> None:
    document, _ = triangle()
    points = struct.pack("<18f", *(float(n * n % 7) for n in range(18)))
    document["meshes"][0]["primitives"][0]["mode"] = mode
    document["accessors"][0]["count"] = count
    document["bufferViews"][0]["byteLength"] = document["buffers"][0]["byteLength"] = len(points)
    assert checked_glb(packed(document, points)).triangles == triangles


def test_a_sparse_accessor_is_read() -> None:
    document, binary = triangle()
    binary += struct.pack("<HH3f", 2, 0, 0, 5, 0)
    document["buffers"][0]["byteLength"] = len(binary)
    document["bufferViews"] += [
        {"buffer": 0, "byteOffset": 36, "byteLength": 2},
        {"buffer": 0, "byteOffset": 40, "byteLength": 12},
    ]
    document["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": 1, "componentType": 5123},
        "values": {"bufferView": 2},
    }
    assert checked_glb(packed(document, binary)).bounds[1] == (1, 5, 0)


def test_quantized_positions_are_read() -> None:
    document, _ = triangle()
    points = struct.pack("<12h", 0, 0, 0, 0, 32767, 0, 0, 0, 0, 32767, 0, 0)
    document["extensionsRequired"] = ["KHR_mesh_quantization"]
    document["accessors"][0] |= {"componentType": 5122, "normalized": True}
    document["bufferViews"][0] |= {"byteLength": len(points), "byteStride": 8}
    document["buffers"][0]["byteLength"] = len(points)
    assert checked_glb(packed(document, points)).bounds == ((0, 0, 0), (1, 1, 0))


def test_every_truncation_is_refused() -> None:
    content = packed(*textured_square())
    for length in range(0, len(content), 7):
        assert refusal(content[:length]) in {"not_glb", "truncated"}


def test_a_header_that_promises_four_gigabytes_is_refused() -> None:
    content = bytearray(packed(*triangle()))
    struct.pack_into("<I", content, 8, 2**32 - 1)
    assert refusal(bytes(content)) == "truncated"
    content = bytearray(packed(*triangle()))
    struct.pack_into("<I", content, 12, 2**32 - 1)
    assert refusal(bytes(content)) == "truncated"


def test_too_many_bytes_are_refused() -> None:
    assert refusal(b"glTF" + bytes(MAX_BYTES)) == "too_large"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"[" * 100_000, "bad_json"),
        (b'{"a":' * 100_000, "bad_json"),
        (b"[]", "bad_json"),
        (b'{"asset": NaN}', "bad_json"),
        (b"\xff\xfe{}", "bad_json"),
        (b"{}", "not_gltf2"),
        (b'{"asset":{"version":"1.0"}}', "not_gltf2"),
        (b'{"asset":{"version":"2.0"}}', "no_triangles"),
        (b'{"asset":"' + b"x" * MAX_JSON_BYTES + b'"}', "too_complex"),
    ],
)
def test_json_that_is_no_model_is_refused(text: bytes, code: str) -> None:
    assert refusal(packed(text)) == code


HOSTILE: dict[str, tuple[Change, str]] = {
    "a buffer on the web": (lambda d: d["buffers"][0].update(uri="https://example.org/a.bin"), "external_uri"),
    "a buffer in a file": (lambda d: d["buffers"][0].update(uri="../../etc/passwd"), "external_uri"),
    "an image on the web": (lambda d: d.update(images=[{"uri": "http://example.org/a.png"}]), "external_uri"),
    "a data URI of rubbish": (lambda d: d["buffers"][0].update(uri="data:;base64,@@@"), "bad_uri"),
    "a data URI without base64": (lambda d: d["buffers"][0].update(uri="data:,abc"), "bad_uri"),
    "a huge count": (lambda d: d["accessors"][0].update(count=4_000_000_000), "out_of_range"),
    "a negative count": (lambda d: d["accessors"][0].update(count=-1), "out_of_range"),
    "a count that is no number": (lambda d: d["accessors"][0].update(count="3"), "bad_json"),
    "a count past the buffer": (lambda d: d["accessors"][0].update(count=4), "outside_buffer"),
    "an offset past the buffer": (lambda d: d["accessors"][0].update(byteOffset=8), "outside_buffer"),
    "a view past the buffer": (lambda d: d["bufferViews"][0].update(byteOffset=4), "outside_buffer"),
    "a buffer past the chunk": (lambda d: d["buffers"][0].update(byteLength=1000), "outside_buffer"),
    "a stride that overlaps": (lambda d: d["bufferViews"][0].update(byteStride=4), "outside_buffer"),
    "an unknown number type": (lambda d: d["accessors"][0].update(componentType=5130), "bad_accessor"),
    "pairs for positions": (lambda d: d["accessors"][0].update(type="VEC2"), "bad_accessor"),
    "a view that is not there": (lambda d: d["accessors"][0].update(bufferView=7), "out_of_range"),
    "a mesh that is not there": (lambda d: d["nodes"][0].update(mesh=5), "out_of_range"),
    "a material that is not there": (lambda d: d["meshes"][0]["primitives"][0].update(material=0), "out_of_range"),
    "a node that is its own child": (lambda d: d["nodes"][0].update(children=[0]), "recursive_nodes"),
    "a node met twice": (lambda d: d["scenes"][0].update(nodes=[0, 0]), "bad_json"),
    "a chain too deep": (
        lambda d: d.update(nodes=[*({"children": [n + 1]} for n in range(200)), {"mesh": 0}]),
        "recursive_nodes",
    ),
    "a place beyond all measure": (lambda d: d["nodes"][0].update(translation=[1e300, 0, 0]), "not_finite"),
    "a scale of nothing": (lambda d: d["nodes"][0].update(scale=[0, 0, 0]), "no_size"),
    "points only": (lambda d: d["meshes"][0]["primitives"][0].update(mode=0), "no_triangles"),
    "an empty scene": (lambda d: d["scenes"][0].update(nodes=[]), "no_triangles"),
    "compressed geometry": (lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"]), "extension"),
    "lists that are none": (lambda d: d.update(nodes={"0": 1}), "bad_json"),
    "objects that are none": (lambda d: d.update(meshes=[1]), "bad_json"),
    "too many meshes": (lambda d: d.update(meshes=[{}] * 20_000), "too_complex"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused(name: str) -> None:
    change, code = HOSTILE[name]
    assert refusal(changed(change)) == code


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 3e38])
def test_positions_that_are_no_places_are_refused(value: float) -> None:
    document, binary = triangle()
    assert refusal(packed(document, struct.pack("<f", value) + binary[4:])) in {"not_finite", "no_size"}


def test_an_index_past_the_vertices_is_refused() -> None:
    document, binary = textured_square()
    start = document["bufferViews"][2]["byteOffset"]
    assert refusal(packed(document, binary[:start] + b"\xff" + binary[start + 1 :])) == "bad_index"


def test_a_thousand_instances_of_a_large_mesh_are_refused_without_making_them() -> None:
    document, _ = triangle()
    count = 300_000
    binary = TRIANGLE * (count // 3)
    document["accessors"][0]["count"] = count
    document["bufferViews"][0]["byteLength"] = document["buffers"][0]["byteLength"] = len(binary)
    document["nodes"] = [{"children": list(range(1, 1001))}, *({"mesh": 0} for _ in range(1000))]
    assert refusal(packed(document, binary)) == "too_many_triangles"


def test_a_texture_that_is_a_bomb_is_refused_by_its_header() -> None:
    small = bytearray(picture())
    struct.pack_into(">II", small, 16, 60_000, 60_000)  # width and height in IHDR
    struct.pack_into(">I", small, 29, zlib.crc32(small[12:29]))
    assert refusal(packed(*textured_square(bytes(small)))) in {"texture_too_large", "bad_texture"}


@pytest.mark.parametrize("image", [b"no picture at all", b"GIF89a" + bytes(40), b"\x89PNG\r\n\x1a\n"])
def test_a_texture_that_is_none_is_refused(image: bytes) -> None:
    assert refusal(packed(*textured_square(image))) == "bad_texture"


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP"])
def test_textures_of_the_web_are_accepted(image_format: str) -> None:
    document, binary = textured_square(picture(image_format=image_format), f"image/{image_format.lower()}")
    if image_format == "WEBP":
        document["extensionsRequired"] = ["EXT_texture_webp"]
        document["textures"] = [{"extensions": {"EXT_texture_webp": {"source": 0}}}]
    assert checked_glb(packed(document, binary)).has_texture


def test_whatever_is_broken_in_a_file_it_is_either_a_model_or_a_bad_mesh() -> None:
    rng = random.Random(11)
    content = packed(*textured_square())
    text_end = 20 + struct.unpack_from("<I", content, 12)[0]
    for _ in range(1500):
        broken = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(text_end if rng.random() < 0.7 else len(broken))
            broken[place] = rng.choice([rng.randrange(256), *b'0919-[]{}:,"'])
        try:
            checked_glb(bytes(broken))
        except BadMesh:
            continue


def test_whatever_value_stands_in_a_document_it_is_either_a_model_or_a_bad_mesh() -> None:
    odd = [None, True, -1, 0, 1, 2**31, 2**63, 10**40, 1.5, 1e308, "x", "", [], [[]], [0], {}, {"a": 1}]

    def spots(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(spot for key, part in inner for spot in spots(part, (*path, key)))]

    for make in (triangle, textured_square):
        document, binary = make()
        for path in spots(document)[1:]:
            for value in odd:
                changed_document = json.loads(json.dumps(document))
                owner = changed_document
                for key in path[:-1]:
                    owner = owner[key]
                owner[path[-1]] = value
                try:
                    checked_glb(packed(changed_document, binary))
                except BadMesh:
                    continue


def test_the_largest_model_is_checked_in_little_memory() -> None:
    content = ball(900_000)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert checked_glb(content).triangles > 890_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
    assert time.process_time() - start < 20
