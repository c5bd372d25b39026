"""What the life of a task should be, in plain Python: no database, no time, one thing after another.

Times are flags here: a lease that has run out, a deadline that has passed. A method returns what the house must answer
and changes the model as the house must change its rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from repository.notifications import Outcome
from repository.tasks import TaskStatus
from repository.vendor_calls import CallState
from services.tasks import MAX_CRASHES

UNIT_PRICE = 5
"""Tokens for a picture from words."""
OPEN_TASKS = 3
"""Orders that one person may have open."""


class Impossible(Exception):
    """The house did what the model says cannot be."""


@dataclass(frozen=True, order=True, slots=True)
class Name:
    """A task, by who asked for it and under which key."""

    person: int
    key: int


@dataclass(frozen=True, order=True, slots=True)
class Held:
    """A task as one attempt holds it, or held it once."""

    task: Name
    attempt: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A task as the sweep saw it when it gave it up."""

    task: Name
    status: TaskStatus
    attempt: int
    ending: TaskStatus
    error_code: str | None


@dataclass(slots=True)
class CallModel:
    """A call to a vendor."""

    attempt: int
    state: CallState = CallState.PREPARED
    vendor_ref: str | None = None
    cost: int = 0


@dataclass(slots=True)
class PersonModel:
    """Tokens."""

    given: int
    """Everything that ever came in, less what was taken away by hand."""
    left: int
    held: int = 0
    spent: int = 0


@dataclass(slots=True)
class LetterModel:
    """The word to the person about the end of a task."""

    attempt: int = 0
    albums: int = 0
    outcome: Outcome | None = None
    is_held: bool = False


@dataclass(slots=True)
class TaskModel:
    """A task with its money, calls and pictures."""

    units: int
    status: TaskStatus = TaskStatus.QUEUED
    attempt: int = 0
    crashes: int = 0
    failures: int = 0
    progress: int = 0
    is_stopped: bool = False
    is_due: bool = True
    is_expired: bool = False
    lease_is_out: bool = False
    is_late: bool = False
    grace_is_over: bool = False
    error_code: str | None = None
    captured: int | None = None
    seeds: list[int] = field(default_factory=list)
    calls: dict[int, CallModel] = field(default_factory=dict)
    letter: LetterModel | None = None

    @property
    def price(self) -> int:
        """Tokens that are held for it."""
        return self.units * UNIT_PRICE

    @property
    def can_be_claimed(self) -> bool:
        """Whether a worker that asks now may get it."""
        in_time = self.attempt > 0 or not self.is_expired
        return self.status is TaskStatus.QUEUED and self.is_due and in_time and not self.is_late

    def is_owned_by(self, attempt: int) -> bool:
        """The fence."""
        return self.status is TaskStatus.RUNNING and self.attempt == attempt


