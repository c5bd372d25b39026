"""Why a photo will not do, and what to send instead: one plain sentence for each verdict."""

from typing import assert_never
from uuid import UUID

from bot.texts import Translate
from services.photos.verdicts import VerdictCode
from services.training.sets import JudgedPhoto, SetView


def reason(t: Translate, view: SetView, photo: JudgedPhoto) -> str:
    """The sentence, as HTML; it follows the photo's number, and so begins small."""
    verdict = photo.verdict
    if verdict is None:
        return t("verdict-not-looked-at")
    figures = {name: round(value) for name, value in verdict.figures.items()}
    match verdict.code:
        case VerdictCode.NUDE:
            return t("verdict-nude")
        case VerdictCode.TOO_SMALL:
            return t(
                "verdict-too-small",
                size=f"{figures['width']} × {figures['height']}",
                least=str(figures["at_least"]),
            )
        case VerdictCode.NO_FACE:
            return t("verdict-no-face")
        case VerdictCode.SEVERAL_FACES:
            return t("verdict-several-faces", faces=figures["faces"])
        case VerdictCode.ON_ITS_SIDE:
            return t("verdict-on-its-side")
        case VerdictCode.FACE_CUT:
            return t("verdict-face-cut", percent=figures["percent"])
        case VerdictCode.FACE_TOO_SMALL:
            return t("verdict-face-too-small", side=figures["side"], least=figures["at_least"])
        case VerdictCode.TOO_DARK:
            return t("verdict-too-dark", percent=figures["brightness"])
        case VerdictCode.TOO_BRIGHT:
            return t("verdict-too-bright", percent=figures["brightness"])
        case VerdictCode.BLURRED:
            return t("verdict-blurred")
        case VerdictCode.ANOTHER_PERSON:
            return t("verdict-another-person")
        case VerdictCode.DUPLICATE:
            return t("verdict-duplicate", number=_number_of(view, verdict.like))
        case VerdictCode.GOOD:
            return t("train-photo-good")
        case _:
            assert_never(verdict.code)


def _number_of(view: SetView, file_id: UUID | None) -> int:
    return next((photo.number for photo in view.photos if photo.file.file_id == file_id), 0)
