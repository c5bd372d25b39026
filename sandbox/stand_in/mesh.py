"""A small mesh of one material as binary glTF 2.0."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

_FLOAT, _UNSIGNED_SHORT = 5126, 5123
_VERTICES, _INDICES = 34962, 34963


def make_mesh(
    corners: Sequence[tuple[float, float, float]],
    triangles: Sequence[tuple[int, int, int]],
    material: dict[str, Any],
) -> bytes:
    """Return a GLB file. A triangle names three corners by their place; `material` is glTF's own object."""
    points = np.asarray(corners, "<f4")
    vertices, indices = points.tobytes(), np.asarray(triangles, "<u2").tobytes()
    scene = {
        "asset": {"version": "2.0", "generator": "sandbox"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "sandbox"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [material],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT,
                "count": len(corners),
                "type": "VEC3",
                "min": points.min(axis=0).tolist(),
                "max": points.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": _UNSIGNED_SHORT, "count": 3 * len(triangles), "type": "SCALAR"},
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
    padded = content + filler * (-len(content) % 4)
    return struct.pack("<I4s", len(padded), kind) + padded
