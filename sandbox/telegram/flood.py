"""Flood control: how fast a bot may send, and the 429 beyond it.

"My bot is hitting limits" (Bots FAQ) promises about one message a second in a chat, with short bursts, and 30 a second
in all. How large a burst may be is not written anywhere; these are such as bots see. A call counts as one, an album's
too. Edits count in a larger bucket of their own and not among the 30. A call that comes too early costs nothing.
"""

import math
from collections.abc import Callable

from sandbox.telegram.refusals import too_many_requests
from sandbox.telegram.wire import JsonObject

_SENDS = ("send", "copy", "forward")
_EDITS = ("editMessage", "stopMessage")
_NOT_COUNTED = frozenset({"sendChatAction", "sendMessageDraft"})
CHAT_PER_SECOND, CHAT_BURST = 1.0, 20
EDIT_PER_SECOND, EDIT_BURST = 6.0, 60
OVERALL_PER_SECOND, OVERALL_BURST = 30.0, 30
# With allow_paid_broadcast, for Stars.
_PAID_PER_SECOND, _PAID_BURST = 1000.0, 1000
_FORGET_ABOVE = 10_000


class Bucket:
    """So many a second, and so many at once after a pause (generic cell rate algorithm)."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        self._tolerance = self._interval * burst
        self._taken_until = 0.0

    def wait(self, now: float) -> float:
        """Return in how many seconds one could be taken; 0 or less means now."""
        return max(self._taken_until, now) + self._interval - self._tolerance - now

    def take(self, now: float) -> None:
        """Take one."""
        self._taken_until = max(self._taken_until, now) + self._interval

    def is_full(self, now: float) -> bool:
        """Tell whether nothing of it is taken."""
        return self._taken_until <= now


class Flood:
    """The buckets of one bot. `rate` multiplies Telegram's rates; 0 switches flood control off."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._rate = 0.0
        self.rate = rate

    @property
    def rate(self) -> float:
        """By how much Telegram's rates are multiplied; 0 is off."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Fill every bucket."""
        scale = self._rate or 1.0
        self._buckets.clear()
        self._overall = Bucket(OVERALL_PER_SECOND * scale, OVERALL_BURST)
        self._paid = Bucket(_PAID_PER_SECOND * scale, _PAID_BURST)

    def check(self, method: str, parameters: JsonObject) -> None:
        """Count a call; refuses it with 429 where it comes too early."""
        if not self._rate or method in _NOT_COUNTED or "chat_id" not in parameters:
            return
        chat_id = str(parameters["chat_id"])
        if method.startswith(_SENDS):
            self._check_send(chat_id, self._paid if parameters.get("allow_paid_broadcast") else self._overall)
        elif method.startswith(_EDITS):
            now = self._clock()
            edits = self._bucket(f"edits in {chat_id}", EDIT_PER_SECOND, EDIT_BURST, now)
            _refuse_if_early(edits.wait(now))
            edits.take(now)

    def _check_send(self, chat_id: str, overall: Bucket) -> None:
        now = self._clock()
        chat = self._bucket(chat_id, CHAT_PER_SECOND, CHAT_BURST, now)
        _refuse_if_early(max(chat.wait(now), overall.wait(now)))
        chat.take(now)
        overall.take(now)

    def _bucket(self, name: str, per_second: float, burst: int, now: float) -> Bucket:
        if len(self._buckets) > _FORGET_ABOVE:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(per_second * self._rate, burst)
        return bucket


def _refuse_if_early(wait: float) -> None:
    if wait > 0:
        raise too_many_requests(math.ceil(wait))
