"""Faults on demand: the next calls fail, or are slow, or are done and their answer lost."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sandbox.telegram.refusals import Refusal, too_many_requests

_DESCRIPTIONS = {
    400: "Bad Request: the sandbox was told to refuse",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One fault, for the next `times` calls of a method (or of any).

    Where it is `executed` the call is carried out all the same and the error is told afterwards; where it is `lost`
    it is carried out, and the connection ends in the middle of the answer.
    """

    method: str | None
    error_code: int | None
    times: int
    retry_after: int | None = None
    delay: float = 0.0
    description: str | None = None
    executed: bool = False
    lost: bool = False

    def refusal(self) -> Refusal | None:
        """Return the answer the caller gets instead of its result, or None where the fault is only slowness."""
        if self.error_code is None:
            return None
        if self.error_code == 429:
            return too_many_requests(self.retry_after or 1)
        description = self.description or _DESCRIPTIONS.get(self.error_code, "Error")
        return Refusal(self.error_code, description)


class Faults:
    """The faults that still wait for their calls, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Make the next calls fail."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Drop the faults that have not struck yet."""
        self._faults.clear()

    async def hold_up(self, fault: Fault) -> None:
        """Wait for as long as a fault delays its call, or until the server stops."""
        if fault.delay:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), fault.delay)

    def release(self) -> None:
        """End every delay, now and from now on: the server stops."""
        self._released.set()

    def strike(self, method: str) -> Fault | None:
        """Return the fault that hits this call, if any, and count it.

        getUpdates is hit only by name: a waiting poll would eat what was meant for the next send.
        """
        for fault in self._faults:
            hits_any = fault.method is None and method != "getUpdates"
            if hits_any or (fault.method is not None and fault.method.lower() == method.lower()):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
