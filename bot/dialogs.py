"""What each dialog waits for and remembers: one Redis key a dialog, read once an update and written once a change."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import orjson
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StateType, StorageKey
from redis.asyncio import Redis

KEPT_FOR = timedelta(days=60)
"""Longer than Telegram lets a message be edited: what is older has no screen to go on with."""


@dataclass(frozen=True, slots=True)
class _Dialog:
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


# Only what is still as it was read is replaced: whoever handles an update of the person writes here too.
_SWAP = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    return 1
end
return 0
"""

_read_by_this_update: ContextVar[tuple[StorageKey, _Dialog] | None] = ContextVar("dialog", default=None)


class Dialogs(BaseStorage):
    """aiogram's storage of states, with half of the trips: state and data lie together.

    aiogram asks for the state at the beginning of every update; what is asked after that is answered from what was
    read then. Updates of one person are handled one at a time.
    """

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._keys = DefaultKeyBuilder(prefix=prefix)
        self._swap = redis.register_script(_SWAP)

    async def get_state(self, key: StorageKey) -> str | None:
        """What the dialog waits for, as Redis knows it now."""
        stored = await self._redis.get(self._keys.build(key))
        dialog = _Dialog(**orjson.loads(stored)) if stored else _Dialog()
        _read_by_this_update.set((key, dialog))
        return dialog.state

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """What the dialog remembers."""
        return dict((await self._dialog(key)).data)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Wait for something else."""
        name = state.state if isinstance(state, State) else state
        await self._write(key, replace(await self._dialog(key), state=name))

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Remember something else."""
        await self._write(key, replace(await self._dialog(key), data=dict(data)))

    async def move_screen(self, key: StorageKey, before: int, after: int) -> bool:
        """Say that what stood in one message stands in another now; False where the screen shows something else."""
        name = self._keys.build(key)
        while stored := await self._redis.get(name):
            dialog = _Dialog(**orjson.loads(stored))
            if dialog.data.get("screen") != before:
                return False
            moved = replace(dialog, data=dialog.data | {"screen": after})
            if await self._swap(keys=[name], args=[stored, _stored(moved), int(KEPT_FOR.total_seconds())]):
                return True
        return False

    async def note(self, key: StorageKey, state: State, **noted: int) -> None:
        """Wait for this, and remember something more; whatever else was changed meanwhile stays."""
        name = self._keys.build(key)
        while True:
            stored = await self._redis.get(name)
            before = _Dialog(**orjson.loads(stored)) if stored else _Dialog()
            after = replace(before, state=state.state, data=before.data | noted)
            if stored is None:
                await self._write(key, after)
                return
            if await self._swap(keys=[name], args=[stored, _stored(after), int(KEPT_FOR.total_seconds())]):
                _read_by_this_update.set((key, after))
                return

    async def close(self) -> None:
        """The connections are the house's."""

    async def _dialog(self, key: StorageKey) -> _Dialog:
        known = _read_by_this_update.get()
        if known is None or known[0] != key:
            await self.get_state(key)
            known = _read_by_this_update.get()
        assert known is not None  # just read
        return known[1]

    async def _write(self, key: StorageKey, dialog: _Dialog) -> None:
        _read_by_this_update.set((key, dialog))
        name = self._keys.build(key)
        if dialog == _Dialog():
            await self._redis.delete(name)
        else:
            await self._redis.set(name, _stored(dialog), ex=KEPT_FOR)


def _stored(dialog: _Dialog) -> bytes:
    return orjson.dumps({"state": dialog.state, "data": dialog.data})
