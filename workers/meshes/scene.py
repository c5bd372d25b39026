"""Reads what a model shows: triangles in the world, with normals, texture places, colours and materials.

Source: glTF 2.0 specification, sections 3.5 "Scenes", 3.7 "Geometry", 3.9 "Materials". Skins stay in their bind pose,
morph targets and animations at rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workers.meshes.accessors import MAX_LIST, Array, Buffers
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import Container, Json
from workers.meshes.reading import items, number, numbers, reference, section, whole
from workers.meshes.textures import Textures

MAX_TRIANGLES = 1_000_000
"""Of a whole scene, every instance counted."""
MAX_DEPTH = 64
"""Nodes from the root to a leaf."""
MAX_PIECES = 4096
"""Instances of primitives in a scene."""
SMALLEST, LARGEST = 1e-9, 1e9
"""Sizes of a model, in its own unit: below is a point, above no number has digits left for its details."""

_WHITE = (1.0, 1.0, 1.0, 1.0)
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


@dataclass(frozen=True, slots=True)
class Material:
    """What a renderer needs of a material."""

    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Linear, multiplies texture and vertex colours."""
    image: int | None = None
    """The base colour texture's image."""
    texture_set: int = 0
    texture_transform: tuple[float, float, float, float, float] = (0, 0, 1, 1, 0)
    """KHR_texture_transform: offset, scale, rotation in radians."""
    roughness: float = 1.0
    metallic: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Linear."""
    double_sided: bool = False
    unlit: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One primitive as one node places it in the world."""

    positions: Array
    """Vertices × 3, float32, in the world; y is up, the front looks to +z."""
    faces: Array
    """Triangles × 3, int32, counter-clockwise seen from outside."""
    normals: Array | None
    """Vertices × 3, float32, in the world, of any length."""
    places: Array | None
    """Vertices × 2, float32: where in the base colour texture."""
    colours: Array | None
    """Vertices × 3, float32, linear."""
    material: Material


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a file shows."""

    pieces: tuple[Piece, ...]
    textures: Textures

    @property
    def triangles(self) -> int:
        """Every instance counted."""
        return sum(len(piece.faces) for piece in self.pieces)

    def bounds(self) -> tuple[Array, Array]:
        """The least and the greatest corner of the box around everything, float64."""
        low = np.min([piece.positions.min(axis=0) for piece in self.pieces], axis=0)
        high = np.max([piece.positions.max(axis=0) for piece in self.pieces], axis=0)
        return low.astype(np.float64), high.astype(np.float64)


def read_scene(container: Container) -> Scene:
    """Every triangle that a viewer would show.

    Raises BadMesh: no_triangles, too_many_triangles, too_complex, not_finite, no_size, bad_index, recursive_nodes and
    what accessors and textures raise.
    """
    reader = _Reader(container)
    pieces: list[Piece] = []
    triangles = 0
    for mesh, matrix in _placed_meshes(container.document):
        for primitive in items(reader.meshes[mesh], "primitives", MAX_LIST):
            # Counted from the sizes alone: a thousand instances of a million triangles are refused, not made.
            triangles += reader.count(primitive)
            if triangles > MAX_TRIANGLES:
                raise BadMesh("too_many_triangles", f"more than {MAX_TRIANGLES}")
            piece = reader.piece(primitive, matrix)
            if piece is not None:
                pieces.append(piece)
            if len(pieces) > MAX_PIECES:
                raise BadMesh("too_complex", f"more than {MAX_PIECES} primitives")
    if not pieces:
        raise BadMesh("no_triangles", "nothing to see")
    scene = Scene(tuple(pieces), reader.textures)
    low, high = scene.bounds()
    size, reach = float((high - low).max()), float(np.abs([low, high]).max())
    if size <= SMALLEST or reach > LARGEST or reach > size * 1e6:
        raise BadMesh("no_size", f"{size:g} large, {reach:g} from the origin")
    return scene


class _Reader:
    """Reads primitives; what they share is read once."""

    def __init__(self, container: Container) -> None:
        document = container.document
        self._buffers = Buffers(container)
        self._buffers.check_views()
        self.textures = Textures(document, self._buffers)
        self.meshes = items(document, "meshes", MAX_LIST)
        self._accessors = items(document, "accessors", MAX_LIST)
        self._materials = [self._material(material) for material in items(document, "materials", MAX_LIST)]

    def count(self, primitive: Json) -> int:
        """Triangles of a primitive, from its accessors' counts."""
        attributes, mode = section(primitive, "attributes"), whole(primitive, "mode", 7, _TRIANGLES)
        key = ("indices", primitive) if "indices" in primitive else ("POSITION", attributes)
        index = reference(key[1], key[0], self._accessors)
        if index is None or mode < _TRIANGLES:
            return 0
        corners = whole(self._accessors[index], "count", 2**53)
        return corners // 3 if mode == _TRIANGLES else max(0, corners - 2)

    def piece(self, primitive: Json, matrix: Array) -> Piece | None:
        """A primitive in the world; None for points, lines and what has no triangle. Raises BadMesh."""
        attributes = section(primitive, "attributes")
        points = self._buffers.named(attributes, "POSITION")
        mode = whole(primitive, "mode", 7, _TRIANGLES)
        if points is None or mode < _TRIANGLES:
            return None
        if points.shape[1] != 3:
            raise BadMesh("bad_accessor", "positions are no triples")
        faces = _faces(mode, self._buffers.named(primitive, "indices"), len(points))
        if not len(faces):
            return None
        # Only the vertices in use: many primitives may share one large pool.
        used, faces = _compacted(faces, len(points))
        chosen = points[used].astype(np.float64)
        if not np.isfinite(chosen).all():
            raise BadMesh("not_finite", "a position is no number")
        positions = chosen @ matrix[:3, :3].T + matrix[:3, 3]
        if len(positions) and np.abs(positions).max() > LARGEST:
            raise BadMesh("no_size", f"farther than {LARGEST:g} from the origin")
        if np.linalg.det(matrix[:3, :3]) < 0:
            faces = faces[:, ::-1]  # a mirror turns every triangle inside out
        index = reference(primitive, "material", [{}] * len(self._materials))
        material = Material() if index is None else self._materials[index]
        places = self._floats(attributes, f"TEXCOORD_{material.texture_set}", 2, used)
        colours = self._floats(attributes, "COLOR_0", 3, used)
        normals = self._floats(attributes, "NORMAL", 3, used)
        return Piece(
            positions.astype(np.float32),
            np.ascontiguousarray(faces, np.int32),
            None if normals is None else _turned_normals(normals, matrix),
            None if places is None else _transformed(places, material.texture_transform),
            None if colours is None else np.clip(colours, 0, 1),
            material,
        )

    def _floats(self, attributes: Json, name: str, width: int, used: Array) -> Array | None:
        """An attribute of the vertices in use. What is no number in it becomes 0: only positions make a shape."""
        values = self._buffers.named(attributes, name)
        if values is None:
            return None
        if values.shape[1] < width or (len(used) and int(used[-1]) >= len(values)):
            raise BadMesh("bad_accessor", f"{name} does not fit its positions")
        chosen = values[used, :width].astype(np.float32)
        return np.clip(np.nan_to_num(chosen, posinf=0, neginf=0), -1e6, 1e6)

    def _material(self, material: Json) -> Material:
        shading = section(material, "pbrMetallicRoughness")
        colour = numbers(shading, "baseColorFactor", 4, _WHITE)
        emission = numbers(material, "emissiveFactor", 3, (0, 0, 0))
        if "emissiveTexture" in material:
            emission = (0.0, 0.0, 0.0)  # glows only where its texture says, which is not read
        texture = section(shading, "baseColorTexture")
        shift = section(section(texture, "extensions"), "KHR_texture_transform")
        return Material(
            _tone(colour),
            self.textures.image_of(texture),
            whole(shift, "texCoord", 8, whole(texture, "texCoord", 8, 0)),
            (
                *_pair(shift, "offset", 0.0),
                *_pair(shift, "scale", 1.0),
                number(shift, "rotation", 0.0),
            ),
            min(1.0, max(0.0, number(shading, "roughnessFactor", 1.0))),
            # A texture of metalness is not read; where one is, most of what it covers is no metal.
            0.0
            if "metallicRoughnessTexture" in shading
            else min(1.0, max(0.0, number(shading, "metallicFactor", 1.0))),
            _tone(emission),
            material.get("doubleSided") is True,
            "KHR_materials_unlit" in section(material, "extensions"),
        )


