"""Finds the face that a photo is about: frontal, then profile, then a cat's."""

from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np

from workers.backends.preview.pixels import Photo, Plane

SEARCH_SIDE = 400
"""Pixels of the longest side that the detectors look at; faces below a tenth of it are no portrait."""


@dataclass(frozen=True, slots=True)
class Face:
    """The box of a face, chin to brow, in pixels of the photo."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, x and y."""
        return self.x + self.width / 2, self.y + self.height / 2

    def scaled(self, factor: float) -> "Face":
        """The same face in a photo scaled by a factor."""
        return Face(self.x * factor, self.y * factor, self.width * factor, self.height * factor)


def find_face(photo: Photo) -> Face | None:
    """The most prominent face, or None where the photo shows none."""
    height, width = photo.shape[:2]
    scale = min(1.0, SEARCH_SIDE / max(width, height))
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo
    grey = cv2.createCLAHE(clipLimit=2.5, tileGridSize=(6, 6)).apply(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    for cascade, neighbours in (
        ("haarcascade_frontalface_alt2", 4),
        ("haarcascade_frontalface_default", 7),
        ("haarcascade_profileface", 5),
        ("haarcascade_frontalcatface_extended", 3),
    ):
        found = _detect(grey, cascade, neighbours)
        if not found and cascade == "haarcascade_profileface":
            mirrored = _detect(np.ascontiguousarray(grey[:, ::-1]), cascade, neighbours)
            found = [(grey.shape[1] - x - w, y, w, h) for x, y, w, h in mirrored]
        if found:
            x, y, w, h = max(found, key=lambda box: _prominence(box, grey.shape[1], grey.shape[0]))
            return Face(x / scale, y / scale, w / scale, h / scale)
    return None


def _detect(grey: Plane, cascade: str, neighbours: int) -> list[tuple[int, int, int, int]]:
    detector = cv2.CascadeClassifier(str(files("cv2") / "data" / f"{cascade}.xml"))
    smallest = max(24, min(grey.shape) // 9)
    boxes = detector.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(smallest, smallest))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in boxes]


def _prominence(box: tuple[int, int, int, int], width: int, height: int) -> float:
    """Large and near the middle of the upper half: what a portrait puts there."""
    x, y, w, h = box
    off = abs((x + w / 2) / width - 0.5) + abs((y + h / 2) / height - 0.4)
    return w * h * (1.2 - off)
