"""Turns accessors, the typed windows of glTF into its buffers, into arrays; none reads outside its buffer.

Source: glTF 2.0 specification, section 3.6, "Binary Data Storage".
"""

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import MAX_BYTES, Container, Json
from workers.meshes.reading import items, reference, section, whole

MAX_ELEMENTS = 3_000_000
"""Of one accessor: three indices for each of the most triangles."""
MAX_LIST = 10_000
"""Entries of any list of the document."""

_COMPONENTS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}

Array = NDArray[Any]


class Buffers:
    """The bytes of a file behind its accessors. What several things share is read once."""

    def __init__(self, container: Container) -> None:
        document = container.document
        self._binary = container.binary
        self._buffers = items(document, "buffers", MAX_LIST)
        self._views = items(document, "bufferViews", MAX_LIST)
        self._accessors = items(document, "accessors", MAX_LIST)
        self._bytes: dict[int, memoryview] = {}
        self._arrays: dict[int, Array] = {}

    def array(self, index: int) -> Array:
        """An accessor as elements × components, in its own number type; normalized integers as floats.

        Raises BadMesh: bad_json, out_of_range, outside_buffer, bad_accessor.
        """
        if index not in self._arrays:
            self._arrays[index] = self._read(self._accessors[index])
            self._arrays[index].setflags(write=False)
        return self._arrays[index]

    def named(self, owner: Json, key: str) -> Array | None:
        """The accessor that a key names, or None where it is not there. Raises as `array`."""
        index = reference(owner, key, self._accessors)
        return None if index is None else self.array(index)

    def view(self, owner: Json) -> memoryview:
        """The bytes of the bufferView that an object names. Raises BadMesh."""
        return self._view(self._views[whole(owner, "bufferView", len(self._views))])

    def check_views(self) -> None:
        """Hold every view and buffer against the bytes, used or not. Raises BadMesh."""
        for view in self._views:
            self._view(view)
        for accessor in self._accessors:
            _shape(accessor)

    def _read(self, accessor: Json) -> Array:
        kind, width, count = _shape(accessor)
        if "bufferView" in accessor:
            values = self._elements(accessor, kind, width, count)
        else:
            values = np.zeros((count, width), kind)
        if "sparse" in accessor:
            values = self._scattered(section(accessor, "sparse"), values)
        if accessor.get("normalized") and kind.kind in "iu":
            values = np.maximum(values.astype(np.float32) / np.iinfo(kind).max, -1)
        return values

    def _elements(self, owner: Json, kind: np.dtype[Any], width: int, count: int) -> Array:
        view = self._views[whole(owner, "bufferView", len(self._views))]
        data = self._view(view)
        size = kind.itemsize * width
        stride = whole(view, "byteStride", 253, size) or size
        offset = whole(owner, "byteOffset", MAX_BYTES, 0)
        if stride < size or (count and offset + stride * (count - 1) + size > len(data)):
            raise BadMesh("outside_buffer", "an accessor reads past its view")
        if not count:
            return np.zeros((0, width), kind)
        return np.ndarray((count, width), kind, data, offset, (stride, kind.itemsize))

    def _scattered(self, sparse: Json, values: Array) -> Array:
        count = whole(sparse, "count", len(values) + 1)
        places, changes = section(sparse, "indices"), section(sparse, "values")
        kind = _COMPONENTS.get(places.get("componentType", 0))
        if kind not in ("u1", "<u2", "<u4"):
            raise BadMesh("bad_accessor", "sparse indices of a wrong type")
        where = self._elements(places, np.dtype(kind), 1, count)[:, 0]
        if count and int(where.max()) >= len(values):
            raise BadMesh("bad_accessor", "a sparse index past the end")
        changed = values.copy()
        changed[where] = self._elements(changes, values.dtype, values.shape[1], count)
        return changed

    def _view(self, view: Json) -> memoryview:
        data = self._buffer(whole(view, "buffer", len(self._buffers)))
        offset = whole(view, "byteOffset", MAX_BYTES, 0)
        length = whole(view, "byteLength", MAX_BYTES + 1)
        if offset + length > len(data):
            raise BadMesh("outside_buffer", "a view reads past its buffer")
        return data[offset : offset + length]

    def _buffer(self, index: int) -> memoryview:
        if index not in self._bytes:
            buffer = self._buffers[index]
            data = memoryview(data_uri(buffer["uri"])) if "uri" in buffer else self._binary if index == 0 else None
            length = whole(buffer, "byteLength", MAX_BYTES + 1)
            if data is None or length > len(data):
                raise BadMesh("outside_buffer", f"buffer {index} says {length} bytes")
            self._bytes[index] = data[:length]
        return self._bytes[index]


def data_uri(uri: object) -> bytes:
    """The bytes inside a base64 data URI. Raises BadMesh: external_uri for an address of anything else, bad_uri."""
    if not isinstance(uri, str) or not uri.startswith("data:"):
        raise BadMesh("external_uri", "refers to something outside the file")
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise BadMesh("bad_uri", "a data URI without base64")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadMesh("bad_uri", "a data URI that cannot be decoded") from fault


def _shape(accessor: Json) -> tuple[np.dtype[Any], int, int]:
    """Number type, components and count of an accessor; matrices serve only animations, which are not read."""
    count = whole(accessor, "count", MAX_ELEMENTS + 1)
    component, kind = accessor.get("componentType"), accessor.get("type")
    if not isinstance(component, int) or component not in _COMPONENTS or not isinstance(kind, str):
        raise BadMesh("bad_accessor", "of an unknown type")
    if kind.startswith("MAT"):
        return np.dtype(np.float32), 0, count
    if kind not in _WIDTHS:
        raise BadMesh("bad_accessor", "of an unknown shape")
    return np.dtype(_COMPONENTS[component]), _WIDTHS[kind], count
