"""A call to a backend: handed over, followed, stopped, asked after; each with the patience that it deserves."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import assert_never

import structlog

from workers.attempt import Attempt
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.step import Step

SUBMIT_PATIENCE = 60.0
"""Seconds that a backend may take to hand a call over."""
TRAINING_SUBMIT_PATIENCE = 300.0
"""The same for a training, whose photos are handed over first."""
RESOLVE_PATIENCE = 30.0
"""Seconds that a backend may take to say what became of a call."""
STOP_PATIENCE = 20.0
"""Seconds that a backend has to come to an end after it was asked to stop."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """A call: for which step of which attempt, and to whom."""

    attempt: Attempt
    step: Step
    backend: Backend
    call: BackendCall
    failures: Counter[str]
    """By backend, how often it has failed at this step before."""


@dataclass(frozen=True, slots=True)
class CutShort:
    """The end of a call that we stopped."""

    answer: Finished | Failed | None
    """None: the backend never said what became of it."""
    is_still_billed: bool
    """The vendor goes on with what nobody waits for any more, and bills it."""


async def hand_over(asking: Asking) -> VendorRef | Failed:
    """Give the call to its backend; Failed where it certainly has not taken it.

    Raises BackendUnreachable where nobody knows whether it has.
    """
    patience = TRAINING_SUBMIT_PATIENCE if asking.step.is_training else SUBMIT_PATIENCE
    try:
        async with asyncio.timeout(min(patience, asking.attempt.seconds_left)):
            return await asking.backend.submit(asking.call, asking.step.order)
    except (TimeoutError, BackendUnreachable) as error:
        raise BackendUnreachable(f"{asking.backend.name} did not take a call: {error}") from error


async def follow(asking: Asking, ref: VendorRef) -> Finished | Failed | CutShort:
    """Stay with a call until it ends, is stopped by its person, or its deadline passes. Raises BackendUnreachable."""
    following = asyncio.create_task(_last_answer(asking, ref))
    halting = asyncio.create_task(asking.attempt.halt.wait())
    try:
        await asyncio.wait({following, halting}, return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            return following.result()
        is_still_billed = await _cancel(asking.backend, ref)
        await asyncio.wait({following}, timeout=STOP_PATIENCE)
        return CutShort(following.result() if following.done() else None, is_still_billed)
    finally:
        following.cancel()
        halting.cancel()


async def resolve(asking: Asking) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
    """What became of a call that an earlier attempt left open."""
    try:
        async with asyncio.timeout(RESOLVE_PATIENCE):
            return await asking.backend.resolve(asking.call)
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=asking.backend.name, error=str(error))
        return Unknown()


async def _last_answer(asking: Asking, ref: VendorRef) -> Finished | Failed:
    async for item in asking.backend.follow(ref):
        match item:
            case Progress():
                asking.attempt.tell(asking.step.number, item.percent)
            case Finished() | Failed():
                return item
            case _:
                assert_never(item)
    raise BackendUnreachable(f"{asking.backend.name} stopped telling of {ref.vendor_ref}")


async def _cancel(backend: Backend, ref: VendorRef) -> bool:
    """Ask the vendor to stop; says whether it bills the call all the same.

    Where it cannot be asked, the call is waited for as if it had been.
    """
    try:
        async with asyncio.timeout(STOP_PATIENCE):
            return (await backend.cancel(ref)).still_billed
    except (TimeoutError, BackendUnreachable) as error:
        _log.warning("backend.unreachable", backend=backend.name, error=str(error))
        return True
