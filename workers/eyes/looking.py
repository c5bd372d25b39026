"""Measures one photo. Only the process of workers.eyes.__main__ does this."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np

from services.photos.figures import Face, PhotoFigures, PortraitFigures
from workers.eyes.close_up import CloseUp
from workers.eyes.decoding import Seen, decode
from workers.eyes.embedding import Embedder
from workers.eyes.faces import FaceFinder, Found
from workers.eyes.light import FACE_SIDE, WHOLE_SIDE, Grey, light, looks, sharpness
from workers.output_check import MODEL as NUDITY_MODEL
from workers.output_check import picture_input

_NUDITY_SIDE = 512
"""Pixels: what the network for nudity gets to squeeze."""


class Looking:
    """The networks, loaded once. One photo at a time; nudity is scored beside the search for faces."""

    def __init__(self) -> None:
        self.finder = FaceFinder()
        self.embedder = Embedder()
        self.close_up = CloseUp(self.embedder)
        self._nudity: Any = cv2.dnn.readNetFromONNX(str(NUDITY_MODEL))
        self._nudity.enableWinograd(False)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="nudity")

    def look(self, content: bytes) -> PhotoFigures:
        """Measure a photo. Raises UnreadablePhoto."""
        seen = decode(content)
        nudity = self._beside.submit(self.nudity, seen)
        found = self.finder.find(seen.pixels)
        grey = _grey(seen)
        part = _part(grey, found[0]) if found else grey
        return PhotoFigures(
            width=seen.width,
            height=seen.height,
            sharpness=round(sharpness(part, FACE_SIDE if found else WHOLE_SIDE), 3),
            whole_sharpness=round(sharpness(grey, WHOLE_SIDE), 3),
            light=light(part),
            faces=tuple(_face(face, seen) for face in found),
            looks=looks(grey),
            embedding=self.embedder.embed(seen.pixels, found[0].points) if found else None,
            nudity=nudity.result(),
        )

    def look_at_portrait(self, content: bytes) -> PortraitFigures:
        """Measure whom a finished portrait shows. Raises UnreadablePhoto."""
        seen = decode(content)
        found = self.finder.find(seen.pixels)
        if not found:
            return PortraitFigures(sharpness=0.0, embedding=None)
        part = _part(_grey(seen), found[0])
        return PortraitFigures(sharpness(part, FACE_SIDE), self.close_up.embed(seen.pixels, found[0].points))

    def nudity(self, seen: Seen) -> float:
        """How likely a photo is to be indecent, 0 to 1."""
        small = seen.image.copy()
        small.thumbnail((_NUDITY_SIDE, _NUDITY_SIDE), reducing_gap=2)
        self._nudity.setInput(picture_input(small))
        return round(float(self._nudity.forward()[0, 1]), 4)


def _grey(seen: Seen) -> Grey:
    return np.asarray(cv2.cvtColor(seen.pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _part(grey: Grey, face: Found) -> Grey:
    """The pixels of a face within the frame."""
    left, top = max(0, int(face.left)), max(0, int(face.top))
    part = grey[top : max(top + 1, int(face.bottom)), left : max(left + 1, int(face.right))]
    return part if part.size else grey


def _face(face: Found, seen: Seen) -> Face:
    left, top = max(0.0, face.left), max(0.0, face.top)
    right, bottom = min(float(seen.image.width), face.right), min(float(seen.image.height), face.bottom)
    return Face(
        x=round(left * seen.scale),
        y=round(top * seen.scale),
        width=max(1, round((right - left) * seen.scale)),
        height=max(1, round((bottom - top) * seen.scale)),
        score=round(face.score, 3),
        yaw=round(face.yaw(), 1),
        cut=round(face.cut(seen.image.width, seen.image.height), 3),
        roll=round(face.roll(), 1),
    )
