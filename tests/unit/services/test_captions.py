"""What stands beside a photo of a training, and what calls the same person in a prompt."""

import pytest

from services.orders import SubjectClass
from services.training.captions import caption, noun_of, subject_words


@pytest.mark.parametrize("subject", SubjectClass)
def test_a_prompt_calls_the_person_as_the_captions_did(subject: SubjectClass):
    words = subject_words("kxqvzwpt", subject, "at the sea, golden hour")
    assert words == f"kxqvzwpt {noun_of(subject)}"
    assert words in caption("kxqvzwpt", subject, {})


@pytest.mark.parametrize("said", ["a woman at the sea", "Portrait of a Woman", "oil painting, young woman, smiling"])
def test_a_noun_that_the_prompt_has_is_not_said_twice(said: str):
    assert subject_words("kxqvzwpt", SubjectClass.WOMAN, said) == "kxqvzwpt"


@pytest.mark.parametrize("said", ["", "a man at the sea", "womanly, womans", "женщина у моря"])
def test_another_word_does_not_stand_for_the_noun(said: str):
    assert subject_words("kxqvzwpt", SubjectClass.WOMAN, said) == "kxqvzwpt woman"
