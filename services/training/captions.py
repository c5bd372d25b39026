"""The words that a training reads beside each photo. What stays the same is named, so that the rest is learnt.

Codes stand in the database and are worded here in English, which trainers and vendors read.
"""

import re
from collections.abc import Mapping

from services.orders import SubjectClass

CHARACTERISTICS: Mapping[str, Mapping[str, str]] = {
    "hair_length": {
        "bald": "bald head",
        "short": "short hair",
        "medium": "shoulder-length hair",
        "long": "long hair",
    },
    "hair_color": {
        "black": "black hair",
        "brown": "brown hair",
        "fair": "fair hair",
        "red": "red hair",
        "grey": "grey hair",
        "dyed": "dyed hair",
    },
    "eyes": {
        "brown": "brown eyes",
        "blue": "blue eyes",
        "green": "green eyes",
        "grey": "grey eyes",
    },
    "beard": {
        "stubble": "stubble",
        "mustache": "mustache",
        "beard": "beard",
    },
    "glasses": {"yes": "glasses"},
    "freckles": {"yes": "freckles"},
    "piercing": {"yes": "facial piercing"},
    "tattoo": {"yes": "visible tattoo"},
}
"""By characteristic and code, what a caption says. A code that stands nowhere here says nothing."""

_NOUNS = {SubjectClass.WOMAN: "woman", SubjectClass.MAN: "man", SubjectClass.OTHER: "person"}


def noun_of(subject_class: SubjectClass) -> str:
    """Whom the photos show: a word of every caption and of every prompt."""
    return _NOUNS[subject_class]


def caption(trigger_word: str, subject_class: SubjectClass, characteristics: Mapping[str, object]) -> str:
    """A caption such as "photo of a kxqvzwpt woman, long hair, brown hair, glasses"."""
    known = (
        CHARACTERISTICS[name].get(str(characteristics[name])) for name in CHARACTERISTICS if name in characteristics
    )
    return ", ".join([f"photo of a {trigger_word} {noun_of(subject_class)}", *(words for words in known if words)])


def subject_words(trigger_word: str, subject_class: SubjectClass, said: str) -> str:
    """How a prompt calls whom it shows, as the captions did: "kxqvzwpt woman".

    The trigger word alone where the rest of the prompt has said the noun: said twice it may become two people.
    """
    noun = noun_of(subject_class)
    return trigger_word if re.search(rf"\b{noun}\b", said, re.IGNORECASE) else f"{trigger_word} {noun}"
