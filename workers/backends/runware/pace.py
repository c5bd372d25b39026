"""When to ask the vendor what became of a call: seldom while it works, often when the end is likely.

Durations are learned for each model and kind of work, so that the first answer worth having is asked for when it is
there. All times are in seconds.
"""

from collections import OrderedDict, deque

Work = tuple[str, str]
"""A model and a kind of work: what takes about the same time whenever it is done."""

_KEPT = 20
_KINDS_OF_WORK = 500
FIRST_LOOK = 0.4
"""When nothing is known of how long the work takes."""
_NEAR = 0.93
"""The share of the usual time after which the end is likely."""
_CLOSE_LOOK = 0.15
"""Shortest time between two looks."""
_SHARE_OF_ELAPSED = 0.04
"""Near its end, a call is asked for again after this share of the time that it has taken."""
_WIDE_SHARE_OF_ELAPSED = 0.12
_LONGEST = 2.0
_PROGRESS = 1.0
"""Shortest time between two looks that are only for the progress, where the end is far."""


class Pace:
    """Learns how long work takes, and says how long to wait with the next question."""

    def __init__(self, first_look: float = FIRST_LOOK) -> None:
        self._first_look = first_look
        self._durations: OrderedDict[Work, deque[float]] = OrderedDict()

    def learn(self, work: Work, seconds: float) -> None:
        """Note how long a call took, from its acknowledgement to its end."""
        durations = self._durations.setdefault(work, deque(maxlen=_KEPT))
        durations.append(seconds)
        self._durations.move_to_end(work)
        if len(self._durations) > _KINDS_OF_WORK:
            self._durations.popitem(last=False)

    def usual(self, work: Work | None) -> float | None:
        """How long the quicker ones of such calls take; None where none is known."""
        durations = self._durations.get(work) if work is not None else None
        return sorted(durations)[len(durations) // 5] if durations else None

    def wait(self, work: Work | None, elapsed: float) -> float:
        """How long to wait with the next question to a call that has taken so long."""
        usual = self.usual(work)
        if usual is None:
            until_first = self._first_look - elapsed
            wait = until_first if until_first > 0 else min(_WIDE_SHARE_OF_ELAPSED * elapsed, _LONGEST)
        elif elapsed < _NEAR * usual:
            wait = min(_NEAR * usual - elapsed, max(_PROGRESS, usual / 5))
        else:
            wait = min(_SHARE_OF_ELAPSED * elapsed, _LONGEST)
        return max(wait, min(_CLOSE_LOOK, self._first_look))
