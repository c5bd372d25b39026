"""The shapes of a standing medallion: a curved front, a rim, a back and a plinth.

Outlines are superellipses: an exponent of 2 is an oval, a high one a rectangle with round corners.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.write import Part

FINE, COARSE = 128, 24
"""Cells along a side of the front and of the back."""
AROUND = 192
"""Segments of the rim."""
BACK = -0.10
"""Where the back lies, in half heights."""
_FOOT = 0.30
"""Height of the plinth."""
_RIM = ((-0.01, 0.03), (0.0, 0.075), (0.03, 0.10), (0.07, 0.10), (0.10, 0.07), (0.11, 0.0), (0.11, -0.08))
"""The rim's front, as steps outwards and forwards."""
_RIM_BACK = ((0.10, -0.125), (0.06, -0.145), (0.02, -0.135), (-0.01, -0.10))


@dataclass(frozen=True, slots=True)
class Outline:
    """The edge of a medallion around the origin."""

    half_width: float
    """The half height is 1."""
    exponent: float

    def reach(self, angle: Array) -> Array:
        """Points on the edge, in the directions of these angles of a circle that is stretched to the width."""
        x, y = np.cos(angle), np.sin(angle)
        length = (np.abs(x) ** self.exponent + np.abs(y) ** self.exponent) ** (-1 / self.exponent)
        return np.stack([x * length * self.half_width, y * length], -1)

    def disc(self, cells: int) -> tuple[Array, Array]:
        """A grid drawn over the whole surface: points × 2, rows from the top, and how far out each is, 0 to 1."""
        line = np.linspace(-1, 1, cells + 1)
        p, q = (values.reshape(-1) for values in np.meshgrid(line, -line))
        out = np.maximum(np.abs(p), np.abs(q))
        return self.reach(np.arctan2(q, p)) * out[:, None], out


def front(outline: Outline, height: Callable[[Array, Array], Array], texture: bytes) -> Part:
    """The picture side. height: for texture places in shares from the top left and distances from the middle."""
    points, out = outline.disc(FINE)
    places = _places(points, outline, 1)
    positions = np.column_stack([points, height(places, out)])
    faces = _grid(FINE)
    return Part("front", positions, _smooth(positions, faces), faces, places, texture, roughness=0.7)


def back(outline: Outline, texture: bytes) -> Part:
    """The reverse, to be read from behind."""
    points, _ = outline.disc(COARSE)
    positions = np.column_stack([points, np.full(len(points), BACK)])
    normals = np.broadcast_to(np.array([0.0, 0.0, -1.0]), positions.shape)
    faces = _grid(COARSE)[:, ::-1]
    return Part("back", positions, normals, faces, _places(points, outline, -1), texture, roughness=0.6)


def rim(outline: Outline, colour: tuple[float, float, float]) -> Part:
    """A metal frame around the edge, front to back."""
    profile = np.array([*_RIM, *_RIM_BACK])
    angle = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    edge = outline.reach(angle)
    along = np.roll(edge, -1, axis=0) - np.roll(edge, 1, axis=0)
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    flat = edge[:, None] + outward[:, None] * profile[None, :, :1]
    depth = np.broadcast_to(profile[None, :, 1:], (*flat.shape[:2], 1))
    positions = np.concatenate([flat, depth], axis=2).reshape(-1, 3)
    steps = len(profile)
    here = (np.arange(AROUND)[:, None] * steps + np.arange(steps - 1)[None]).reshape(-1)
    there = (here + steps) % (AROUND * steps)
    faces = np.concatenate([np.stack([here, here + 1, there], 1), np.stack([there, here + 1, there + 1], 1)])
    return Part("rim", positions, _smooth(positions, faces), faces, colour=colour, roughness=0.38, metallic=0.85)


def plinth(outline: Outline, colour: tuple[float, float, float], plate: bytes) -> list[Part]:
    """What the medallion stands on: a bevelled block, and a plate with words on its front."""
    half, depth = outline.half_width * (0.96 if outline.exponent < 4 else 1.14), 0.36
    top, foot = -1.0, -1.0 - _FOOT
    block = _bevelled((half, _FOOT / 2, depth), 0.03, (0.0, (top + foot) / 2, 0.0), colour)
    sign_half = np.array([half * 0.86, _FOOT * 0.34])
    corners = np.array([(-1, 1), (-1, -1), (1, -1), (1, 1)]) * sign_half + np.array([0, (top + foot) / 2])
    positions = np.column_stack([corners, np.full(4, depth + 0.004)])
    normals = np.broadcast_to(np.array([0.0, 0.0, 1.0]), (4, 3))
    places = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], float)
    sign = Part("plate", positions, normals, np.array([(0, 1, 2), (0, 2, 3)]), places, plate, roughness=0.5)
    return [block, sign]


def _bevelled(
    half: tuple[float, float, float], bevel: float, centre: tuple[float, float, float], colour: tuple[float, ...]
) -> Part:
    """A block whose edges catch the light: each corner is three points, one on each face that meets there."""
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    inner, outer = np.array(half) - bevel, np.array(half)
    # points[c, axis]: the corner c as it lies on the face across that axis.
    points = np.stack([np.where(np.arange(3) == axis, outer, inner) * signs for axis in range(3)], 1)
    polygons: list[Array] = []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for side in (-1, 1):
            own = [c for c in range(8) if signs[c, axis] == side]
            own.sort(key=lambda c: float(np.arctan2(signs[c, second], signs[c, first])))
            polygons.append(points[own, axis])
        for one in (-1, 1):  # the edges along this axis, between the faces across the other two
            for other in (-1, 1):
                ends = [c for c in range(8) if signs[c, first] == one and signs[c, second] == other]
                a, b = ends
                polygons.append(np.array([points[a, first], points[b, first], points[b, second], points[a, second]]))
    polygons += [points[c] for c in range(8)]
    positions: list[Array] = []
    normals: list[Array] = []
    faces: list[tuple[int, int, int]] = []
    for polygon in polygons:
        across = np.cross(polygon[1] - polygon[0], polygon[2] - polygon[0])
        across /= np.linalg.norm(across)
        if across @ polygon.mean(axis=0) < 0:  # the block is convex and around the origin
            polygon, across = polygon[::-1], -across
        start = sum(len(known) for known in positions)
        faces += [(start, start + i, start + i + 1) for i in range(1, len(polygon) - 1)]
        positions.append(polygon)
        normals.append(np.broadcast_to(across, polygon.shape))
    red, green, blue = colour
    return Part(
        "plinth",
        np.concatenate(positions) + np.array(centre),
        np.concatenate(normals),
        np.array(faces),
        colour=(red, green, blue),
        roughness=0.55,
    )


def _places(points: Array, outline: Outline, direction: int) -> Array:
    return np.column_stack([0.5 + direction * points[:, 0] / (2 * outline.half_width), 0.5 - points[:, 1] / 2])


def _grid(cells: int) -> Array:
    """Two triangles a cell, counter-clockwise where rows go down and columns to the right."""
    number = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = (part.reshape(-1) for part in (number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]))
    return np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])


def _smooth(positions: Array, faces: Array) -> Array:
    """Normals, length 1: each vertex looks where its triangles look on average."""
    corners = positions[faces]
    across = np.repeat(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), 3, axis=0)
    sums = np.stack([np.bincount(faces.reshape(-1), across[:, axis], len(positions)) for axis in range(3)], 1)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(length > 1e-12, sums / np.maximum(length, 1e-12), np.array([0.0, 0.0, 1.0]))
