"""How far portraits look like their person, in words; nothing of pictures that nobody looked at."""

from collections.abc import Sequence

from bot.texts import Translate
from repository.files import File


def picture_likeness(t: Translate, file: File) -> str | None:
    """Of one picture; None where it is not known."""
    if file.likeness is not None:
        return t("picture-likeness", percent=percent(file.likeness))
    return t("picture-no-face") if file.has_face is False else None


def album_likeness(t: Translate, files: Sequence[File]) -> str | None:
    """Of all pictures of an order; None where it is not known of any."""
    if len(files) == 1:
        lines = [picture_likeness(t, files[0])]
    else:
        known = [file.likeness for file in files if file.likeness is not None]
        faceless = sum(file.has_face is False for file in files)
        lines = [
            _of_all(t, known) if known else None,
            t("album-no-face", pictures=faceless) if faceless else None,
        ]
    remade = sum(file.is_remade for file in files)
    lines.append(t("album-remade", pictures=remade) if remade else None)
    return "\n".join(line for line in lines if line is not None) or None


def _of_all(t: Translate, known: Sequence[float]) -> str:
    best, mean = percent(max(known)), percent(sum(known) / len(known))
    return t("picture-likeness", percent=best) if best == mean else t("album-likeness", best=best, mean=mean)


def percent(share: float) -> int:
    """A share of 0 to 1 as people read it."""
    return round(share * 100)
