"""Which photos a person's model can be trained on, and what is still missing: pure rules over measured figures.

Each photo gets one verdict: the first rule of JUDGED_IN_ORDER that it breaks, so that the person hears what matters
most. The lines were drawn over photographs and their spoilt copies: docs/photo-verdicts.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from services.photos.figures import Embedding, Face, Light, PhotoFigures, Turn
from services.photos.likeness import REFERENCE_LINE, distance, reference

MIN_PHOTO_SIDE = 512
"""Pixels of the shorter side: models are trained at 512 to 1024."""
MIN_FACE_SIDE = 100
"""Pixels of the shorter side of the face: the embedding network looks at a face about 100 pixels wide, and of less a
training learns no eyes."""
SECOND_FACE_SHARE = 0.4
UNSURE_FACE_SHARE = 0.6
SURE_SCORE = 0.7
"""A face this large beside the largest (by side) is another person in the photo; smaller ones are passers-by. The
detector is less sure of those who stand out of focus behind somebody, and of what only looks like a face."""
MAX_ROLL = 65.0
"""Degrees: heads tilted by up to 45 were measured at 64 and less, photos on their side at 55 to 106."""
MAX_CUT = 0.13
"""The share of the face that may lie beyond the frame."""
MIN_MEAN = 45.0
"""Mean grey of the face, of 255, where it is dim."""
MIN_CONTRAST = 25.0
"""Of the face: dark skin in good light has highlights, 33 and more were seen; what dim light leaves is flat."""
BLACK_MEAN = 25.0
MAX_DARK = 0.6
"""Darker than this, nothing can be made out."""
MAX_MEAN = 222.0
MAX_BRIGHT = 0.35
"""Shares of the face where nothing can be made out."""
MIN_SHARPNESS = 0.4
"""Of the face, as PhotoFigures.sharpness has it. Of 225 faces as they came none was below 0.49 but a blurred one."""
NUDE_LINE = 0.8
"""As services.safety.prompts has it for finished pictures."""
NUDE_BELOW_FACE_SHARE = 0.1
"""A face that takes more of the photo's area leaves no room for nakedness, while its skin alone can raise the score."""
SAME_SHOT_BITS = 6
"""Bits of 64 by which the looks of two photos of one shot differ at most."""
SAME_SHOT_DISTANCE = 0.25
"""Distance of the faces of two photos of one shot at most: photos of one person differ by more."""

MINIMUM = 10
RECOMMENDED = 15
"""Good photos for a model: the fewest that it is trained on, and how many make it good."""

CLOSE_UP_FROM = 0.35
HALF_LENGTH_BELOW = 0.22
"""The face's height as a share of the photo's."""


class VerdictCode(StrEnum):
    """What is to be said of a photo."""

    NUDE = "nude"
    TOO_SMALL = "too_small"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    ON_ITS_SIDE = "on_its_side"
    FACE_CUT = "face_cut"
    FACE_TOO_SMALL = "face_too_small"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    ANOTHER_PERSON = "another_person"
    DUPLICATE = "duplicate"
    GOOD = "good"


JUDGED_IN_ORDER = tuple(VerdictCode)
"""Worst first. What makes later figures unsure comes before them: a face is compared only where it is well seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One photo's verdict, and the figures that led to it, for the sentence that the person reads."""

    code: VerdictCode
    figures: Mapping[str, float] = field(default_factory=dict)
    """too_small: width, height, at_least (px) · several_faces: faces · on_its_side: degrees · face_cut: percent ·
    face_too_small: side, at_least (px) · too_dark, too_bright: brightness (percent) · blurred: sharpness, at_least ·
    another_person: distance, at_most · nude: percent."""
    like: UUID | None = None
    """For a duplicate: the photo that was there first."""

    @property
    def is_good(self) -> bool:
        """Whether a model can be trained on the photo."""
        return self.code is VerdictCode.GOOD


