"""What a vendor says of a call is told on without what nobody else may know."""

from uuid import UUID

import pytest

from services.offers import Offer
from services.orders import RegisterOrder, StepOrder, SubjectClass, TextToImageOrder, TrainingCaption, TrainOrder
from workers.backends.base import ErrorKind, Failed
from workers.plain_words import without_secrets

ORDER = TextToImageOrder(prompt="on a bench")
OFFER = Offer("runware", "runware:100@1", "zxkq, woman, on a bench", 4, (), 1000, ("zxkq",))
TRAINING = TrainOrder(
    model_id=1,
    version=1,
    trigger_word="zxkq",
    subject_class=SubjectClass.MAN,
    photos=tuple(TrainingCaption(file_id=UUID(int=number), words="zxkq") for number in range(4)),
    steps=500,
)
REGISTRATION = RegisterOrder(
    backend="runware",
    model_id=1,
    version=1,
    trigger_word="zxkq",
    weights_url="https://b.test/w",
    weights_sha256="0" * 64,
)


@pytest.mark.parametrize(
    ("order", "offer", "said", "left"),
    [
        (ORDER, OFFER, "bad prompt 'zxkq, woman, on a bench'", "bad prompt '***'"),
        (ORDER, OFFER, "no word zxkq known", "no word *** known"),
        (TRAINING, None, "trigger_word: zxkq", "trigger_word: ***"),
        (
            TRAINING,
            None,
            "could not read https://a.test/v1/files/abc/download?x=1",
            "could not read https://a.test/***",
        ),
        (REGISTRATION, None, "https://b.test/w?signature=12 for zxkq", "https://b.test/*** for ***"),
        (ORDER, None, "out of memory", "out of memory"),
    ],
)
def test_words_links_and_prompts_are_left_out(order: StepOrder, offer: Offer | None, said: str, left: str) -> None:
    assert without_secrets(Failed(ErrorKind.VENDOR, "busy", said), order, offer).message == left
