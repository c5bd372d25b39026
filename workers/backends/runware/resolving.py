"""Asks what became of a call that an earlier process left open."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from workers.backends.base import (
    BackendCall,
    BackendUnreachable,
    Failed,
    Finished,
    NeverHeard,
    StillRunning,
    Unknown,
    VendorRef,
)
from workers.backends.runware.answers import Gathering
from workers.backends.runware.line import Heard, Line
from workers.backends.runware.refusals import QUESTIONS, Refusals, says_unknown, says_unspoken
from workers.backends.runware.watch import Patience, asked_in
from workers.backends.runware.wire import Task

_FIRST_WAIT = 0.1
"""Seconds before a question is asked again that was put off; doubled each time."""


class Resolving:
    """One look at a call through both of the vendor's windows, `getResponse` and `getTaskDetails`."""

    def __init__(self, refusals: Refusals, patience: Patience, now: Callable[[], datetime] | None = None) -> None:
        self._refusals = refusals
        self._patience = patience
        self._now = now or (lambda: datetime.now(UTC))

    async def ask(
        self, line: Line, call: BackendCall, since_sent: float | None
    ) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """What became of the call. Raises BackendUnreachable.

        `since_sent` are the seconds since this process last sent it: one that is sent again is older than its request.
        """
        # Looked at before the question: a request that arrives while it travels must not be taken for a lost one.
        arrival = self._patience.arrival
        is_long_past = self._now() - call.prepared_at >= timedelta(seconds=arrival)
        is_long_past &= since_sent is None or since_sent >= arrival
        look = _Look(str(call.call_id))
        async with line.inbox(look.task_uuid) as inbox:
            for turn in range(self._patience.questions // 2):
                await line.send([{"taskType": question, "taskUUID": look.task_uuid} for question in sorted(look.open)])
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience.answer):
                        while look.open and not look.is_put_off:
                            look.take(await inbox.get())
                if not line.is_open:
                    raise BackendUnreachable("the connection is lost")
                if not look.open:
                    break
                if look.is_put_off:
                    look.is_put_off = False
                    await asyncio.sleep(min(_FIRST_WAIT * 2**turn, self._patience.answer))
        return self._verdict(call, look, is_long_past)

    def _verdict(
        self, call: BackendCall, look: "_Look", is_long_past: bool
    ) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        gathering = look.gathering
        # The vendor's record says how many were asked for; where it does not, who follows finds out.
        if gathering.asked is not None and gathering.is_complete:
            outcome = gathering.outcome(self._refusals)
            if outcome is not None:
                return outcome
        if gathering.is_known or look.has_details:
            return StillRunning(VendorRef(call.call_id, look.task_uuid))
        if is_long_past and look.unknown_to >= ({"getResponse"} if not look.is_recorded else QUESTIONS):
            return NeverHeard()
        return Unknown()


class _Look:
    """What two questions about one call have brought so far."""

    def __init__(self, task_uuid: str) -> None:
        self.task_uuid = task_uuid
        self.gathering = Gathering()
        self.open = set(QUESTIONS)
        """Questions without an answer."""
        self.unknown_to: set[str] = set()
        """Questions that were answered with: no such task."""
        self.has_details = False
        self.is_recorded = True
        """False: the vendor keeps no record that can be asked, its answer to getResponse is all there is."""
        self.is_put_off = False
        """Something came that is no answer: ask again."""
        self._record: Task = {}

    def take(self, heard: Heard) -> None:
        """Take in a frame."""
        for details in [item for item in heard.items if item.get("taskType") == "getTaskDetails"]:
            self._take_details(details)
        items = [item for item in heard.items if item.get("taskType") not in QUESTIONS and "status" in item]
        if items:
            self._answered("getResponse", is_told=self.gathering.take_results(items))
        for error in heard.errors:
            self._take_error(error)
        self.is_put_off |= heard.is_doubtful
        if not self.open and not self.gathering.is_known:
            self._read_record()

    def _take_details(self, details: Task) -> None:
        self._answered("getTaskDetails", is_told=True)
        self.has_details = True
        self.gathering.asked = asked_in(details)
        response = details.get("response")
        self._record = response if isinstance(response, dict) else {}

    def _take_error(self, error: Task) -> None:
        question = str(error.get("taskType"))
        if question not in QUESTIONS:
            question = "getResponse" if "getResponse" in self.open else "getTaskDetails"
        if says_unspoken(error) and question == "getTaskDetails":
            self.is_recorded = False
            self._answered(question, is_told=True)
        elif says_unknown(error):
            self.unknown_to.add(question)
            self._answered(question, is_told=True)
        else:
            self._answered(question, is_told=self.gathering.take_errors([error]))

    def _answered(self, question: str, *, is_told: bool) -> None:
        if is_told:
            self.open.discard(question)
        else:
            self.is_put_off = True

    def _read_record(self) -> None:
        """Take the results from the vendor's record, where they can be asked for no more."""
        for name, take in (("data", self.gathering.take_results), ("errors", self.gathering.take_errors)):
            told = self._record.get(name)
            items = [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []
            if items:
                take(items)
