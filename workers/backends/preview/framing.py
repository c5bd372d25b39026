"""Chooses what part of the photo a picture shows, and lays it onto the picture's canvas."""

from dataclasses import dataclass

import cv2
import numpy as np

from workers.backends.preview.pixels import Photo, Pixels, Plane, blur, distance, mix, smoothstep
from workers.backends.preview.subject import Subject

ZOOMS = (1.0, 0.84, 1.14, 0.93)
"""Size of the window for each variation, against the classic portrait crop."""
SIDES = (0.5, 0.46, 0.53, 0.5)
"""Where across the picture the face stands."""
EYE_LINE = 0.42
"""Where down the picture the middle of the face stands."""
HEAD = 1.75
"""Height of a head with hair and some air, in heights of its face box."""
LARGEST = 3.2
"""Pixels of the canvas that one pixel of the photo may become."""


@dataclass(frozen=True, slots=True)
class Shot:
    """The photo as framed for one picture; all arrays of the canvas's size."""

    picture: Pixels
    """The photo."""
    person: Pixels
    """The photo, with edges fit for another background."""
    mask: Plane
    """The person; a soft oval in the middle where the photo gave no cut-out."""
    is_cut: bool
    """Whether the mask is a real outline."""
    face: tuple[float, float, float, float] | None
    """x, y, width, height in pixels of the canvas."""

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.picture.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.picture.shape[1])

    @property
    def focus(self) -> tuple[float, float]:
        """The middle of the face, or of the picture, in shares of width and height."""
        if self.face is None:
            return 0.5, 0.48
        x, y, w, h = self.face
        return (x + w / 2) / self.width, (y + h / 2) / self.height


def frame(subject: Subject, width: int, height: int, variation: int) -> Shot:
    """Frame the subject for a canvas of a size in pixels; each variation a little otherwise."""
    left, top, scale = _window(subject, width, height, variation)
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)

    def lay(source: Photo, border: int) -> Pixels:
        interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        if scale < 1:
            # warpAffine knows no area average: shrink first, then only shift.
            size = (max(1, round(source.shape[1] * scale)), max(1, round(source.shape[0] * scale)))
            source = cv2.resize(source, size, interpolation=interpolation)
            shift = np.array([[1, 0, -left * scale], [0, 1, -top * scale]], np.float32)
            laid = cv2.warpAffine(source, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)
        else:
            laid = cv2.warpAffine(source, matrix, (width, height), flags=interpolation, borderMode=border)
        return laid.astype(np.float32) / 255

    picture = lay(subject.photo, cv2.BORDER_REFLECT_101)
    inside = _inside(subject, left, top, scale, width, height)
    if inside is not None:
        picture = mix(blur(picture, max(width, height) * 0.035), picture, inside)
    face = None
    if subject.face is not None:
        box = subject.face
        face = ((box.x - left) * scale, (box.y - top) * scale, box.width * scale, box.height * scale)
    if subject.mask is None:
        centre = (0.5, 0.48) if face is None else ((face[0] + face[2] / 2) / width, 0.5)
        oval = 1 - smoothstep(distance(height, width, centre), 0.42, 0.92)
        return Shot(picture, picture, oval, False, face)
    mask = lay(subject.mask, cv2.BORDER_CONSTANT)
    if inside is not None:
        mask *= inside
    return Shot(picture, lay(subject.colours, cv2.BORDER_REPLICATE), np.clip(mask, 0, 1), True, face)


def _window(subject: Subject, width: int, height: int, variation: int) -> tuple[float, float, float]:
    """Left and top of what is shown, in pixels of the photo, and canvas pixels for one of them."""
    photo_height, photo_width = subject.photo.shape[:2]
    aspect = width / height
    zoom = ZOOMS[variation % len(ZOOMS)]
    largest = min(float(photo_height), photo_width / aspect)
    if subject.face is None:
        window = max(largest * (0.8 + 0.2 * min(zoom, 1.0)), height / LARGEST)
        window = min(window, largest)
        x, y = _interest(subject)
        side, line = 0.5 + (SIDES[variation % len(SIDES)] - 0.5), 0.5
    else:
        face = subject.face
        share = 0.32 if aspect <= 1.25 else 0.40
        classic = max(face.height / share, face.width / (0.46 * aspect)) * zoom
        window = min(max(classic, height / LARGEST), largest)
        # A whole head is worth more than staying inside the photo.
        window = max(window, face.height * HEAD, face.width * 1.35 / aspect)
        (x, y), side, line = face.centre, SIDES[variation % len(SIDES)], EYE_LINE
        if aspect > 1.25:
            side += (0.0, -0.13, 0.13, 0.0)[variation % 4]
    left = _kept(x - side * window * aspect, window * aspect, photo_width)
    top = _kept(y - line * window, window, photo_height)
    return left, top, height / window


def _kept(start: float, length: float, limit: int) -> float:
    """Inside the photo where it fits, else as wished."""
    if length <= limit:
        return min(max(start, 0.0), limit - length)
    # Larger than the photo: at least the whole photo stays in view.
    return min(max(start, limit - length), 0.0)


def _inside(subject: Subject, left: float, top: float, scale: float, width: int, height: int) -> Plane | None:
    """Soft 1 where the canvas shows the photo; None where it shows nothing else."""
    photo_height, photo_width = subject.photo.shape[:2]
    start_x, end_x = -left * scale, (photo_width - left) * scale
    start_y, end_y = -top * scale, (photo_height - top) * scale
    slack = 1.5
    if start_x <= slack and start_y <= slack and end_x >= width - slack and end_y >= height - slack:
        return None
    soft = max(8.0, 0.16 * min(width, end_x - start_x))
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)

    def edge(values: Plane, start: float, end: float, limit: int) -> Plane:
        share = np.ones_like(values)
        if start > slack:
            share *= smoothstep(values, start, start + soft)
        if end < limit - slack:
            share *= 1 - smoothstep(values, end - soft, end)
        return share

    return edge(y, start_y, end_y, height)[:, None] * edge(x, start_x, end_x, width)[None, :]


def _interest(subject: Subject) -> tuple[float, float]:
    """Where the detail and colour of a photo without a face gather, drawn towards its middle."""
    height, width = subject.photo.shape[:2]
    small = cv2.resize(subject.photo, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    grey = small.mean(axis=2)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F)) * 4 + (small.max(axis=2) - small.min(axis=2))
    weight = cv2.GaussianBlur(detail, (0, 0), 3) * (1.1 - np.clip(distance(64, 64, (0.5, 0.5)), 0, 1))
    weight = weight**2
    places = (np.arange(64, dtype=np.float32) + 0.5) / 64
    total = float(weight.sum()) + 1e-6
    return float((weight.sum(axis=0) * places).sum()) / total * width, float(
        (weight.sum(axis=1) * places).sum()
    ) / total * height
