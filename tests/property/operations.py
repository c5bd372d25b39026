"""Everything that may happen to a task, each as a plain value: done to the real house, and asked of the model.

`run` answers with what the house said; `fit` changes the model and raises Impossible where it would have said
something else. In a race some answers are looser: whoever claims passes over what another transaction has locked.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4, uuid5

import asyncpg

from config.failpoints import Write
from repository.files import NewFile
from repository.ledger import LedgerRepository
from repository.notifications import Outcome
from repository.queue import QueueRepository, RunningTask
from repository.tasks import Lane, TaskStatus
from repository.vendor_calls import CallState, NewCall, Prepared, VendorCallRepository
from services.errors import ProductError, TaskNotFound
from services.orders import TextToImageOrder
from services.task_endings import CallReport, Ending
from services.tasks import MAX_CRASHES
from tests.property.house import LONG, House
from tests.property.model import Held, Impossible, Model, Name, seed_of

OPEN = ("queued", "running")


class Operation(Protocol):
    """One thing that happens."""

    async def run(self, house: House) -> Any:
        """Do it; the answer is for `fit`."""

    def fit(self, model: Model, answer: Any, *, alone: bool) -> None:
        """Do it to the model. Raises Impossible where the house's answer cannot be."""


def expect(operation: Operation, answer: object, right: object) -> None:
    """Raises Impossible unless the house said what the model says."""
    if answer != right:
        raise Impossible(f"{operation} was answered {answer!r}, not {right!r}")


@dataclass(frozen=True)
class Request:
    """Somebody orders pictures, for the first time or once more under the same key."""

    task: Name
    pictures: int

    async def run(self, house: House) -> str:
        order = TextToImageOrder(prompt="a fox", num_images=self.pictures)
        person, key = house.people[self.task.person], str(self.task.key)
        correlation_id = f"{self.task.person}:{self.task.key}"
        try:
            task = await house.generations.request(person, order, key, correlation_id=correlation_id)
        except ProductError as error:
            return type(error).__name__
        return "taken" if task.correlation_id == correlation_id else "somebody else's"

    def fit(self, model: Model, answer: str, *, alone: bool) -> None:
        expect(self, answer, model.request(self.task, self.pictures))


@dataclass(frozen=True)
class Adjust:
    """Tokens come in, or are taken by hand."""

    person: int
    tokens: int

    async def run(self, house: House) -> bool:
        try:
            async with house.db.transaction(Write.TASK_REQUEST) as tx:
                await LedgerRepository(tx).adjust(house.people[self.person].user_id, self.tokens, str(uuid4()))
        except asyncpg.CheckViolationError:
            return False
        return True

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.adjust(self.person, self.tokens))


@dataclass(frozen=True)
class Claim:
    """A worker asks for work."""

    limit: int

    async def run(self, house: House) -> list[Held]:
        return house.remember(await house.tasks.claim(Lane.CPU, self.limit))

    def fit(self, model: Model, answer: list[Held], *, alone: bool) -> None:
        could = sum(task.can_be_claimed for task in model.tasks.values())
        if alone:
            expect(self, len(answer), min(could, self.limit))
        model.claim(answer)


@dataclass(frozen=True)
class Renew:
    """A heartbeat of a worker that holds this, or thinks so."""

    held: Held
    progress: int

    async def run(self, house: House) -> bool | None:
        record = house.records[self.held]
        answer = await house.tasks.renew([RunningTask(record.task_id, record.attempt, self.progress)])
        return answer.get(record.task_id)

    def fit(self, model: Model, answer: bool | None, *, alone: bool) -> None:
        expect(self, answer, model.renew(self.held, self.progress))


@dataclass(frozen=True)
class End:
    """A worker has come to an end, with pictures or without."""

    held: Held
    status: TaskStatus
    pictures: int
    call: int | None

    def _pictures(self, units: int) -> int:
        return max(1, min(self.pictures, units)) if self.status is TaskStatus.COMPLETED else min(self.pictures, units)

    @property
    def _code(self) -> str | None:
        return "deadline" if self.status is TaskStatus.FAILED else None

    async def run(self, house: House) -> bool:
        task = house.records[self.held]
        files = [_file(seed_of(task.attempt, number)) for number in range(self._pictures(task.units))]
        calls = []
        if self.call is not None:
            calls = [CallReport(_call_id(task.task_id, self.call), CallState.DONE, 1300)]
        return await house.tasks.end(task, Ending(self.status, files, self._code, calls))

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        pictures = self._pictures(model.tasks[self.held.task].units)
        expect(self, answer, model.end(self.held, self.status, pictures, self._code, self.call))


@dataclass(frozen=True)
class HandBack:
    """A worker gives its task away: it stops, or the vendor has a passing fault."""

    held: Held
    failed: bool
    delayed: bool

    async def run(self, house: House) -> bool:
        delay = LONG if self.delayed else timedelta(0)
        return await house.tasks.hand_back(house.records[self.held], delay, failed=self.failed)

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.hand_back(self.held, is_due=not self.delayed, failed=self.failed))


@dataclass(frozen=True)
class Prepare:
    """A worker is about to call a vendor."""

    held: Held
    call: int

    async def run(self, house: House) -> bool:
        task = house.records[self.held]
        calls = VendorCallRepository(house.db.writing(Write.CALL_PREPARE))
        call_id = _call_id(task.task_id, self.call)
        prepared = await calls.prepare([NewCall(call_id, task.task_id, task.attempt, self.call, "preview")])
        return prepared == [Prepared.READY]

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.prepare(self.held, self.call))


