"""One call that somebody follows: what was heard of it, when to ask again, and who waits for news."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from workers.backends.base import CANCELLED, BackendUnreachable, ErrorKind, Failed, Finished
from workers.backends.runware.answers import Asked, Gathering
from workers.backends.runware.line import Heard
from workers.backends.runware.pace import Pace, Work
from workers.backends.runware.refusals import QUESTIONS, Refusals, code_of
from workers.backends.runware.wire import Task

_FIRST_WAIT = 0.05
"""Seconds; doubled with every question that brings nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the vendor may take to say something, in seconds."""

    acknowledgement: float = 10.0
    """For the word that it has taken a call."""
    answer: float = 2.0
    """For an answer to a question; then the question is asked again."""
    questions: int = 8
    """Questions in a row without an answer that says anything, after which the vendor counts as unreachable."""
    return_: float = 15.0
    """For a connection to be had again after it was lost."""
    arrival: float = 5.0
    """After which a request that was sent has arrived, or never will."""
    last_word: float = 1.0
    """For the last answer to a call that was cancelled."""
    checkup: float = 3.0
    """For the whole look at whether the vendor is there."""
    registration: float = 300.0
    """For a model of ours that an earlier upload has begun to make known."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What this process knows of a call that it gave to the vendor."""

    asked: Asked
    acknowledged_at: float
    """`time.monotonic()`."""


@dataclass(eq=False)
class Watch:
    """A call under way. `due` is when to ask next, by `time.monotonic()`."""

    call_id: UUID
    refusals: Refusals
    pace: Pace
    patience: Patience
    sent: Sent | None = None
    due: float = field(default_factory=time.monotonic)
    outcome: Finished | Failed | BackendUnreachable | None = None
    followers: set[asyncio.Event] = field(default_factory=set)
    gathering: Gathering = field(default_factory=Gathering)
    is_cancelled: bool = False
    setbacks: int = 0
    """Questions in a row that brought nothing."""
    _asked_at: float | None = None
    _trouble: str = "no answer"
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.task_uuid = str(self.call_id)
        if self.sent is not None:
            self._began = self.sent.acknowledged_at
            self.gathering.asked = self.sent.asked
            self.due = time.monotonic() + self.pace.wait(self._work, time.monotonic() - self._began)

    @property
    def is_overdue(self) -> bool:
        """Whether the question that is out should have been answered by now."""
        return self._asked_at is not None and time.monotonic() - self._asked_at >= self.patience.answer

    def questions(self) -> list[Task]:
        """The next questions to the vendor: after them `due` is when an answer should be there."""
        if self.is_overdue:
            self._set_back("no answer")
        if self.setbacks >= self.patience.questions:
            self._give_up()
            return []
        self._asked_at = time.monotonic()
        self.due = self._asked_at + self.patience.answer
        asked = [{"taskType": "getResponse", "taskUUID": self.task_uuid}]
        if self.gathering.asked is None:
            asked.append({"taskType": "getTaskDetails", "taskUUID": self.task_uuid})
        return asked

    def hurry(self) -> None:
        """Ask as soon as may be: there may be news."""
        self.due = time.monotonic()

    def lose_line(self) -> None:
        """The connection is lost, and with it the question that was out."""
        if self._asked_at is not None:
            self._set_back("the connection was lost")

    def hear(self, heard: Heard) -> None:
        """Take in a frame. What comes unasked is no more than a reason to ask."""
        if self.outcome is not None:
            return
        if heard.errors or heard.is_doubtful:
            self._hear_errors(heard)
            return
        for item in heard.items:
            if item.get("taskType") == "getTaskDetails" and self.gathering.asked is None:
                self.gathering.asked = asked_in(item)
        items = [item for item in heard.items if item.get("taskType") not in QUESTIONS and "status" in item]
        if self.gathering.take_results(items):
            self._note_answer()
        elif items:
            self._set_back("an answer that says nothing")

    def end(self, outcome: Finished | Failed | BackendUnreachable) -> None:
        """This is how it ended, as far as we are concerned; the first word holds."""
        if self.outcome is None:
            self.outcome = outcome
            self.tell()

    def end_cancelled(self) -> None:
        """Nobody wants more of it: end with what is made."""
        made = self.gathering.outcome(self.refusals)
        self.end(made if isinstance(made, Finished) else Failed(ErrorKind.ORDER, CANCELLED, "cancelled by its person"))

    def tell(self) -> None:
        """Wake who follows."""
        for follower in self.followers:
            follower.set()

    @property
    def _work(self) -> Work | None:
        return self.gathering.asked.work if self.gathering.asked is not None else None

    def _hear_errors(self, heard: Heard) -> None:
        if self._asked_at is None:
            self.hurry()
        elif not self.gathering.take_errors(heard.errors):
            self._set_back(code_of(heard.errors[0]) if heard.errors else "an error that names no task of ours")
        else:
            self._note_answer()

    def _set_back(self, trouble: str) -> None:
        """A question brought nothing: ask again, a little later each time."""
        self.setbacks += 1
        self._asked_at, self._trouble = None, trouble
        self.due = time.monotonic() + min(_FIRST_WAIT * 2**self.setbacks, self.patience.answer)

    def _note_answer(self) -> None:
        now = time.monotonic()
        self._asked_at, self.setbacks = None, 0
        if self.gathering.is_complete:
            self._complete(now)
        elif self.is_cancelled:
            self.end_cancelled()
        else:
            self.due = now + self.pace.wait(self._work, now - self._began)
            self.tell()

    def _complete(self, now: float) -> None:
        outcome = self.gathering.outcome(self.refusals)
        assert outcome is not None  # a complete gathering has results or errors
        if isinstance(outcome, Finished) and self.sent is not None:
            self.pace.learn(self.sent.asked.work, now - self._began)
        self.end(outcome)

    def _give_up(self) -> None:
        made = self.gathering.outcome(self.refusals)
        if isinstance(made, Finished) and not made.outputs:
            made = None
        self.end(made or BackendUnreachable(f"{self.setbacks} questions brought nothing: {self._trouble}"))


def asked_in(details: Task) -> Asked | None:
    """What a call asked for, from the vendor's own record of it."""
    requests = details.get("request")
    for request in requests if isinstance(requests, list) else [requests]:
        if not isinstance(request, dict) or request.get("taskUUID", details.get("taskUUID")) != details.get("taskUUID"):
            continue
        number, seed = request.get("numberResults", 1), request.get("seed", 0)
        return Asked(
            (str(request.get("model")), str(request.get("taskType"))),
            number if isinstance(number, int) and number > 0 else 1,
            seed if isinstance(seed, int) else 0,
            str(request.get("air") or ""),
        )
    return None
