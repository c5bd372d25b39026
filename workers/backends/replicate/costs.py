"""Whether many predictions are asked about cheaper one by one, or by reading the list of the newest.

Measured beside the sandbox: a request takes 1.6 ms of processor time whatever it brings, a page of a hundred (70 kB)
1.1 ms more, so from two predictions on that stand on one page it is read. Where pages carry pictures (data URIs among
the inputs), single questions win. Replicate allows 50 questions a second in all (page "Rate limits"), so single ones
are rationed too.
"""

from collections.abc import Callable

PAGE_LENGTH = 100
_REQUEST_BYTES = 100_000
"""What a request costs beside its answer, as bytes of answer."""
_LEARNING = 0.3
_SINGLES_A_SECOND = 30.0
_MOST_SINGLES = 60.0


class Costs:
    """What answers weigh, learned as they come, and the ration of single questions."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._page_bytes = 100_000.0
        self._single_bytes = 1_500.0
        self._singles_left = _MOST_SINGLES
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
        return by_pages < singly or (wanted > self._singles() and pages < wanted)

    def spend(self, singles: int) -> None:
        """So many single questions are asked."""
        self._singles_left = self._singles() - singles

    def _singles(self) -> float:
        now = self._clock()
        self._singles_left = min(self._singles_left + (now - self._filled_at) * _SINGLES_A_SECOND, _MOST_SINGLES)
        self._filled_at = now
        return self._singles_left
