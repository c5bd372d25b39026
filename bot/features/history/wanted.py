"""What a person wants to see of their gallery, as the dialog remembers it."""

from calendar import monthrange
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

import orjson

from bot.screen import Screen
from bot.texts import Translate
from services.gallery.pictures import GalleryFilter
from services.orders import TaskKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter that a person put together; None and blanks leave everything in."""

    favorite: bool = False
    kind: TaskKind | None = None
    tag: str | None = None
    words: str = ""
    month: str | None = None
    """2026-11, in UTC."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()

    @classmethod
    def unpack(cls, packed: object) -> Self:
        """Read what `packed` wrote; everything where it is gone or was written by another age."""
        try:
            fields = orjson.loads(str(packed))
            kind = TaskKind(fields.pop("kind")) if fields.get("kind") else None
            return replace(cls(**{**fields, "kind": kind}))
        except (ValueError, TypeError, AttributeError):
            return cls()

    @property
    def packed(self) -> str | None:
        """For the dialog's data, where it stands under `wanted`; None needs no place there."""
        return None if self.is_everything else orjson.dumps(asdict(self)).decode()

    def gallery_filter(self) -> GalleryFilter:
        """The same for the gallery."""
        since, until = month_span(self.month) if self.month else (None, None)
        return GalleryFilter(
            kind=self.kind, favorite=self.favorite or None, tag=self.tag, text=self.words, since=since, until=until
        )


EVERYTHING = Wanted()
FAVORITES = Wanted(favorite=True)


async def remembered_by(screen: Screen) -> Wanted:
    """What the screen's dialog wants to see; everything where nobody remembers."""
    return Wanted.unpack((await screen.remembered()).get("wanted"))


def wanted_words(t: Translate, wanted: Wanted) -> str | None:
    """The filter in words, or None where nothing is left out."""
    parts = []
    if wanted.favorite:
        parts.append(t.plain("filter-favorites"))
    if wanted.kind is not None:
        parts.append(kind_title(t, wanted.kind))
    if wanted.tag:
        parts.append(t.plain("filter-tag", tag=wanted.tag))
    if wanted.words:
        parts.append(t.plain("filter-words", words=wanted.words))
    if wanted.month:
        parts.append(month_title(t, wanted.month))
    return t("filter-line", parts=" · ".join(parts)) if parts else None


def kind_title(t: Translate, kind: TaskKind) -> str:
    """What orders of a kind bring, on a button and in the filter's words."""
    match kind:
        case TaskKind.TEXT_TO_IMAGE:
            return t.plain("filter-kind-words")
        case TaskKind.IMAGE_TO_IMAGE:
            return t.plain("filter-kind-photo")
        case TaskKind.UPSCALE:
            return t.plain("filter-kind-enlarged")
        case TaskKind.DATASET:
            return t.plain("filter-kind-packs")
        case TaskKind.IMAGE_TO_3D:
            return t.plain("filter-kind-solids")
        case TaskKind.TRAIN | TaskKind.REGISTER:
            raise ValueError(f"{kind} brings nothing to the gallery")


def tag_digest(tag: str) -> str:
    """A tag as a button carries it: the tag itself may be longer than that."""
    return sha256(tag.encode()).hexdigest()[:8]


def month_title(t: Translate, month: str) -> str:
    """November 2026."""
    began, _ = month_span(month)
    return t.plain("filter-month", month=began.month, year=str(began.year))


def month_of(moment: datetime) -> str:
    """The month of a moment in UTC, as 2026-11."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def month_span(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next one. Raises ValueError where it is no month."""
    began = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return began, began + timedelta(days=monthrange(began.year, began.month)[1])
