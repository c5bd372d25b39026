"""Whether many predictions are asked about cheaper one by one, or by reading the list of the newest.

Measured beside the sandbox: a request takes 1.6 ms of processor time whatever it brings, a page of a hundred (70 kB)
1.1 ms more, so from two predictions on that stand on one page it is read. Where pages carry pictures (data URIs among
the inputs), single questions win. Replicate allows 50 questions a second in all (page "Rate limits"), so they are
rationed too.
"""

from collections.abc import Callable

PAGE_LENGTH = 100
USUAL_PAGE_BYTES = 100_000.0
_REQUEST_BYTES = 100_000
"""What a request costs beside its answer, as bytes of answer."""
_LEARNING = 0.3
_HEAVY_PAGE_BYTES = 3_000_000
"""A page that takes so long to read that all else would notice."""
_QUESTIONS_A_SECOND = 40.0
_MOST_QUESTIONS = 40.0


class Costs:
    """What answers weigh, learned as they come, and the ration of questions."""

    def __init__(self, clock: Callable[[], float], page_bytes: float = USUAL_PAGE_BYTES) -> None:
        self._clock = clock
        self._page_bytes = page_bytes
        self._single_bytes = 1_500.0
        self._left = _MOST_QUESTIONS
        self._filled_at = clock()

    def weigh_page(self, size: int) -> None:
        """A page came in so many bytes."""
        self._page_bytes += _LEARNING * (size - self._page_bytes)

    def weigh_single(self, size: int) -> None:
        """A single prediction came in so many bytes."""
        self._single_bytes += _LEARNING * (size - self._single_bytes)

    def is_list_better(self, wanted: int, depth: int) -> bool:
        """Whether to read pages for so many predictions, of which the oldest stands at this place of the list."""
        pages = 1 + depth // PAGE_LENGTH
        by_pages = pages * (_REQUEST_BYTES + self._page_bytes)
        singly = wanted * (_REQUEST_BYTES + self._single_bytes)
        is_short = pages < wanted and self.left < wanted and self._page_bytes < _HEAVY_PAGE_BYTES
        return by_pages < singly or is_short

    @property
    def left(self) -> int:
        """Questions that may be asked now."""
        now = self._clock()
        self._left = min(self._left + (now - self._filled_at) * _QUESTIONS_A_SECOND, _MOST_QUESTIONS)
        self._filled_at = now
        return max(int(self._left), 0)

    def spend(self, questions: int) -> None:
        """So many questions are asked, for pages or for single predictions."""
        self._left -= questions