def _tone(colour: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(1.0, max(0.0, value)) for value in colour[:3])
    return red, green, blue


def _pair(owner: Json, key: str, default: float) -> tuple[float, float]:
    first, second = numbers(owner, key, 2, (default, default))
    return first, second


def _placed_meshes(document: Json) -> Iterator[tuple[int, Array]]:
    """Every mesh of the scene with the matrix of its node, without recursion. Raises BadMesh recursive_nodes."""
    nodes, scenes = items(document, "nodes", MAX_LIST), items(document, "scenes", MAX_LIST)
    meshes = items(document, "meshes", MAX_LIST)
    if scenes:
        roots = _indices(scenes[whole(document, "scene", len(scenes), 0)], "nodes", nodes)
    else:
        children = {child for node in nodes for child in _indices(node, "children", nodes)}
        roots = [index for index in range(len(nodes)) if index not in children]
    seen: set[int] = set()
    waiting = [(index, np.eye(4), 1) for index in reversed(roots)]
    while waiting:
        index, above, depth = waiting.pop()
        # The specification asks for trees: a node met twice is a cycle, or a way to multiply work.
        if index in seen or depth > MAX_DEPTH:
            raise BadMesh("recursive_nodes", f"node {index} at depth {depth}")
        seen.add(index)
        matrix = above @ _local_matrix(nodes[index])
        if not np.isfinite(matrix).all() or np.abs(matrix).max() > 1e30:
            raise BadMesh("not_finite", "a node's place is out of all measure")
        mesh = reference(nodes[index], "mesh", meshes)
        if mesh is not None:
            yield mesh, matrix
        waiting += [(child, matrix, depth + 1) for child in reversed(_indices(nodes[index], "children", nodes))]


