"""Writes simple textured models: indexed triangles, one picture, one material a part."""

from dataclasses import dataclass

import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.container import Json, write_container

_ARRAY, _ELEMENTS = 34962, 34963
_FLOAT, _UNSIGNED = 5126, 5125


@dataclass(frozen=True, slots=True)
class Part:
    """One surface of a model."""

    name: str
    positions: Array
    """Vertices × 3; y is up, the front looks to +z. Unit: metres."""
    normals: Array
    """Vertices × 3, length 1."""
    faces: Array
    """Triangles × 3, counter-clockwise seen from outside."""
    places: Array | None = None
    """Vertices × 2: where in the texture, v down."""
    texture: bytes | None = None
    """A JPEG."""
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Linear."""
    vertex_colours: Array | None = None
    """Vertices × 3, linear."""
    roughness: float = 1.0
    metallic: float = 0.0


def written_glb(parts: list[Part]) -> bytes:
    """A GLB file with these parts under one node. The same parts give the same bytes."""
    writer = _Writer()
    primitives = [writer.primitive(part) for part in parts]
    document: Json = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": primitives}],
        **writer.lists,
    }
    return write_container(document, bytes(writer.binary))


class _Writer:
    def __init__(self) -> None:
        self.binary = bytearray()
        self.lists: dict[str, list[Json]] = {"accessors": [], "bufferViews": [], "materials": []}

    def primitive(self, part: Part) -> Json:
        attributes = {
            "POSITION": self._accessor(part.positions, "VEC3", limits=True),
            "NORMAL": self._accessor(part.normals, "VEC3"),
        }
        if part.places is not None:
            attributes["TEXCOORD_0"] = self._accessor(part.places, "VEC2")
        if part.vertex_colours is not None:
            attributes["COLOR_0"] = self._accessor(part.vertex_colours, "VEC3")
        view = self._view(np.ascontiguousarray(part.faces, "<u4").tobytes(), _ELEMENTS)
        accessor = {"bufferView": view, "componentType": _UNSIGNED, "count": int(part.faces.size), "type": "SCALAR"}
        indices = self._add("accessors", accessor)
        return {"attributes": attributes, "indices": indices, "material": self._material(part)}

    def _accessor(self, values: Array, kind: str, *, limits: bool = False) -> int:
        stored = np.ascontiguousarray(values, "<f4")
        accessor: Json = {
            "bufferView": self._view(stored.tobytes(), _ARRAY),
            "componentType": _FLOAT,
            "count": len(stored),
            "type": kind,
        }
        if limits:
            accessor |= {"min": stored.min(axis=0).tolist(), "max": stored.max(axis=0).tolist()}
        return self._add("accessors", accessor)

    def _material(self, part: Part) -> int:
        shading: Json = {
            "baseColorFactor": [*part.colour, 1.0],
            "metallicFactor": part.metallic,
            "roughnessFactor": part.roughness,
        }
        if part.texture is not None:
            image = self._add("images", {"bufferView": self._view(part.texture, None), "mimeType": "image/jpeg"})
            self.lists.setdefault("samplers", [{"wrapS": 33071, "wrapT": 33071, "minFilter": 9987, "magFilter": 9729}])
            texture = self._add("textures", {"source": image, "sampler": 0})
            shading["baseColorTexture"] = {"index": texture}
        return self._add("materials", {"name": part.name, "pbrMetallicRoughness": shading})

    def _view(self, content: bytes, target: int | None) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        view: Json = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(content)}
        if target is not None:
            view["target"] = target
        self.binary += content
        self.lists["buffers"] = [{"byteLength": len(self.binary)}]
        return self._add("bufferViews", view)

    def _add(self, name: str, entry: Json) -> int:
        entries = self.lists.setdefault(name, [])
        entries.append(entry)
        return len(entries) - 1
