"""Makes one drawable body of a scene: centred, scaled, with normals everywhere, no finer than can be seen."""

from dataclasses import dataclass

import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.scene import Material, Piece, Scene

FINEST = 768
"""Cells along the longest side of a body that is thinned: details below one are no larger than a pixel."""
THIN_FROM = 150_000
"""Triangles from which a body is thinned."""
CREASE = 0.85
"""Cosine of the angle between a face and its corner's mean from which a model without normals gets a hard edge.

At the corner of a cube it is at most 0.82."""


@dataclass(frozen=True, slots=True)
class Body:
    """Indexed triangles of all pieces in one, about as large as a ball of radius 1 around the origin."""

    positions: Array
    """Vertices × 3, float32."""
    normals: Array
    """Vertices × 3, float32, length 1."""
    places: Array
    """Vertices × 2, float32; 0 where there is no texture."""
    colours: Array
    """Vertices × 3, float32, linear: the vertex colour times the material's."""
    faces: Array
    """Triangles × 3, int32."""
    material_of: Array
    """Triangles, int16: index into the materials."""
    materials: tuple[Material, ...]


def solid_body(scene: Scene) -> Body:
    """The whole scene as one body."""
    low, high = scene.bounds()
    middle, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    materials = tuple(dict.fromkeys(piece.material for piece in scene.pieces))
    is_fine = scene.triangles > THIN_FROM
    parts: list[tuple[Array, ...]] = []
    start = 0
    for piece in scene.pieces:
        positions = ((piece.positions - middle) / radius).astype(np.float32)
        positions, faces = _thinned(positions, piece.faces) if is_fine else (positions, piece.faces)
        part = _with_normals(positions, faces, piece)
        numbers = np.full(len(part[4]), materials.index(piece.material), np.int16)
        parts.append((*part[:4], part[4] + start, numbers))
        start += len(part[0])
    columns = [np.concatenate(column) if len(parts) > 1 else column[0] for column in zip(*parts, strict=True)]
    positions, normals, places, colours, faces, material_of = columns
    return Body(positions, normals, places, colours, faces, material_of, materials)


def _thinned(positions: Array, faces: Array) -> tuple[Array, Array]:
    """Vertices pulled together in the cells of a fine grid, and the faces that are left.

    All vertices of a cell move to the first of them and keep what else they are. So texture seams, whose two sides lie
    in one cell, stay closed, and nothing shifts by more than a cell.
    """
    cells = np.floor((positions + 1) * (FINEST / 2)).astype(np.int64)
    keys = (cells[:, 0] * (FINEST + 1) + cells[:, 1]) * (FINEST + 1) + cells[:, 2]
    _, first, cell_of = np.unique(keys, return_index=True, return_inverse=True)
    corners = cell_of[faces]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    return positions[first[cell_of]], faces[(a != b) & (b != c) & (c != a)]


def _with_normals(positions: Array, faces: Array, piece: Piece) -> tuple[Array, Array, Array, Array, Array]:
    """Positions, normals, places, colours and faces; corners that lie on a hard edge become vertices of their own."""
    places = np.zeros((len(positions), 2), np.float32) if piece.places is None else piece.places
    tone = np.array(piece.material.colour, np.float32)
    colours = np.broadcast_to(tone, positions.shape) if piece.colours is None else piece.colours * tone
    if piece.normals is not None:
        return positions, _unit(piece.normals), places, colours, faces
    triangles = positions[faces]
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    # Vertices that differ only in their place on the texture share a normal.
    _, point_of = np.unique(np.round(positions * 1e5).astype(np.int32), axis=0, return_inverse=True)
    points = point_of.reshape(-1)[faces]
    sums = np.stack([np.bincount(points.reshape(-1), np.repeat(across[:, axis], 3)) for axis in range(3)], axis=1)
    flat, smooth = _unit(across), _unit(sums.astype(np.float32))[points]
    is_hard = np.einsum("tx,tcx->tc", flat, smooth) < CREASE
    smooth[is_hard] = np.broadcast_to(flat[:, None], smooth.shape)[is_hard]
    corners = faces.reshape(-1)
    count = len(corners)
    return (
        positions[corners],
        smooth.reshape(count, 3),
        places[corners],
        colours[corners],
        np.arange(count, dtype=np.int32).reshape(-1, 3),
    )


def _unit(vectors: Array) -> Array:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Array = (vectors / np.maximum(length, 1e-20)).astype(np.float32)
    return unit
