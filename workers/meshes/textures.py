"""The pictures inside a model: found, measured before they are decoded, decoded small."""

import io
import math

import numpy as np
from PIL import Image, UnidentifiedImageError

from workers.meshes.accessors import MAX_LIST, Array, Buffers, data_uri
from workers.meshes.bad_mesh import BadMesh
from workers.meshes.container import Json
from workers.meshes.reading import items, reference, section

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 4096 * 4096
"""Of one texture."""
MAX_TOTAL_PIXELS = 8 * MAX_PIXELS
"""Of all textures of a file together."""
_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError)


class Textures:
    """Every picture of a file by the index of its texture."""

    def __init__(self, document: Json, buffers: Buffers) -> None:
        self._buffers = buffers
        self._images = items(document, "images", 64)
        self._textures = items(document, "textures", MAX_LIST)

    def check(self) -> None:
        """Read the header of every picture. Raises BadMesh: external_uri, bad_texture, texture_too_large."""
        total = 0
        for index in range(len(self._images)):
            with self._open(index) as picture:
                total += picture.width * picture.height
            if total > MAX_TOTAL_PIXELS:
                raise BadMesh("texture_too_large", f"{total} pixels in all, {MAX_TOTAL_PIXELS} allowed")

    def image_of(self, reference_to_texture: Json) -> int | None:
        """The image behind a material's reference to a texture, or None where it has none. Raises BadMesh."""
        index = reference(reference_to_texture, "index", self._textures)
        if index is None:
            return None
        texture = self._textures[index]
        webp = section(section(texture, "extensions"), "EXT_texture_webp")
        return reference(webp if "source" in webp else texture, "source", self._images)

    def pixels(self, image: int, side: int) -> Array:
        """One image as height × width × 3, uint8, sRGB, its longest side at most so many pixels.

        Raises BadMesh bad_texture where it cannot be decoded.
        """
        with self._open(image) as picture:
            scale = min(1.0, side / max(picture.size))
            size = (max(1, math.ceil(picture.width * scale)), max(1, math.ceil(picture.height * scale)))
            try:
                picture.draft("RGB", size)
                # Alpha is left out, not laid on: under a mask the colours go on, as the renderer wants them.
                colours = picture.convert("RGB")
            except _UNREADABLE as fault:
                raise BadMesh("bad_texture", str(fault)) from fault
        return np.asarray(colours if colours.size == size else colours.resize(size, Image.Resampling.BOX))

    def _open(self, index: int) -> Image.Image:
        image = self._images[index]
        content = data_uri(image["uri"]) if "uri" in image else bytes(self._buffers.view(image))
        try:
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
        except _UNREADABLE as fault:
            raise BadMesh("bad_texture", "no PNG, JPEG or WebP") from fault
        if picture.width * picture.height > MAX_PIXELS:
            raise BadMesh("texture_too_large", f"{picture.width}x{picture.height} pixels")
        return picture
