"""Flood control: how fast a bot may send, and the 429 beyond it.

"My bot is hitting limits" (Bots FAQ) promises about one message a second in a chat, with short bursts, and 30 a second
in all. How large a burst may be is not written anywhere; these are such as bots see. An album counts in a chat as one
and in all as its number of messages. A refused call costs nothing.
"""

import math
from collections.abc import Callable
from typing import Any

from sandbox.telegram.refusals import too_many_requests
from sandbox.telegram.wire import JsonObject

_COUNTED = ("send", "edit", "copy", "forward")
_NOT_COUNTED = frozenset({"sendChatAction", "sendMessageDraft"})
_CHAT_PER_SECOND, _CHAT_BURST = 1.0, 20
_OVERALL_PER_SECOND, _OVERALL_BURST = 30.0, 30
# With allow_paid_broadcast, for Stars.
_PAID_PER_SECOND, _PAID_BURST = 1000.0, 1000
_FORGET_ABOVE = 10_000


class Bucket:
    """So many a second, and so many at once after a pause (generic cell rate algorithm)."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        self._tolerance = self._interval * burst
        self._taken_until = 0.0

    def wait(self, now: float, cost: int) -> float:
        """Return in how many seconds that much could be taken; 0 or less means now."""
        # Who asks for more than a whole burst waits for the full bucket.
        needed = min(cost * self._interval, self._tolerance)
        return max(self._taken_until, now) + needed - self._tolerance - now

    def take(self, now: float, cost: int) -> None:
        """Take it."""
        self._taken_until = max(self._taken_until, now) + cost * self._interval

    def is_full(self, now: float) -> bool:
        """Tell whether nothing of it is taken."""
        return self._taken_until <= now


class Flood:
    """The buckets of one bot. `rate` multiplies Telegram's rates; 0 switches flood control off."""

    def __init__(self, rate: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._chats: dict[Any, Bucket] = {}
        self._rate = 0.0
        self.rate = rate

    @property
    def rate(self) -> float:
        """By how much Telegram's rates are multiplied; 0 is off."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = rate
        scale = rate or 1.0
        self._chats.clear()
        self._overall = Bucket(_OVERALL_PER_SECOND * scale, _OVERALL_BURST)
        self._paid = Bucket(_PAID_PER_SECOND * scale, _PAID_BURST)

    def check(self, method: str, parameters: JsonObject) -> None:
        """Count a call; refuses it with 429 where it comes too early."""
        if not self._rate or not method.startswith(_COUNTED) or method in _NOT_COUNTED or "chat_id" not in parameters:
            return
        now = self._monotonic()
        chat = self._chat(str(parameters["chat_id"]), now)
        overall = self._paid if parameters.get("allow_paid_broadcast") else self._overall
        cost = len(parameters.get("media") or ()) if method == "sendMediaGroup" else 1
        cost = max(cost, len(parameters.get("message_ids") or ()))
        wait = max(chat.wait(now, 1), overall.wait(now, cost))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        chat.take(now, 1)
        overall.take(now, cost)

    def _chat(self, chat_id: str, now: float) -> Bucket:
        if len(self._chats) > _FORGET_ABOVE:
            self._chats = {key: bucket for key, bucket in self._chats.items() if not bucket.is_full(now)}
        bucket = self._chats.get(chat_id)
        if bucket is None:
            bucket = self._chats[chat_id] = Bucket(_CHAT_PER_SECOND * self._rate, _CHAT_BURST)
        return bucket
