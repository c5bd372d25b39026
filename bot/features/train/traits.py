"""What stays the same on every photo of a person, in words: the codes are those of services.training.captions."""

from collections.abc import Mapping, Sequence

from bot.texts import Translate
from services.orders import SubjectClass
from services.training.captions import CHARACTERISTICS


def traits_for(subject: SubjectClass | None) -> Sequence[str]:
    """The traits that are asked of somebody."""
    return [trait for trait in CHARACTERISTICS if trait != "beard" or subject is not SubjectClass.WOMAN]


def traits_text(t: Translate, characteristics: Mapping[str, object]) -> str:
    """What was said, in one line; empty where nothing was."""
    said = [(trait, str(value)) for trait, value in characteristics.items() if value in CHARACTERISTICS.get(trait, {})]
    return ", ".join(trait_label(t, trait, value) for trait, value in said)


def subject_label(t: Translate, subject: SubjectClass) -> str:
    """Whom the photos show."""
    match subject:
        case SubjectClass.WOMAN:
            return t.plain("train-subject-woman")
        case SubjectClass.MAN:
            return t.plain("train-subject-man")
        case SubjectClass.OTHER:
            return t.plain("train-subject-other")


def trait_label(t: Translate, trait: str, value: str) -> str:
    """One characteristic, for a button and in a list. Raises KeyError for a code that has no words."""
    match trait, value:
        case "hair_length", _:
            return _hair_length(t, value)
        case "hair_color", _:
            return _hair_color(t, value)
        case "eyes", _:
            return _eyes(t, value)
        case "beard", "stubble":
            return t.plain("train-beard-stubble")
        case "beard", "mustache":
            return t.plain("train-beard-mustache")
        case "beard", "beard":
            return t.plain("train-beard-beard")
        case "glasses", "yes":
            return t.plain("train-glasses")
        case "freckles", "yes":
            return t.plain("train-freckles")
        case "piercing", "yes":
            return t.plain("train-piercing")
        case "tattoo", "yes":
            return t.plain("train-tattoo")
        case _:
            raise KeyError(f"{trait}={value}")


def _hair_length(t: Translate, value: str) -> str:
    match value:
        case "bald":
            return t.plain("train-hair-bald")
        case "short":
            return t.plain("train-hair-short")
        case "medium":
            return t.plain("train-hair-medium")
        case "long":
            return t.plain("train-hair-long")
        case _:
            raise KeyError(value)


def _hair_color(t: Translate, value: str) -> str:
    match value:
        case "black":
            return t.plain("train-hair-black")
        case "brown":
            return t.plain("train-hair-brown")
        case "fair":
            return t.plain("train-hair-fair")
        case "red":
            return t.plain("train-hair-red")
        case "grey":
            return t.plain("train-hair-grey")
        case "dyed":
            return t.plain("train-hair-dyed")
        case _:
            raise KeyError(value)


def _eyes(t: Translate, value: str) -> str:
    match value:
        case "brown":
            return t.plain("train-eyes-brown")
        case "blue":
            return t.plain("train-eyes-blue")
        case "green":
            return t.plain("train-eyes-green")
        case "grey":
            return t.plain("train-eyes-grey")
        case _:
            raise KeyError(value)