def _indices(owner: Json, key: str, among: list[Json]) -> list[int]:
    found = owner.get(key, [])
    if not isinstance(found, list) or len(found) > len(among):
        raise BadMesh("bad_json", f"{key} is no list of indices")
    return [whole({key: index}, key, len(among)) for index in found]


def _local_matrix(node: Json) -> Array:
    if "matrix" in node:
        return np.array(numbers(node, "matrix", 16, ())).reshape(4, 4).T
    x, y, z, w = numbers(node, "rotation", 4, (0, 0, 0, 1))
    length = (x * x + y * y + z * z + w * w) ** 0.5
    if not 1e-6 < length < 1e6:
        raise BadMesh("not_finite", "a rotation without a direction")
    x, y, z, w = x / length, y / length, z / length, w / length
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= numbers(node, "scale", 3, (1, 1, 1))
    matrix[:3, 3] = numbers(node, "translation", 3, (0, 0, 0))
    return matrix


def _faces(mode: int, indices: Array | None, vertices: int) -> Array:
    """Triangles × 3 of vertex indices. Raises BadMesh: bad_index, too_many_triangles."""
    if indices is None:
        corners: Array = np.arange(min(vertices, 3 * MAX_TRIANGLES), dtype=np.int64)
    else:
        if indices.dtype.kind != "u" or indices.shape[1] != 1:
            raise BadMesh("bad_accessor", "indices are no unsigned numbers")
        corners = indices[:, 0]
    if len(corners) and int(corners.max()) >= vertices:
        raise BadMesh("bad_index", f"vertex {int(corners.max())} of {vertices}")
    if mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == _FAN:
        return np.stack([corners[1:-1], corners[2:], np.broadcast_to(corners[:1], len(corners) - 2)], 1)
    strip = np.stack([corners[:-2], corners[1:-1], corners[2:]], 1)
    strip[1::2, [1, 2]] = strip[1::2, [2, 1]]  # every second triangle of a strip is wound the other way
    return strip


def _compacted(faces: Array, vertices: int) -> tuple[Array, Array]:
    """The vertices in use, ascending, and the faces in their numbers."""
    is_used = np.zeros(vertices, bool)
    is_used[faces] = True
    number_of = np.cumsum(is_used, dtype=np.int32) - 1
    return np.flatnonzero(is_used), number_of[faces]


def _turned_normals(normals: Array, matrix: Array) -> Array:
    """Normals in the world: by the cofactors, which exist for flattened shapes too."""
    linear = matrix[:3, :3] / max(float(np.abs(matrix[:3, :3]).max()), 1e-30)
    a, b, c = linear[:, 0], linear[:, 1], linear[:, 2]
    cofactors = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], 1)
    if np.linalg.det(linear) < 0:
        cofactors = -cofactors
    return (normals @ cofactors.T).astype(np.float32)


def _transformed(places: Array, transform: tuple[float, ...]) -> Array:
    if transform == (0.0, 0.0, 1.0, 1.0, 0.0):
        return places
    offset_u, offset_v, scale_u, scale_v, turn = transform
    u, v = places[:, 0] * scale_u, places[:, 1] * scale_v
    sine, cosine = np.sin(turn), np.cos(turn)
    return np.stack([cosine * u + sine * v + offset_u, -sine * u + cosine * v + offset_v], 1).astype(np.float32)