@dataclass(slots=True)
class Model:
    """Everybody of one run, and their tasks."""

    people: list[PersonModel]
    messaged: Sequence[bool]
    """Whether a person is on Telegram."""
    tasks: dict[Name, TaskModel] = field(default_factory=dict)

    def open_tasks(self) -> list[Name]:
        """Those that have not ended."""
        return [name for name, task in self.tasks.items() if not task.status.is_final]

    def request(self, name: Name, units: int) -> str:
        """`taken`, or the error."""
        known = self.tasks.get(name)
        if known is not None:
            return "taken" if known.units == units else "KeyReused"
        person, price = self.people[name.person], units * UNIT_PRICE
        if person.left < price:
            return "NotEnoughTokens"
        if sum(task.person == name.person for task in self.open_tasks()) >= OPEN_TASKS:
            return "TooManyTasks"
        person.left -= price
        person.held += price
        self.tasks[name] = TaskModel(units)
        return "taken"

    def adjust(self, person: int, tokens: int) -> bool:
        """False where more would be taken than is left."""
        found = self.people[person]
        if found.left + tokens < 0:
            return False
        found.left += tokens
        found.given += tokens
        return True

    def claim(self, claimed: Sequence[Held]) -> None:
        """Somebody was given these."""
        for held in claimed:
            task = self.tasks.get(held.task)
            if task is None or not task.can_be_claimed or held.attempt != task.attempt + 1:
                raise Impossible(f"{held} was given to a worker, the task being {task}")
            task.status, task.attempt, task.lease_is_out = TaskStatus.RUNNING, held.attempt, False

    def renew(self, held: Held, progress: int) -> bool | None:
        """Whether its person asked to stop it; None where the attempt owns it no longer."""
        task = self.tasks[held.task]
        if not task.is_owned_by(held.attempt):
            return None
        task.lease_is_out = False
        task.progress = max(task.progress, progress)
        return task.is_stopped

    def end(self, held: Held, status: TaskStatus, pictures: int, error_code: str | None, call: int | None) -> bool:
        """False: the attempt owns it no longer."""
        task = self.tasks[held.task]
        if not task.is_owned_by(held.attempt):
            return False
        if call is not None and call in task.calls:
            reported = task.calls[call]
            reported.state, reported.attempt, reported.cost = CallState.DONE, held.attempt, 1300
        self._end(held.task, status, [seed_of(held.attempt, number) for number in range(pictures)], error_code)
        return True

    def hand_back(self, held: Held, *, is_due: bool, failed: bool) -> bool:
        """False: the attempt owns it no longer."""
        task = self.tasks[held.task]
        if not task.is_owned_by(held.attempt):
            return False
        task.status, task.is_due = TaskStatus.QUEUED, is_due
        task.failures += failed
        return True

    def prepare(self, held: Held, call: int) -> bool:
        """False: the attempt owns it no longer, nothing may be sent."""
        task = self.tasks[held.task]
        if not task.is_owned_by(held.attempt):
            return False
        task.calls.setdefault(call, CallModel(held.attempt))
        return True

    def note(self, held: Held, call: int, state: CallState, vendor_ref: str | None, cost: int | None) -> bool:
        """False: the attempt owns it no longer, or there is no such call."""
        task = self.tasks[held.task]
        found = task.calls.get(call)
        if found is None or not task.is_owned_by(held.attempt):
            return False
        found.state, found.attempt = state, held.attempt
        found.vendor_ref = vendor_ref if vendor_ref is not None else found.vendor_ref
        found.cost = cost if cost is not None else found.cost
        return True

    def cancel(self, name: Name) -> TaskStatus:
        """How the task stands after it was stopped."""
        task = self.tasks[name]
        if not task.status.is_final:
            task.is_stopped = True
        if task.status is TaskStatus.QUEUED:
            self._end(name, TaskStatus.CANCELLED, [], None)
        return task.status

    def take_back(self) -> None:
        """The sweep's first half: whoever let a lease run out has lost the task."""
        for task in self.tasks.values():
            lost = task.status is TaskStatus.RUNNING and task.lease_is_out
            if lost and task.crashes < MAX_CRASHES and not task.is_late:
                task.status, task.is_due, task.lease_is_out = TaskStatus.QUEUED, True, False
                task.crashes += 1

    def hopeless(self) -> list[Lost]:
        """What the sweep must end itself, as it stands now."""
        lost = []
        for name, task in self.tasks.items():
            given_up = task.lease_is_out and (task.crashes >= MAX_CRASHES or task.is_late)
            if (
                task.status is TaskStatus.QUEUED
                and ((task.attempt == 0 and task.is_expired) or task.is_late or task.is_stopped)
            ) or (task.status is TaskStatus.RUNNING and (given_up or task.grace_is_over)):
                lost.append(_as_lost(name, task))
        return lost

    def give_up(self, lost: Iterable[Lost]) -> None:
        """The sweep's second half; what has changed hands meanwhile is left alone."""
        for seen in lost:
            task = self.tasks[seen.task]
            waits = seen.status is task.status is TaskStatus.QUEUED
            if waits or (seen.status is TaskStatus.RUNNING and task.is_owned_by(seen.attempt)):
                self._end(seen.task, seen.ending, [], seen.error_code)

    def claim_letters(self, claimed: Sequence[Held]) -> None:
        """A bot was given the words about these; the attempt is the letter's."""
        for held in claimed:
            letter = self.tasks[held.task].letter
            if letter is None or letter.outcome is not None or letter.is_held or held.attempt != letter.attempt + 1:
                raise Impossible(f"the word about {held.task} was given to a bot, being {letter}")
            letter.attempt, letter.is_held = held.attempt, True

    def letters_due(self) -> int:
        """How many words nobody has in hand."""
        letters = [task.letter for task in self.tasks.values() if task.letter is not None]
        return sum(letter.outcome is None and not letter.is_held for letter in letters)

    def mark_album(self, held: Held, albums: int) -> bool:
        """False: another bot tells it now, or it is told."""
        letter = self.tasks[held.task].letter
        if letter is None or letter.outcome is not None or letter.attempt != held.attempt:
            return False
        letter.albums = albums
        return True

    def close_letter(self, held: Held, outcome: Outcome) -> bool:
        """False: another bot tells it now, or it is told."""
        letter = self.tasks[held.task].letter
        if letter is None or letter.outcome is not None or letter.attempt != held.attempt:
            return False
        letter.outcome, letter.is_held = outcome, False
        return True

    def _end(self, name: Name, status: TaskStatus, seeds: list[int], error_code: str | None) -> None:
        task, person = self.tasks[name], self.people[name.person]
        task.status, task.error_code, task.seeds = status, error_code, seeds
        if status is TaskStatus.COMPLETED:
            task.progress = 100
        task.captured = len(seeds) * UNIT_PRICE
        person.held -= task.price
        person.spent += task.captured
        person.left += task.price - task.captured
        for call in task.calls.values():
            if call.state in (CallState.PREPARED, CallState.SENT):
                call.state = CallState.UNKNOWN
        if self.messaged[name.person]:
            task.letter = LetterModel()


def seed_of(attempt: int, number: int) -> int:
    """A picture's seed tells which attempt made it."""
    return attempt * 10 + number


def _as_lost(name: Name, task: TaskModel) -> Lost:
    if task.is_stopped:
        return Lost(name, task.status, task.attempt, TaskStatus.CANCELLED, None)
    if task.attempt == 0:
        return Lost(name, task.status, task.attempt, TaskStatus.FAILED, "expired")
    code = "gave_up" if task.crashes >= MAX_CRASHES else "deadline"
    return Lost(name, task.status, task.attempt, TaskStatus.FAILED, code)