class View(StrEnum):
    """A way to show a person; a model wants each at least once."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    CLOSE_UP = "close_up"
    HALF_LENGTH = "half_length"


@dataclass(frozen=True, slots=True)
class SetNeeds:
    """What a set of photos still needs."""

    good: int
    to_minimum: int
    to_recommended: int
    missing: tuple[View, ...]
    """Views that no good photo shows, the most important first."""

    @property
    def is_enough(self) -> bool:
        """Whether a model can be trained on the set."""
        return self.to_minimum == 0


def judge_alone(figures: PhotoFigures, nude_line: float = NUDE_LINE) -> Verdict:
    """The verdict on a photo by itself, whoever is on it."""
    face = figures.face
    close = face is not None and figures.face_share(face) >= NUDE_BELOW_FACE_SHARE
    if figures.nudity >= nude_line and not close:
        return Verdict(VerdictCode.NUDE, {"percent": round(100 * figures.nudity)})
    if min(figures.width, figures.height) < MIN_PHOTO_SIDE:
        size = {"width": figures.width, "height": figures.height, "at_least": MIN_PHOTO_SIDE}
        return Verdict(VerdictCode.TOO_SMALL, size)
    if face is None:
        return Verdict(VerdictCode.NO_FACE)
    persons = 1 + sum(is_second_person(other, face) for other in figures.faces[1:])
    if persons > 1:
        return Verdict(VerdictCode.SEVERAL_FACES, {"faces": persons})
    if abs(face.roll) > MAX_ROLL:
        return Verdict(VerdictCode.ON_ITS_SIDE, {"degrees": round(face.roll)})
    if face.cut > MAX_CUT:
        return Verdict(VerdictCode.FACE_CUT, {"percent": round(100 * face.cut)})
    if face.side < MIN_FACE_SIDE:
        return Verdict(VerdictCode.FACE_TOO_SMALL, {"side": face.side, "at_least": MIN_FACE_SIDE})
    brightness = {"brightness": round(100 * figures.light.mean / 255)}
    if is_too_dark(figures.light):
        return Verdict(VerdictCode.TOO_DARK, brightness)
    if figures.light.mean > MAX_MEAN or figures.light.bright > MAX_BRIGHT:
        return Verdict(VerdictCode.TOO_BRIGHT, brightness)
    if figures.sharpness < MIN_SHARPNESS:
        return Verdict(VerdictCode.BLURRED, {"sharpness": figures.sharpness, "at_least": MIN_SHARPNESS})
    return Verdict(VerdictCode.GOOD)


def is_second_person(other: Face, face: Face) -> bool:
    """Whether a further face is somebody who is on the photo, too, and not a passer-by."""
    share = SECOND_FACE_SHARE if other.score >= SURE_SCORE else UNSURE_FACE_SHARE
    return other.side >= share * face.side


def is_too_dark(light: Light) -> bool:
    """Whether a face is lost in the dark: it is not the skin that is judged but the light on it."""
    is_dim = light.mean < MIN_MEAN and light.contrast < MIN_CONTRAST
    return is_dim or light.mean < BLACK_MEAN or light.dark > MAX_DARK


def judge(photos: Sequence[tuple[UUID, PhotoFigures]], nude_line: float = NUDE_LINE) -> dict[UUID, Verdict]:
    """The verdict on each photo of a set, in the order in which they came.

    Whose photos they are is decided by most of the good ones, of equals by the earliest. Of two photos of one shot the
    later is the duplicate.
    """
    verdicts = {photo_id: judge_alone(figures, nude_line) for photo_id, figures in photos}
    good = [(photo_id, figures) for photo_id, figures in photos if verdicts[photo_id].is_good]
    faces = [figures.embedding for _, figures in good if figures.embedding is not None]
    person = reference(faces) if faces else None
    kept: list[tuple[UUID, PhotoFigures]] = []
    for photo_id, figures in good:
        verdict = _another(figures, person) or _duplicate(figures, kept)
        if verdict is None:
            kept.append((photo_id, figures))
        else:
            verdicts[photo_id] = verdict
    return verdicts


def needs(photos: Sequence[tuple[UUID, PhotoFigures]], nude_line: float = NUDE_LINE) -> SetNeeds:
    """What the set still needs, by its good photos."""
    verdicts = judge(photos, nude_line)
    good = [figures for photo_id, figures in photos if verdicts[photo_id].is_good]
    shown = {view for figures in good for view in views(figures)}
    return SetNeeds(
        good=len(good),
        to_minimum=max(0, MINIMUM - len(good)),
        to_recommended=max(0, RECOMMENDED - len(good)),
        missing=tuple(view for view in View if view not in shown),
    )


def views(figures: PhotoFigures) -> Iterable[View]:
    """What a photo shows: where the head is turned, and how much of the person."""
    face = figures.face
    if face is None:
        return
    match face.turn:
        case Turn.FRONTAL:
            yield View.FRONT
        case Turn.LEFT:
            yield View.LEFT
        case Turn.RIGHT:
            yield View.RIGHT
    share = face.height / figures.height
    if share >= CLOSE_UP_FROM:
        yield View.CLOSE_UP
    elif share < HALF_LENGTH_BELOW:
        yield View.HALF_LENGTH


def _another(figures: PhotoFigures, person: Embedding | None) -> Verdict | None:
    if person is None or figures.embedding is None:
        return None
    apart = distance(figures.embedding, person)
    if apart <= REFERENCE_LINE:
        return None
    return Verdict(VerdictCode.ANOTHER_PERSON, {"distance": round(apart, 2), "at_most": REFERENCE_LINE})


def _duplicate(figures: PhotoFigures, kept: Sequence[tuple[UUID, PhotoFigures]]) -> Verdict | None:
    for photo_id, earlier in kept:
        if same_shot(figures, earlier):
            return Verdict(VerdictCode.DUPLICATE, like=photo_id)
    return None


def same_shot(one: PhotoFigures, other: PhotoFigures) -> bool:
    """Whether two photos are copies of one: what is seen is the same, and so is the face."""
    if (one.looks ^ other.looks).bit_count() > SAME_SHOT_BITS:
        return False
    if one.embedding is None or other.embedding is None:
        return one.embedding is other.embedding
    return distance(one.embedding, other.embedding) <= SAME_SHOT_DISTANCE
