"""A pack of many pictures: the person is cut out once and painted in every look."""

from collections.abc import Iterator

from services.orders import DatasetOrder, ImageToImageOrder, TextToImageOrder
from workers.backends.preview.painting import Stage, finished, paint_words, styled
from workers.backends.preview.photo import read_photo
from workers.backends.preview.subject import Subject, find_subject_face, separate
from workers.backends.preview.wish import read_wish

PREPARED = 5
"""Percent at which the painting begins."""


def paint_pack(order: DatasetOrder, content: bytes | None, seed: int) -> Iterator[Stage]:
    """The pictures in their order. Raises UnreadablePhoto before the first stage."""
    subject: Subject | None = None
    if content is not None:
        photo = read_photo(content)
        yield Stage(2)
        subject = separate(*find_subject_face(photo))
    yield Stage(PREPARED)
    orders = order.picture_orders(seed)
    for number, one in enumerate(orders, start=1):
        percent = PREPARED + (100 - PREPARED) * number // len(orders)
        own_seed = one.seed or 0
        match one:
            case ImageToImageOrder():
                assert subject is not None  # the order names a photo
                pixels = styled(one, subject, read_wish(one.prompt), own_seed)
                yield Stage(percent, finished(pixels, one, own_seed))
            case TextToImageOrder():
                made = [stage.picture for stage in paint_words(one, own_seed) if stage.picture is not None]
                yield Stage(percent, made[0])
