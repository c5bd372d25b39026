"""The textures of a body, each in ever smaller copies, and how a pixel finds its colour among them."""

import cv2
import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.scene import Material
from workers.meshes.textures import Textures

LARGEST = 1024
"""Pixels of the longest side of a texture: twice what a turntable can show of it."""


class Atlas:
    """All copies of all textures behind one another, linear light."""

    def __init__(self, textures: Textures, materials: tuple[Material, ...]) -> None:
        """Raises BadMesh bad_texture."""
        copies: list[Array] = []
        starts: list[list[int]] = []
        sizes: list[list[tuple[int, int]]] = []
        made: dict[int, int] = {}
        position = 0
        for image in dict.fromkeys(m.image for m in materials if m.image is not None):
            made[image] = len(starts)
            pixels = textures.pixels(image, LARGEST)
            starts.append([])
            sizes.append([])
            while True:
                height, width = pixels.shape[:2]
                copies.append(np.ascontiguousarray(pixels).reshape(-1, 3))
                starts[-1].append(position)
                sizes[-1].append((width, height))
                position += width * height
                if max(width, height) <= 4:
                    break
                half = (max(1, width // 2), max(1, height // 2))
                pixels = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
        self.is_empty = not copies
        if self.is_empty:
            return
        levels = max(len(row) for row in starts)
        self._texels = np.concatenate(copies)
        self._starts = np.array([row + row[-1:] * (levels - len(row)) for row in starts])
        self._sizes = np.array([row + row[-1:] * (levels - len(row)) for row in sizes])
        self._levels = levels
        self._image_of = np.array([-1 if m.image is None else made[m.image] for m in materials], np.int16)

    def has(self, materials: Array) -> Array:
        """Which of these materials, given by index, have a texture."""
        return self._image_of[materials] >= 0

    def footprint(self, places: Array, faces: Array, materials: Array, areas: Array) -> Array:
        """For faces of an area in pixels: the copy, 0 the largest, whose texels are about as large as pixels."""
        corners = places[faces]
        u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        image = np.maximum(self._image_of[materials], 0)
        full = self._sizes[image, 0].prod(axis=1)
        texels = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2 * full
        levels = np.log2(np.maximum(texels, 1e-9) / np.maximum(areas, 0.05)) / 2
        return np.clip(np.round(levels), 0, self._levels - 1).astype(np.int64)

    def colours(self, places: Array, materials: Array, levels: Array) -> Array:
        """Points × 3, float32, linear: the textures' colours at places, between texels, repeated without end."""
        image = self._image_of[materials]
        start, size = self._starts[image, levels], self._sizes[image, levels]
        width, height = size[:, 0], size[:, 1]
        x = (places[:, 0] - np.floor(places[:, 0])) * width - 0.5
        y = (places[:, 1] - np.floor(places[:, 1])) * height - 0.5
        left, top = np.floor(x), np.floor(y)
        across, down = (x - left).astype(np.float32)[:, None], (y - top).astype(np.float32)[:, None]
        x0, y0 = left.astype(np.int64) % width, top.astype(np.int64) % height
        x1, y1 = (x0 + 1) % width, (y0 + 1) % height
        upper, lower = start + y0 * width, start + y1 * width
        above = self._at(upper + x0) * (1 - across) + self._at(upper + x1) * across
        below = self._at(lower + x0) * (1 - across) + self._at(lower + x1) * across
        return above * (1 - down) + below * down

    def _at(self, index: Array) -> Array:
        return _LINEAR[self._texels[index]]


def linear(colour: Array) -> Array:
    """sRGB 0 to 1 as linear light."""
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4).astype(np.float32)


def display(light: Array) -> Array:
    """Linear light 0 to 1 as sRGB."""
    clipped = np.clip(light, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055).astype(np.float32)


_LINEAR = linear(np.arange(256, dtype=np.float32) / 255)
