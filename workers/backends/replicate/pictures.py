"""Input pictures as the vendor gets them: small ones in the request itself, larger ones left at its file host."""

import base64
import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from workers.backends.replicate.formats import MEGAPIXEL

MOST_INLINE_BYTES = 256 * 1024
"""Up to here Replicate asks for data URIs, above it for uploaded files (its page "Input files")."""
MOST_PIXELS_ENLARGED = 2_096_704
"""What real-esrgan refuses to go beyond on its hardware."""

_READABLE = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS = 100_000_000
_QUALITY = 90
_FACE_HEIGHT = 0.4
"""Where a photo is cut to another shape, its middle lies here: faces are in the upper half."""


class UnreadablePicture(Exception):
    """The bytes are no picture that can be decoded."""


class PictureTooLarge(Exception):
    """The model takes no picture of this size."""


@dataclass(frozen=True, slots=True)
class InputPicture:
    """An encoded picture for a model."""

    content: bytes
    media_type: str

    @property
    def is_small(self) -> bool:
        """Whether it may travel inside the request."""
        return len(self.content) <= MOST_INLINE_BYTES

    @property
    def data_uri(self) -> str:
        """The picture as text."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"

    @property
    def name(self) -> str:
        """A file name; says nothing of where it came from."""
        return f"input.{self.media_type.removeprefix('image/')}"


def fitted(content: bytes, width: int, height: int) -> InputPicture:
    """The picture cut and scaled to a size in pixels. Raises UnreadablePicture."""
    picture = _decoded(content)
    try:
        return _encoded(ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS, centering=(0.5, _FACE_HEIGHT)))
    except OSError as error:
        raise UnreadablePicture(str(error)) from error


def shrunk(content: bytes) -> InputPicture:
    """The picture, scaled down to a megapixel where it is larger. Raises UnreadablePicture."""
    picture = _decoded(content)
    scale = min((MEGAPIXEL / (picture.width * picture.height)) ** 0.5, 1.0)
    size = (max(int(picture.width * scale), 1), max(int(picture.height * scale), 1))
    return _encoded(picture if scale == 1.0 else picture.resize(size, Image.Resampling.LANCZOS))


def untouched(content: bytes) -> InputPicture:
    """The picture as it is, to be enlarged. Raises UnreadablePicture, PictureTooLarge."""
    try:
        with Image.open(io.BytesIO(content), formats=_READABLE) as picture:
            pixels, media_type = picture.width * picture.height, Image.MIME[picture.format or ""]
            if pixels > MOST_PIXELS_ENLARGED:
                raise PictureTooLarge(f"{pixels} pixels; at most {MOST_PIXELS_ENLARGED} are taken")
            picture.verify()
    except (OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error)) from error
    return InputPicture(content, media_type)


def _decoded(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=_READABLE) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise UnreadablePicture(f"{picture.width} x {picture.height} pixels")
            picture.draft("RGB", (2048, 2048))
            if picture.has_transparency_data:
                cut_out = picture.convert("RGBA")
                ground = Image.new("RGBA", cut_out.size, "white")
                return Image.alpha_composite(ground, cut_out).convert("RGB")
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error)) from error


def _encoded(picture: Image.Image) -> InputPicture:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return InputPicture(out.getvalue(), "image/jpeg")
