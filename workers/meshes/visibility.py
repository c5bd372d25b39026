"""Which triangle each pixel sees: a z-buffer over arrays instead of loops.

Triangles are sorted by the size of their box in pixels; all of one size are tested against all pixels of their boxes
at once. Large ones are cut into tiles first.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.bad_mesh import BadMesh

TILE = 32
"""Pixels: the largest box that is tested in one piece."""
AT_ONCE = 1_000_000
"""Pixels tested at once: bounds the memory."""
MOST_LAYERS = 150
"""Whole pictures' worth of pixels that are tested; real models need ten."""
MOST_BOXES = 1000
"""Whole pictures' worth of boxes that are looked at, before those without any of their triangle are left out."""


_Boxes = tuple[Array, Array, Array, Array, Array]
"""Triangle, x, y, width, height."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The pixels that see something, and what."""

    pixels: Array
    """Indices into the flattened picture, ascending."""
    faces: Array
    """The triangle that each sees."""
    weights: Array
    """Pixels × 3, float32: how near each is to the triangle's corners, right in perspective."""


def see(screen: Array, nearness: Array, faces: Array, is_open: Array, side: int) -> Seen:
    """Draw triangles into a square picture.

    screen: vertices × 2, pixels; nearness: vertices, 1 / distance; is_open: for each triangle, whether it is seen
    from behind too. Raises BadMesh too_complex where triangles lie over one another without end.
    """
    corners = screen[faces]
    ax, ay, bx, by, cx, cy = (np.ascontiguousarray(corners[:, i, j]) for i in range(3) for j in range(2))
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    # y goes down on the screen, so that what looks at us is wound clockwise there: its area is negative.
    left = np.ceil(np.minimum(np.minimum(ax, bx), cx) - 0.5).clip(0, side).astype(np.int32)
    right = np.floor(np.maximum(np.maximum(ax, bx), cx) - 0.5).clip(-1, side - 1).astype(np.int32)
    top = np.ceil(np.minimum(np.minimum(ay, by), cy) - 0.5).clip(0, side).astype(np.int32)
    bottom = np.floor(np.maximum(np.maximum(ay, by), cy) - 0.5).clip(-1, side - 1).astype(np.int32)
    shown = np.flatnonzero((right >= left) & (bottom >= top) & ((area < -1e-9) | (is_open & (area > 1e-9))))
    ax, ay, bx, by, cx, cy, area = (values[shown] for values in (ax, ay, bx, by, cx, cy, area))
    # Weight of a corner at (x, y): plane[0] x + plane[1] y + plane[2]; all three sum up to 1. Counted from the
    # triangle's own box: from the picture's corner, float32 would have no digits left for a triangle of a pixel.
    origin = np.stack([left[shown], top[shown]], 1)
    ax, bx, cx = (x - origin[:, 0] for x in (ax, bx, cx))
    ay, by, cy = (y - origin[:, 1] for y in (ay, by, cy))
    scale = 1 / area
    planes = np.empty((len(shown), 3, 3), np.float32)
    planes[:, 0] = np.stack([(by - cy) * scale, (cx - bx) * scale, (bx * cy - by * cx) * scale], 1)
    planes[:, 1] = np.stack([(cy - ay) * scale, (ax - cx) * scale, (cx * ay - cy * ax) * scale], 1)
    planes[:, 2] = np.stack([(ay - by) * scale, (bx - ax) * scale, (ax * by - ay * bx) * scale], 1)
    near = nearness[faces[shown]]
    buffer = np.zeros(side * side, np.int64)
    sizes = (right[shown] - left[shown] + 1).astype(np.int64) * (bottom[shown] - top[shown] + 1)
    if int(sizes.sum()) > MOST_BOXES * side * side:
        raise BadMesh("too_complex", "its triangles would cover the picture a thousand times")
    boxes = _touching(_tiles(left[shown], right[shown], top[shown], bottom[shown]), origin, planes)
    if int((boxes[3].astype(np.int64) * boxes[4]).sum()) > MOST_LAYERS * side * side:
        raise BadMesh("too_complex", f"more than {MOST_LAYERS} layers of triangles")
    for width, height, which, x, y in _alike(*boxes):
        _draw(buffer, side, width, height, which, x, y, origin, planes, near)
    pixels = np.flatnonzero(buffer)
    chosen = (buffer[pixels] & 0xFFFFFFFF).astype(np.int64)
    weights = _weights(planes[chosen], origin[chosen], pixels, side) * near[chosen]
    np.maximum(weights, 0, out=weights)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-20)
    return Seen(pixels, shown[chosen], weights)


