"""What the photo is about: the developed photo, its face and its cut-out, made once for all pictures."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import cv2
import numpy as np

from workers.backends.preview.cutout import Mask, cut_out, own_colours
from workers.backends.preview.face import Face, find_face
from workers.backends.preview.guided import smooth_surfaces
from workers.backends.preview.pixels import Photo, Plane

FACE_TONE = 0.56
"""Median brightness that a face is developed to, of 1."""
PHOTO_TONE = 0.45
"""The same for a photo without a face."""
GAMMA_LIMITS = (0.55, 1.25)


@dataclass(frozen=True, slots=True)
class Subject:
    """A photo ready for painting. Arrays are uint8: several pictures share them."""

    photo: Photo
    face: Face | None
    mask: Plane | None
    """The person, uint8, 0 to 255; None where the photo gave no cut-out."""
    colours: Photo
    """The photo without old background in the soft edge of the mask."""


class Subjects:
    """The last few subjects: the pictures of one pack cut their person out once. Threads share it."""

    def __init__(self, remembered: int = 2) -> None:
        self._remembered = remembered
        self._subjects: OrderedDict[bytes, Subject] = OrderedDict()
        self._lock = Lock()

    def find(self, content: bytes) -> Subject | None:
        """The subject of this very photo, or None."""
        with self._lock:
            return self._subjects.get(_fingerprint(content))

    def keep(self, content: bytes, subject: Subject) -> None:
        """Remember it, and forget the oldest."""
        with self._lock:
            self._subjects[_fingerprint(content)] = subject
            while len(self._subjects) > self._remembered:
                self._subjects.popitem(last=False)


def _fingerprint(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def develop(photo: Photo, face: Face | None) -> Photo:
    """Even out light and white balance as a lab would: dark photos open up, a colour cast is halved."""
    height, width = photo.shape[:2]
    sample = photo[:: max(1, height // 256), :: max(1, width // 256)].astype(np.float32) / 255
    low, high = (float(v) for v in np.percentile(sample.mean(axis=2), (0.5, 99.5)))
    low, high = min(low, 0.08), max(high, 0.2)
    if face is not None:
        x, y = (round(v) for v in face.centre)
        reach_x, reach_y = max(2, round(face.width * 0.3)), max(2, round(face.height * 0.35))
        region = photo[max(0, y - reach_y) : y + reach_y, max(0, x - reach_x) : x + reach_x].astype(np.float32) / 255
    else:
        region = sample
    tone = float(np.median((region.mean(axis=2) - low) / (high - low)))
    wanted = FACE_TONE if face is not None else PHOTO_TONE
    # Half of the way to the wanted tone: dark skin stays dark, night stays night, mistakes are mended.
    gamma = float(np.clip(np.log(wanted) / np.log(np.clip(tone, 0.02, 0.98)), 0.3, 3.0)) ** 0.6
    gamma = float(np.clip(gamma, *GAMMA_LIMITS))
    means = sample.reshape(-1, 3).mean(axis=0)
    balance = np.clip(means.mean() / np.maximum(means, 1e-3), 0.8, 1.25) ** 0.35
    curve = np.clip((np.linspace(0, 1, 256)[:, None] - low) / (high - low) * balance, 0, 1) ** gamma
    table = (curve * 255).round().astype(np.uint8).reshape(256, 1, 3)
    developed: Photo = cv2.LUT(photo, table)
    if high < 0.55:
        # Lifting a dark photo lifts its noise.
        calm = smooth_surfaces(developed.astype(np.float32) / 255, max(2, max(height, width) // 300), 0.0025)
        developed = (np.clip(calm, 0, 1) * 255).astype(np.uint8)
    return developed


def find_subject_face(photo: Photo) -> tuple[Photo, Face | None]:
    """The developed photo and the face in it."""
    face = find_face(photo)
    return develop(photo, face), face


def separate(photo: Photo, face: Face | None) -> Subject:
    """Cut the person with this face out of the developed photo."""
    mask: Mask | None = cut_out(photo, face) if face is not None else None
    if mask is None:
        return Subject(photo, face, None, photo)
    return Subject(photo, face, (mask * 255).round().astype(np.uint8), own_colours(photo, mask))
