"""What each worker says of the backends, kept in Redis, and what follows from it for the house."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from redis.asyncio import Redis

STALE_AFTER = 20.0
"""Seconds after which a worker's word is no longer believed: twice as long as its slowest round takes."""

# KEYS: the hash of words. ARGV: seconds after which a word is stale, then a field and its word, and so on.
# Redis' own clock dates them: those of two machines may disagree. Who speaks clears away what the dead left.
_SAY = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local stale_after = tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%.3f ', now) .. ARGV[i + 1])
end
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
    local said_at = tonumber(string.match(kept[i + 1], '^(%d+%.%d+) '))
    if not said_at or math.abs(now - said_at) >= stale_after then
        redis.call('HDEL', KEYS[1], kept[i])
    end
end
redis.call('PEXPIRE', KEYS[1], math.ceil(stale_after * 1000))
"""
_DATED = re.compile(rb"(\d+\.\d+) (.+)")


@dataclass(frozen=True, slots=True)
class Word:
    """What one worker says of one backend."""

    available: bool
    detail: str
    is_lasting: bool = False
    """The fault will not pass by itself: a wrong key, no balance left."""


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """How a backend is by the words of all its workers."""

    available: bool
    detail: str
    """A few words for the owner; where the workers disagree, how many see the fault."""
    reason: str | None = None
    """Why it is down; None while it is not."""
    workers: tuple[str, ...] = ()
    """Who sees the fault, where others do not."""


def judge(words: Mapping[str, Word]) -> BackendHealth:
    """The state of a backend by the words of its workers, of which there is at least one.

    A lasting fault counts whoever sees it: the orders that this worker takes fail. A passing one makes the backend
    down only where everybody sees it: else the fault is likely the worker's own network.
    """
    faults = {worker: word for worker, word in words.items() if not word.available}
    lasting = {worker: word for worker, word in faults.items() if word.is_lasting}
    if not faults:
        return BackendHealth(True, _commonest(words))
    if not lasting and len(faults) < len(words):
        well = {worker: word for worker, word in words.items() if word.available}
        return BackendHealth(True, f"{_commonest(well)} ({_share(faults, words)}: {_commonest(faults)})")
    counting = lasting or faults
    reason = _commonest(counting)
    if len(counting) == len(words):
        return BackendHealth(False, reason, reason)
    return BackendHealth(False, f"{reason} ({_share(counting, words)})", reason, tuple(sorted(counting)))


class BackendWords:
    """The words in Redis, one for each backend and worker. Raises what redis-py raises where Redis is away."""

    def __init__(self, redis: Redis, namespace: str, stale_after: float = STALE_AFTER) -> None:
        self._redis = redis
        self._key = f"{namespace}:backends"
        self._stale_after = stale_after
        self._say = redis.register_script(_SAY)

    async def say(self, worker: str, words: Mapping[str, Word]) -> None:
        """Put a worker's words, by backend, in the place of its earlier ones; remove every worker's stale ones."""
        fields = [part for name, word in words.items() for part in (f"{name}@{worker}", orjson.dumps(word))]
        await self._say(keys=[self._key], args=[self._stale_after, *fields])

    async def take_back(self, worker: str, backends: Iterable[str]) -> None:
        """Remove a worker's words of these backends: it stops."""
        fields = [f"{name}@{worker}" for name in backends]
        if fields:
            await self._redis.hdel(self._key, *fields)  # type: ignore[misc]

    async def read(self) -> dict[str, dict[str, Word]]:
        """The words that are believed, by backend and worker."""
        async with self._redis.pipeline(transaction=False) as asking:
            asking.time()
            asking.hgetall(self._key)
            (seconds, microseconds), kept = await asking.execute()
        now = seconds + microseconds / 1_000_000
        believed: dict[str, dict[str, Word]] = {}
        for field, value in kept.items():
            dated = _DATED.fullmatch(value)
            if dated is None or abs(now - float(dated[1])) >= self._stale_after:
                continue
            backend, _, worker = field.decode().partition("@")
            word = orjson.loads(dated[2])
            believed.setdefault(backend, {})[worker] = Word(word["available"], word["detail"], word["is_lasting"])
        return believed


def _commonest(words: Mapping[str, Word]) -> str:
    """What most of them say; the same for everybody who asks."""
    said = Counter(word.detail for word in words.values())
    return min(said, key=lambda detail: (-said[detail], detail))


def _share(some: Mapping[str, Word], words: Mapping[str, Word]) -> str:
    return f"{len(some)} of {len(words)} workers"