def _weights(planes: Array, origin: Array, pixels: Array, side: int) -> Array:
    x = (pixels % side - origin[:, 0]).astype(np.float32) + 0.5
    y = (pixels // side - origin[:, 1]).astype(np.float32) + 0.5
    result: Array = planes[:, :, 0] * x[:, None] + planes[:, :, 1] * y[:, None] + planes[:, :, 2]
    return result


def _tiles(left: Array, right: Array, top: Array, bottom: Array) -> _Boxes:
    """Boxes of at most TILE pixels a side: triangle, x, y, width, height."""
    width, height = right - left + 1, bottom - top + 1
    which = np.arange(len(left), dtype=np.int32)
    is_large = (width > TILE) | (height > TILE)
    if not is_large.any():
        return which, left, top, width, height
    large = np.flatnonzero(is_large)
    columns, rows = -(-width[large] // TILE), -(-height[large] // TILE)
    count = columns * rows
    owner = np.repeat(np.arange(len(large)), count)
    number = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    x = left[large][owner] + number % columns[owner] * TILE
    y = top[large][owner] + number // columns[owner] * TILE
    cut_width = np.minimum(TILE, right[large][owner] - x + 1)
    cut_height = np.minimum(TILE, bottom[large][owner] - y + 1)
    small = np.flatnonzero(~is_large)
    pairs = zip(
        (which[small], left[small], top[small], width[small], height[small]),
        (which[large][owner], x, y, cut_width, cut_height),
        strict=True,
    )
    which, left, top, width, height = (np.concatenate(pair).astype(np.int32) for pair in pairs)
    return which, left, top, width, height


def _touching(boxes: _Boxes, origin: Array, planes: Array) -> _Boxes:
    """The boxes without the tiles of large triangles in which nothing of the triangle lies."""
    which, x, y, width, height = boxes
    tiles = np.flatnonzero((width == TILE) | (height == TILE))
    if not len(tiles):
        return boxes
    own = planes[which[tiles]]
    start_x = (x[tiles] - origin[which[tiles], 0]).astype(np.float32)
    start_y = (y[tiles] - origin[which[tiles], 1]).astype(np.float32)
    is_touched = np.ones(len(tiles), bool)
    for corner in range(3):
        across, down, rest = own[:, corner, 0], own[:, corner, 1], own[:, corner, 2]
        # The greatest weight in the tile is at the corner towards which the plane rises.
        most = rest + across * (start_x + np.where(across > 0, width[tiles], 0))
        most += down * (start_y + np.where(down > 0, height[tiles], 0))
        is_touched &= most >= -1e-4
    keep = np.ones(len(which), bool)
    keep[tiles[~is_touched]] = False
    return which[keep], x[keep], y[keep], width[keep], height[keep]


def _alike(which: Array, x: Array, y: Array, width: Array, height: Array) -> list[tuple[int, int, Array, Array, Array]]:
    """Boxes in groups of one size, rounded up to steps that waste little."""
    steps = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, TILE], np.int32)
    wide, high = np.searchsorted(steps, width), np.searchsorted(steps, height)
    kind = wide * len(steps) + high
    order = np.argsort(kind, kind="stable")
    sizes = kind[order]
    starts: Array = np.flatnonzero(np.diff(sizes, prepend=-1))
    groups: list[tuple[int, int, Array, Array, Array]] = []
    for start, end in pairwise([*starts, len(order)]):
        size = int(kind[order[start]])
        box_width, box_height = int(steps[size // len(steps)]), int(steps[size % len(steps)])
        step = max(1, AT_ONCE // (box_width * box_height))
        for begin in range(start, end, step):
            members = order[begin : min(end, begin + step)]
            groups.append((box_width, box_height, which[members], x[members], y[members]))
    return groups


def _draw(
    buffer: Array,
    side: int,
    width: int,
    height: int,
    which: Array,
    x: Array,
    y: Array,
    origin: Array,
    planes: Array,
    near: Array,
) -> None:
    """Keep in the buffer, for every pixel, the nearest triangle: its nearness above, its number below 32 bits."""
    columns, rows = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    own, closeness = planes[which], near[which]
    start_x = (x - origin[which, 0]).astype(np.float32) + 0.5
    start_y = (y - origin[which, 1]).astype(np.float32) + 0.5
    inside: Array | None = None
    depth: Array | None = None
    for corner in range(3):
        plane = own[:, corner]
        first = plane[:, 0] * start_x + plane[:, 1] * start_y + plane[:, 2]
        weight = first[:, None, None] + plane[:, 0, None, None] * columns + plane[:, 1, None, None] * rows
        here = weight >= -1e-5
        inside = here if inside is None else inside & here
        weight *= closeness[:, corner, None, None]
        depth = weight if depth is None else depth + weight
    if inside is None or depth is None:
        return
    # A box rounded up may reach past the picture.
    if (x.max() + width > side) or (y.max() + height > side):
        inside &= (x[:, None, None] + columns < side) & (y[:, None, None] + rows < side)
    member, row, column = np.nonzero(inside)
    pixel = (y[member] + row) * side + x[member] + column
    # Nearness is below 2 for a body of radius 1 and a camera outside it; at least 1 in the upper half keeps it seen.
    level = (depth[member, row, column] * 2**29).clip(1, 2**31 - 2).astype(np.int64)
    np.maximum.at(buffer, pixel, (level << 32) | which[member])
