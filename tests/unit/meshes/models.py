"""The models that the tests look at: built by hand, byte by byte, as the specification says."""

import base64
import io
import json
import math
import struct
from typing import Any

import numpy as np
from PIL import Image

from workers.meshes.write import Part, written_glb

Document = dict[str, Any]


def packed(document: Document | bytes, binary: bytes = b"") -> bytes:
    """A GLB container around a document."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        body += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


TRIANGLE = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)


def triangle() -> tuple[Document, bytes]:
    """The least that can be seen: one triangle without indices."""
    document: Document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "buffers": [{"byteLength": len(TRIANGLE)}],
        "bufferViews": [{"buffer": 0, "byteLength": len(TRIANGLE)}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
    }
    return document, TRIANGLE


def picture(width: int = 64, height: int = 64, image_format: str = "PNG") -> bytes:
    """A chequered texture."""
    rows, columns = np.mgrid[0:height, 0:width]
    tone = np.where((rows // 8 + columns // 8) % 2, 240, 60).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.stack([tone, tone // 2, 255 - tone], -1)).save(out, image_format)
    return out.getvalue()


def textured_square(image: bytes | None = None, mime_type: str = "image/png") -> tuple[Document, bytes]:
    """Two triangles, indices as bytes, a texture in the binary chunk."""
    image = picture() if image is None else image
    points = struct.pack("<12f", -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0)
    places = struct.pack("<8f", 0, 1, 1, 1, 1, 0, 0, 0)
    indices = bytes([0, 1, 2, 0, 2, 3, 0, 0])
    parts, offset, views = (points, places, indices, image), 0, []
    for part in parts:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(part)})
        offset += len(part)
    document: Document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]},
        ],
        "materials": [{"doubleSided": True, "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": mime_type}],
        "buffers": [{"byteLength": offset}],
        "bufferViews": views,
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5121, "count": 6, "type": "SCALAR"},
        ],
    }
    return document, b"".join(parts)


def embedded(binary: bytes) -> str:
    """A data URI."""
    return "data:application/octet-stream;base64," + base64.b64encode(binary).decode()


def ball(triangles: int, *, texture: bytes | None = None) -> bytes:
    """A ball of about so many triangles, coloured by its vertices or by a texture."""
    side = max(4, round(math.sqrt(triangles / 2)))
    u, v = (axis.reshape(-1) for axis in np.meshgrid(np.linspace(0, 1, side + 1), np.linspace(0, 1, side + 1)))
    around, down = u * 2 * np.pi, v * np.pi
    points = np.stack([np.sin(down) * np.sin(around), np.cos(down), np.sin(down) * np.cos(around)], 1)
    number = np.arange((side + 1) ** 2).reshape(side + 1, side + 1)
    a, b, c, d = (cut.reshape(-1) for cut in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    colours = None if texture else np.stack([u, v, 1 - u], 1)
    return written_glb([Part("ball", points, points, faces, np.stack([u, v], 1), texture, vertex_colours=colours)])
