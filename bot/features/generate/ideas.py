"""Examples of descriptions, by theme, in the person's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.texts import Translate


class Theme(StrEnum):
    """What a picture may be about."""

    PORTRAIT = "portrait"
    TRAVEL = "travel"
    SCENERY = "scenery"
    ANIMALS = "animals"
    STORY = "story"
    HOLIDAY = "holiday"


OF_A_PERSON = (Theme.PORTRAIT, Theme.TRAVEL, Theme.STORY, Theme.HOLIDAY)
"""What suits a person's photo."""
OF_ANYTHING = (Theme.SCENERY, Theme.ANIMALS, Theme.STORY, Theme.HOLIDAY)
"""What needs no photo."""


@dataclass(frozen=True, slots=True)
class Idea:
    """An example: what its button says, and the description."""

    title: str
    words: str


def themes_for(*, has_photo: bool) -> tuple[Theme, ...]:
    """The themes that fit what the picture starts from."""
    return OF_A_PERSON if has_photo else OF_ANYTHING


def theme_title(t: Translate, theme: Theme) -> str:
    """The name of a theme."""
    match theme:
        case Theme.PORTRAIT:
            return t.plain("theme-portrait")
        case Theme.TRAVEL:
            return t.plain("theme-travel")
        case Theme.SCENERY:
            return t.plain("theme-scenery")
        case Theme.ANIMALS:
            return t.plain("theme-animals")
        case Theme.STORY:
            return t.plain("theme-story")
        case Theme.HOLIDAY:
            return t.plain("theme-holiday")


def ideas_of(t: Translate, theme: Theme) -> Sequence[Idea]:
    """The examples of a theme."""
    match theme:
        case Theme.PORTRAIT:
            return (
                Idea(t.plain("idea-park-title"), t.plain("idea-park")),
                Idea(t.plain("idea-window-title"), t.plain("idea-window")),
                Idea(t.plain("idea-stage-title"), t.plain("idea-stage")),
            )
        case Theme.TRAVEL:
            return (
                Idea(t.plain("idea-paris-title"), t.plain("idea-paris")),
                Idea(t.plain("idea-mountains-title"), t.plain("idea-mountains")),
                Idea(t.plain("idea-desert-title"), t.plain("idea-desert")),
            )
        case Theme.SCENERY:
            return (
                Idea(t.plain("idea-lighthouse-title"), t.plain("idea-lighthouse")),
                Idea(t.plain("idea-village-title"), t.plain("idea-village")),
                Idea(t.plain("idea-field-title"), t.plain("idea-field")),
            )
        case Theme.ANIMALS:
            return (
                Idea(t.plain("idea-fox-title"), t.plain("idea-fox")),
                Idea(t.plain("idea-cat-title"), t.plain("idea-cat")),
                Idea(t.plain("idea-whale-title"), t.plain("idea-whale")),
            )
        case Theme.STORY:
            return (
                Idea(t.plain("idea-knight-title"), t.plain("idea-knight")),
                Idea(t.plain("idea-forest-title"), t.plain("idea-forest")),
                Idea(t.plain("idea-captain-title"), t.plain("idea-captain")),
            )
        case Theme.HOLIDAY:
            return (
                Idea(t.plain("idea-newyear-title"), t.plain("idea-newyear")),
                Idea(t.plain("idea-birthday-title"), t.plain("idea-birthday")),
                Idea(t.plain("idea-carnival-title"), t.plain("idea-carnival")),
            )
