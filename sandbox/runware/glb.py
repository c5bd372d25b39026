"""A small real 3D model: a coloured cube as binary glTF 2.0."""

import colorsys
import struct

import orjson

_CORNERS = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
_FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
_FLOAT, _UNSIGNED_SHORT = 5126, 5123
_VERTICES, _INDICES = 34962, 34963


def make_cube(seed: int) -> bytes:
    """Return a cube of side 1 in a colour that the seed chooses, as a GLB file."""
    positions = b"".join(struct.pack("<3f", *corner) for corner in _CORNERS)
    triangles = [corner for a, b, c, d in _FACES for corner in (a, b, c, a, c, d)]
    indices = struct.pack(f"<{len(triangles)}H", *triangles)
    colour = [*colorsys.hsv_to_rgb(seed % 360 / 360, 0.6, 0.9), 1.0]
    scene = {
        "asset": {"version": "2.0", "generator": "sandbox"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorFactor": colour, "metallicFactor": 0.1}, "doubleSided": True}
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": len(_CORNERS),
                "type": "VEC3",
                "min": [-0.5] * 3,
                "max": [0.5] * 3,
            },
            {"bufferView": 1, "componentType": _UNSIGNED_SHORT, "count": len(triangles), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(positions), "target": _VERTICES},
            {"buffer": 0, "byteOffset": len(positions), "byteLength": len(indices), "target": _INDICES},
        ],
        "buffers": [{"byteLength": len(positions) + len(indices)}],
    }
    chunks = _chunk(b"JSON", orjson.dumps(scene), b" ") + _chunk(b"BIN\0", positions + indices, b"\0")
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _chunk(kind: bytes, content: bytes, filler: bytes) -> bytes:
    padded = content + filler * (-len(content) % 4)
    return struct.pack("<I4s", len(padded), kind) + padded
