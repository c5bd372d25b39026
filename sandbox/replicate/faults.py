"""Faults on demand: each kind strikes at one place, as often as told."""

import asyncio
from collections import Counter
from contextlib import suppress

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.replicate.wire import JsonObject

# A request to /v1 is struck by one of these.
DOOR_FAULTS = frozenset(
    {
        "slow",
        "lose_answer",
        "hang",
        "refuse",
        "cut_body",
        "wrong_token",
        "no_balance",
        "rate_limited",
        "server_error",
        "html_answer",
    }
)
# A new prediction or training is marked with one of these, and with a late showing in the list.
JOB_FAULTS = frozenset(
    {
        "fail_task",
        "abort_task",
        "nsfw",
        "fewer_outputs",
        "output_null",
        "broken_archive",
        "not_a_lora",
    }
)
LIST_FAULTS = frozenset({"list_lags"})
# A download from the file host is struck by one of these.
FILE_FAULTS = frozenset(
    {
        "output_broken",
        "html",
        "zero_bytes",
        "huge",
        "wrong_type",
        "redirect_private",
        "not_found",
        "slow_file",
    }
)
# A webhook on its way is struck by one of these.
WEBHOOK_FAULTS = frozenset({"webhook_twice", "webhook_late", "webhook_never", "webhook_bad_signature"})

_KINDS = DOOR_FAULTS | JOB_FAULTS | LIST_FAULTS | FILE_FAULTS | WEBHOOK_FAULTS

# Where a fault strikes if it is not told; what is not named here strikes anywhere.
_DEFAULT_PLACE = {
    "lose_answer": "create",
    "hang": "create",
    "no_balance": "create",
    "nsfw": "predictions",
    "fewer_outputs": "predictions",
    "output_null": "predictions",
    "broken_archive": "trainings",
    "not_a_lora": "trainings",
} | dict.fromkeys(WEBHOOK_FAULTS, "completed")


class Fault(BaseModel):
    """One fault, for the next `times` things that pass its place (`where`).

    `seconds` is how long a slow one lasts, `status` and `error` are what a failure says, `location` where a redirect
    leads, `retry_after` (seconds) what a rate limit's header says.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    times: int = Field(default=1, ge=1)
    where: str | None = None
    seconds: float = Field(default=5.0, ge=0)
    status: int = Field(default=500, ge=500, le=599)
    error: str | None = None
    location: str = "http://127.0.0.1:9/private"
    retry_after: int | None = Field(default=None, ge=0)

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in _KINDS:
            raise ValueError(f"unknown; the kinds are {', '.join(sorted(_KINDS))}")
        return kind

    @property
    def place(self) -> str | None:
        """The name of what it strikes; None strikes anything of its sort."""
        return self.where or _DEFAULT_PLACE.get(self.kind)


class Faults:
    """The faults that still wait, first come first served, and how often each kind has struck."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._struck: Counter[str] = Counter()
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Let a fault wait for what passes its place."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Drop the faults that have not struck yet, and forget those that have."""
        self._waiting.clear()
        self._struck.clear()

    def strike(self, kinds: frozenset[str], names: set[str]) -> Fault | None:
        """Return the first fault of some kinds that hits what goes by any of these names, and count it."""
        for fault in self._waiting:
            if fault.kind in kinds and (fault.place is None or fault.place in names):
                self._struck[fault.kind] += 1
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def view(self) -> JsonObject:
        """Return what waits and what has struck."""
        return {
            "waiting": [fault.model_dump(exclude_none=True) for fault in self._waiting],
            "struck": dict(self._struck),
        }

    async def hold_up(self, seconds: float | None) -> None:
        """Wait, without end where `seconds` is None, or until the server stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), seconds)

    def release(self) -> None:
        """End every wait, now and from now on: the server stops."""
        self._released.set()