@dataclass(frozen=True)
class Note:
    """A worker writes down what became of a call."""

    held: Held
    call: int
    state: CallState
    vendor_ref: str | None
    cost: int | None

    async def run(self, house: House) -> bool:
        task = house.records[self.held]
        calls = VendorCallRepository(house.db.writing(Write.CALL_SENT))
        return await calls.update(
            _call_id(task.task_id, self.call),
            task.attempt,
            self.state,
            vendor_ref=self.vendor_ref,
            cost_microusd=self.cost,
        )

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.note(self.held, self.call, self.state, self.vendor_ref, self.cost))


@dataclass(frozen=True)
class Cancel:
    """Somebody stops a task: its person, or another who has no right to."""

    task: Name
    by: int

    async def run(self, house: House) -> str:
        task_id = await house.db.reading.fetchval(
            """SELECT task_id FROM "Task" WHERE user_id = $1 AND idempotency_key = $2""",
            house.people[self.task.person].user_id,
            str(self.task.key),
        )
        try:
            return (await house.tasks.cancel(house.people[self.by].user_id, task_id)).status.value
        except TaskNotFound:
            return "not found"

    def fit(self, model: Model, answer: str, *, alone: bool) -> None:
        status = model.cancel(self.task).value if self.by == self.task.person else "not found"
        if alone or "not found" in (answer, status):  # in a race the answer may tell of what came after
            expect(self, answer, status)


@dataclass(frozen=True)
class TakeBack:
    """The first thing that a sweep does."""

    async def run(self, house: House) -> None:
        await QueueRepository(house.db.writing(Write.TASK_TAKE_BACK)).take_back_lost(MAX_CRASHES)

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        model.take_back()


@dataclass(frozen=True)
class Sweep:
    """The sweep comes by."""

    async def run(self, house: House) -> None:
        await house.tasks.sweep()

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        model.take_back()
        model.give_up(model.hopeless())


@dataclass(frozen=True)
class LeaseRunsOut:
    """Nothing was heard of a worker for too long."""

    task: Name

    async def run(self, house: House) -> None:
        await house.set_clock(self.task, "lease_until", "now() - interval '1 second'", ["running"])

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        task = model.tasks[self.task]
        task.lease_is_out = task.lease_is_out or task.status is TaskStatus.RUNNING


@dataclass(frozen=True)
class DelayPasses:
    """A task may be tried again."""

    task: Name

    async def run(self, house: House) -> None:
        await house.set_clock(self.task, "due_at", "now()", OPEN)

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        model.tasks[self.task].is_due = True


@dataclass(frozen=True)
class Expires:
    """A task has waited too long for its first claim."""

    task: Name

    async def run(self, house: House) -> None:
        await house.set_clock(self.task, "expires_at", "now()", OPEN)

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        model.tasks[self.task].is_expired = True


@dataclass(frozen=True)
class DeadlinePasses:
    """A task that was begun has run for too long, and perhaps its worker's grace is over too."""

    task: Name
    grace_too: bool

    async def run(self, house: House) -> None:
        past = "now() - interval '1 hour'" if self.grace_too else "least(deadline_at, now())"
        await house.set_clock(self.task, "deadline_at", past, OPEN)

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        task = model.tasks[self.task]
        if task.attempt > 0 and not task.status.is_final:
            task.is_late = True
            task.grace_is_over = task.grace_is_over or self.grace_too


@dataclass(frozen=True)
class ClaimLetters:
    """A bot asks what there is to tell."""

    limit: int

    async def run(self, house: House) -> list[Held]:
        claimed = await house.notifications.claim(self.limit)
        given = {}
        for letter in claimed:
            delivery = await house.notifications.open(letter)
            assert delivery is not None  # nobody is erased here
            given[Held(house.name_of(delivery.task), letter.attempt)] = letter
        house.letters |= given
        return list(given)

    def fit(self, model: Model, answer: list[Held], *, alone: bool) -> None:
        if alone:
            expect(self, len(answer), min(model.letters_due(), self.limit))
        model.claim_letters(answer)


@dataclass(frozen=True)
class MarkAlbum:
    """A bot has sent an album."""

    held: Held
    albums: int

    async def run(self, house: House) -> bool:
        return await house.notifications.mark_album_sent(house.letters[self.held], self.albums)

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.mark_album(self.held, self.albums))


@dataclass(frozen=True)
class CloseLetter:
    """A bot has told a person, or cannot."""

    held: Held
    outcome: Outcome

    async def run(self, house: House) -> bool:
        letter = house.letters[self.held]
        delivery = await house.notifications.open(letter)
        assert delivery is not None
        if self.outcome is Outcome.DELIVERED:
            return await house.notifications.delivered(delivery)
        return await house.notifications.undeliverable(letter, delivery, blocked=False)

    def fit(self, model: Model, answer: bool, *, alone: bool) -> None:
        expect(self, answer, model.close_letter(self.held, self.outcome))


@dataclass(frozen=True)
class BotsFallSilent:
    """The leases of all words in hand run out."""

    async def run(self, house: House) -> None:
        await house.db.reading.execute(
            """
            UPDATE "Notification" SET lease_until = now() - interval '1 second'
            WHERE closed_at IS NULL AND lease_until IS NOT NULL
            """
        )

    def fit(self, model: Model, answer: None, *, alone: bool) -> None:
        for task in model.tasks.values():
            if task.letter is not None:
                task.letter.is_held = False


def _call_id(task_id: UUID, call: int) -> UUID:
    return uuid5(task_id, str(call))


def _file(seed: int) -> NewFile:
    file_id = uuid4()
    return NewFile(file_id, f"outputs/{file_id}.jpg", None, "image/jpeg", 64, 64, 1, bytes(32), seed)
