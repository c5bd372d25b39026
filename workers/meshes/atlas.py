"""The textures of a body, each in ever smaller copies, and how a pixel finds its colour among them."""

import cv2
import numpy as np

from workers.meshes.accessors import Array
from workers.meshes.scene import Material
from workers.meshes.textures import Textures

LARGEST = 1024
"""Pixels of the longest side of a texture: more than a turntable can show of it."""
_ROW = 4096


class Atlas:
    """Every texture as a row of copies, each half as large as the one before, sRGB."""

    def __init__(self, textures: Textures, materials: tuple[Material, ...]) -> None:
        """Raises BadMesh bad_texture."""
        images = list(dict.fromkeys(m.image for m in materials if m.image is not None))
        # Many textures share the room of four.
        side = min(LARGEST, int(LARGEST * 2 / max(1, len(images)) ** 0.5))
        self._copies = [_halved(textures.pixels(image, side)) for image in images]
        self._image_of = np.array([-1 if m.image is None else images.index(m.image) for m in materials], np.int32)
        self._texels = np.array([copies[0].shape[0] * copies[0].shape[1] for copies in self._copies], np.float32)
        self._last = np.array([len(copies) - 1 for copies in self._copies], np.int32)

    @property
    def is_empty(self) -> bool:
        """Whether no material has a texture."""
        return not self._copies

    def has(self, materials: Array) -> Array:
        """Which of these materials, given by index, have a texture."""
        return self._image_of[materials] >= 0

    def levels(self, places: Array, materials: Array, areas: Array) -> Array:
        """For faces (faces × 3 places) of an area in pixels: the copy whose texels are about as large as pixels."""
        u, v = places[:, 1] - places[:, 0], places[:, 2] - places[:, 0]
        image = self._image_of[materials]
        texels = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2 * self._texels[image]
        levels = np.log2(np.maximum(texels, 1e-9) / np.maximum(areas, 0.05)) / 2
        chosen: Array = np.clip(np.round(levels), 0, self._last[image]).astype(np.int32)
        return chosen

    def colours(self, places: Array, materials: Array, levels: Array) -> Array:
        """Points × 3, float32, linear: the textures' colours at places, between texels, repeated without end."""
        result = np.empty((len(places), 3), np.uint8)
        kind = self._image_of[materials] * 16 + levels
        for value in np.flatnonzero(np.bincount(kind)):
            chosen = np.flatnonzero(kind == value)
            result[chosen] = _sampled(self._copies[value // 16][value % 16], places[chosen])
        return np.take(_LINEAR, result)


def _halved(pixels: Array) -> list[Array]:
    copies = [pixels]
    while max(pixels.shape[:2]) > 4:
        half = (max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2))
        pixels = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
        copies.append(pixels)
    return copies


def _sampled(texture: Array, places: Array) -> Array:
    """The texture's colours at places, points × 3, uint8."""
    height, width = texture.shape[:2]
    # OpenCV takes maps of at most 32767 a side: the points are laid in rows.
    rows = -(-len(places) // _ROW)
    maps = np.zeros((2, rows * _ROW), np.float32)
    for axis, size in ((0, width), (1, height)):
        share = places[:, axis] - np.floor(places[:, axis])
        maps[axis, : len(places)] = share * size - 0.5
    x, y = maps.reshape(2, rows, _ROW)
    return cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP).reshape(-1, 3)[: len(places)]


def linear(colour: Array) -> Array:
    """sRGB 0 to 1 as linear light."""
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4).astype(np.float32)


def display(light: Array) -> Array:
    """Linear light 0 to 1 as sRGB."""
    clipped = np.clip(light, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055).astype(np.float32)


_LINEAR = linear(np.arange(256, dtype=np.float32) / 255)
