"""What was measured on one photo: plain numbers, so that the rules over them need no picture.

workers.eyes measures; services.photos.verdicts judges. "Left" and "right" are those of the picture as it is looked at.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

EMBEDDING_LENGTH = 128
FRONTAL_WITHIN_DEGREES = 17.0
"""A head turned less than this looks into the camera: of frontal photographs none was estimated above 12."""

_FLOATS = struct.Struct(f"<{EMBEDDING_LENGTH}f")

Embedding = tuple[float, ...]
"""128 numbers of a face; the Euclidean distance of two says how alike the people are."""


class Turn(StrEnum):
    """Where a head is turned."""

    FRONTAL = "frontal"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Face:
    """One face. The box runs from forehead to chin, in pixels of the upright photo, and ends at the frame."""

    x: int
    y: int
    width: int
    height: int
    score: float
    """How sure the detector is, 0 to 1; below 0.5 no face is noted."""
    yaw: float
    """Degrees the head is turned, estimated from eyes, nose and mouth: below 0 to the left edge, above to the right."""
    cut: float
    """The share of the face that the frame cuts off, 0 to 1, estimated from the shape of what is left."""
    roll: float = 0.0
    """Degrees the head is tilted as the clock turns, -180 to 180: 90 in a photo on its side. Older figures lack it."""

    @property
    def side(self) -> int:
        """The shorter side of the box, in pixels."""
        return min(self.width, self.height)

    @property
    def turn(self) -> Turn:
        """Where the head is turned."""
        if abs(self.yaw) < FRONTAL_WITHIN_DEGREES:
            return Turn.FRONTAL
        return Turn.LEFT if self.yaw < 0 else Turn.RIGHT


@dataclass(frozen=True, slots=True)
class Light:
    """How a part of a photo is lit, over its grey values of 0 to 255."""

    mean: float
    contrast: float
    """Standard deviation of the grey values."""
    dark: float
    """The share of pixels below 25, where nothing can be made out, 0 to 1."""
    bright: float
    """The share of pixels above 245, burnt out, 0 to 1."""


@dataclass(frozen=True, slots=True)
class PhotoFigures:
    """One photo as it was measured, upright. Sizes in pixels."""

    width: int
    height: int
    sharpness: float
    """Of the largest face, or of the whole where there is none: how much fine detail there is for the coarse, in the
    direction that has least of it. About 0.9 in sharp photos whatever their light, below 0.4 in blurred ones."""
    whole_sharpness: float
    """The same of the whole photo."""
    light: Light
    """Of the largest face, or of the whole where there is none."""
    faces: tuple[Face, ...]
    """Largest first."""
    nudity: float
    """How likely the photo is to be indecent, 0 to 1."""
    looks: int
    """64 bits of what is seen (DCT hash); few bits differ where two photos are one shot."""
    embedding: Embedding | None
    """Of the largest face; None where there is none."""

    @property
    def face(self) -> Face | None:
        """The largest face."""
        return self.faces[0] if self.faces else None

    def face_share(self, face: Face) -> float:
        """The share of the photo's area that a face takes, 0 to 1."""
        return face.width * face.height / (self.width * self.height)

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold, without the embedding. `looks` is text, for 64 bits are more than JavaScript counts."""
        record = asdict(self)
        del record["embedding"]
        record["faces"] = list(record["faces"])
        record["looks"] = f"{self.looks:016x}"
        return record

    @classmethod
    def from_json(cls, record: Mapping[str, Any], embedding: bytes | None = None) -> "PhotoFigures":
        """What to_json made, with the embedding as embedding_bytes made it."""
        return cls(
            **{
                **record,
                "light": Light(**record["light"]),
                "faces": tuple(Face(**face) for face in record["faces"]),
                "looks": int(record["looks"], 16),
                "embedding": None if embedding is None else embedding_from_bytes(embedding),
            }
        )

    def without_embedding(self) -> "PhotoFigures":
        """The figures as they may be kept where no biometric data shall lie."""
        return replace(self, embedding=None)


@dataclass(frozen=True, slots=True)
class PortraitFigures:
    """Whom a finished portrait shows, by its largest face."""

    sharpness: float
    """Of the face, as PhotoFigures.sharpness has it."""
    embedding: Embedding | None
    """The mean over the face and copies with a little blur: it hardly trembles where a photo's own leaps. None where
    there is no face."""


def embedding_to_bytes(embedding: Sequence[float]) -> bytes:
    """128 numbers as 512 bytes: float32, little-endian."""
    return _FLOATS.pack(*embedding)


def embedding_from_bytes(content: bytes) -> Embedding:
    """What embedding_to_bytes made."""
    return _FLOATS.unpack(content)
