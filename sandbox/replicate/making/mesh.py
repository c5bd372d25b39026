"""A small mesh as GLB: a double pyramid, tinted."""

import struct

import numpy as np
import orjson

_POINTS = ((0, 1.2, 0), (1, 0, 0), (0, 0, 1), (-1, 0, 0), (0, 0, -1), (0, -1.2, 0))
_FACES = ((0, 2, 1), (0, 3, 2), (0, 4, 3), (0, 1, 4), (5, 1, 2), (5, 2, 3), (5, 3, 4), (5, 4, 1))
_FLOAT, _UNSIGNED_SHORT = 5126, 5123
_VERTICES, _INDICES = 34962, 34963


def make_glb(tint: tuple[float, float, float]) -> bytes:
    """Return a glTF 2.0 binary with one tinted mesh; the tint's parts are from 0 to 1."""
    points = np.asarray(_POINTS, "<f4")
    vertices, indices = points.tobytes(), np.asarray(_FACES, "<u2").tobytes()
    scene = {
        "asset": {"version": "2.0", "generator": "sandbox"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "sandbox"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorFactor": [*tint, 1], "metallicFactor": 0, "roughnessFactor": 0.6}}
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": len(_POINTS),
                "type": "VEC3",
                "min": points.min(axis=0).tolist(),
                "max": points.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": _UNSIGNED_SHORT, "count": 3 * len(_FACES), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(vertices), "target": _VERTICES},
            {"buffer": 0, "byteOffset": len(vertices), "byteLength": len(indices), "target": _INDICES},
        ],
        "buffers": [{"byteLength": len(vertices) + len(indices)}],
    }
    chunks = _chunk(b"JSON", orjson.dumps(scene), b" ") + _chunk(b"BIN\0", vertices + indices, b"\0")
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _chunk(kind: bytes, content: bytes, filler: bytes) -> bytes:
    content += filler * (-len(content) % 4)
    return struct.pack("<I4s", len(content), kind) + content
