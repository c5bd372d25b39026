"""Whatever happens to tasks, in whatever order and two things at once: the books are right and every task ends once.

Each run is a sequence of operations that Hypothesis makes up, over the real database, with people of its own; a model
in plain Python says after each what must stand in the rows. In a race the first operation is held right before its
commit while the second runs: what comes out must be what one of the two orders would have brought.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
import uvloop
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from repository.ledger import LedgerRepository
from repository.notifications import Outcome
from repository.tasks import TaskStatus
from repository.vendor_calls import CallState
from services.doorbell import open_arq
from tests.property.house import PEOPLE, House, Pause, open_house, pause_of_operation
from tests.property.model import UNIT_PRICE, Held, Impossible, Model, Name, PersonModel
from tests.property.operations import (
    Adjust,
    BotsFallSilent,
    Cancel,
    Claim,
    ClaimLetters,
    CloseLetter,
    DeadlinePasses,
    DelayPasses,
    End,
    Expires,
    HandBack,
    LeaseRunsOut,
    MarkAlbum,
    Note,
    Operation,
    Prepare,
    Renew,
    Request,
    Sweep,
    TakeBack,
)
from tests.property.rows import assert_rows_are_sound, read_rows, story_of, story_of_model

RUNS = 20
LONG_RUNS = 2000
SHARDS = 4
"""The long runs are shared among processes."""
STEPS = 30
ROUNDS_TO_DRAIN = 2
"""Sweeps after which nothing is left open: one takes back, one ends."""

Answer = TypeVar("Answer")
Step = Callable[[Model], None]

people = st.integers(0, PEOPLE - 1)
calls = st.integers(0, 2)
names = st.builds(Name, people, st.integers(0, 3))
pictures = st.integers(1, 4)
picks = st.integers(0, 99)
"""Which of those that there are; what is drawn never depends on what happened, so that a run can be done again."""
SOMEBODY = Held(Name(0, 0), 0)
somebody = st.just(SOMEBODY)
"""Stands for the attempt that is picked when the time has come."""
something = st.just(SOMEBODY.task)

ends = st.builds(
    End,
    somebody,
    st.sampled_from([TaskStatus.COMPLETED, TaskStatus.CANCELLED, TaskStatus.FAILED]),
    st.integers(0, 4),
    st.none() | calls,
)
hand_backs = st.builds(HandBack, somebody, failed=st.booleans(), delayed=st.booleans())
prepares = st.builds(Prepare, somebody, calls)
notes = st.builds(
    Note,
    somebody,
    calls,
    st.sampled_from(CallState),
    st.none() | st.sampled_from(["vendor-1", "vendor-2"]),
    st.none() | st.integers(0, 3000),
)
renewals = st.builds(Renew, somebody, st.integers(0, 99))
workers_words = st.one_of(ends, hand_backs, prepares, notes, renewals)
"""What a worker may write about an attempt that it was given, whether it still owns the task or not."""
bots_words = st.one_of(
    st.builds(CloseLetter, somebody, st.sampled_from(Outcome)), st.builds(MarkAlbum, somebody, st.integers(1, 3))
)
cancels = st.builds(Cancel, something, people)
claims = st.builds(Claim, st.integers(1, 4))
letter_claims = st.builds(ClaimLetters, st.integers(1, 3))
requests = st.builds(Request, names, pictures)
adjustments = st.builds(Adjust, people, st.integers(-20, 40).filter(bool))
single_writes = st.one_of(
    workers_words, bots_words, cancels, claims, letter_claims, requests, adjustments, st.just(TakeBack())
)


class TaskLifecycle(RuleBasedStateMachine):
    """The rules; each test gives it a house and an event loop."""

    def __init__(self, house: House, runner: asyncio.Runner) -> None:
        super().__init__()
        self.house = house
        self._runner = runner
        self._is_sound = True
        self._wait_for(house.begin())
        self.model = Model(
            [PersonModel(given=person.tokens_left, left=person.tokens_left) for person in house.people],
            messaged=[person.user_id > 0 for person in house.people],
        )

    @initialize(first=requests, more=st.lists(requests, max_size=3), claims=st.integers(0, 4))
    def begin(self, first: Request, more: list[Request], claims: int) -> None:
        for request in (first, *more):
            self._do(request)
        if claims:
            self._do(Claim(claims))

    @rule(request=requests)
    def request(self, request: Request) -> None:
        self._do(request)

    @rule(pick=picks, same=st.booleans())
    def repeat_a_request(self, pick: int, same: bool) -> None:
        name = self._task(pick)
        units = self.model.tasks[name].units
        self._do(Request(name, units if same else units % 4 + 1))

    @rule(adjustment=adjustments)
    def adjust(self, adjustment: Adjust) -> None:
        self._do(adjustment)

    @rule(claim=claims)
    def claim(self, claim: Claim) -> None:
        self._do(claim)

    @rule(pick=picks, call=calls)
    def call_a_vendor(self, pick: int, call: int) -> None:
        held = self._owner(pick)
        self._do(Prepare(held, call))
        self._do(Note(held, call, CallState.SENT, "vendor-1", None))

    @rule(pick=picks, end=ends)
    def end(self, pick: int, end: End) -> None:
        self._do(replace(end, held=self._owner(pick)))

    @rule(pick=picks, hand_back=hand_backs)
    def hand_back(self, pick: int, hand_back: HandBack) -> None:
        self._do(replace(hand_back, held=self._owner(pick)))

    @rule(pick=picks, words=workers_words)
    def write_as_the_owner(self, pick: int, words: Any) -> None:
        self._do(replace(words, held=self._owner(pick)))

    @rule(pick=picks, words=workers_words)
    def write_too_late(self, pick: int, words: Any) -> None:
        """A worker whose task somebody else works on by now, or will, or that has ended."""
        owned = set(self._owned())
        lost = [held for held in sorted(self.house.records) if held not in owned]
        running = [held for held in lost if self.model.tasks[held.task].status is TaskStatus.RUNNING]
        if lost:
            self._do(replace(words, held=_picked(running or lost, pick)))
        else:
            self._lose(self._owner(pick))

    @rule(pick=picks, again=st.integers(0, 4))
    def crash(self, pick: int, again: int) -> None:
        self._lose(self._owner(pick))
        if again:
            self._do(Claim(again))

    @rule(
        pick=picks,
        what=st.one_of(
            st.builds(LeaseRunsOut, something),
            st.builds(DelayPasses, something),
            st.builds(Expires, something),
            st.builds(DeadlinePasses, something, grace_too=st.booleans()),
        ),
    )
    def let_time_pass(self, pick: int, what: Any) -> None:
        self._do(replace(what, task=self._task(pick)))

    @rule()
    def sweep(self) -> None:
        self._do(Sweep())

    @rule(pick=picks, by=st.none() | people)
    def cancel(self, pick: int, by: int | None) -> None:
        name = self._task(pick)
        self._do(Cancel(name, name.person if by is None else by))

    @rule(what=letter_claims | st.just(BotsFallSilent()))
    def look_after_letters(self, what: Operation) -> None:
        self._do(what)

    @rule(pick=picks, words=bots_words)
    def write_as_a_bot(self, pick: int, words: Any) -> None:
        letters = sorted(self.house.letters)
        self._do(replace(words, held=_picked(letters, pick)) if letters else ClaimLetters(3))

    @rule(pick=picks, first=single_writes, second=single_writes | st.just(Sweep()))
    def do_one_while_another_is_being_committed(self, pick: int, first: Operation, second: Operation) -> None:
        """Both about one task, as far as they are about one."""
        name = self._task(pick)
        self._do_two(self._about(name, first, pick), self._about(name, second, pick))

    @rule(
        pick=picks,
        call=calls,
        lease_is_out=st.booleans(),
        first=st.one_of(ends, hand_backs, cancels, notes, st.just(TakeBack())),
        second=st.one_of(workers_words, cancels, st.just(Sweep())),
    )
    def get_into_the_way_of_an_owner(
        self, pick: int, call: int, lease_is_out: bool, first: Operation, second: Operation
    ) -> None:
        """Its call is on its way, and perhaps nothing was heard of it for too long."""
        held = self._owner(pick)
        self._do(Prepare(held, call))
        if lease_is_out:
            self._do(LeaseRunsOut(held.task))
        self._do_two(self._about(held.task, first, 0), self._about(held.task, second, 0))

    @rule(first=requests, key=st.integers(0, 3), pictures=pictures)
    def order_twice_at_once(self, first: Request, key: int, pictures: int) -> None:
        """Under one key or two, with tokens for both or for one."""
        self._do_two(first, Request(Name(first.task.person, key), pictures))

    @rule(pick=picks, is_stopped=st.booleans(), first=claims | cancels, second=claims | cancels | st.just(Sweep()))
    def get_into_the_way_of_a_claim(self, pick: int, is_stopped: bool, first: Operation, second: Operation) -> None:
        """A task waits for another attempt, and perhaps its person stopped it."""
        held = self._owner(pick)
        if is_stopped:
            self._do(Cancel(held.task, held.task.person))
        self._do(HandBack(held, failed=False, delayed=False))
        self._do_two(self._about(held.task, first, 0), self._about(held.task, second, 0))

    def _task(self, pick: int) -> Name:
        """One of the tasks, with what it takes for there to be one."""
        if not self.model.tasks:
            self._owner(pick)
        return _picked(sorted(self.model.tasks), pick)

    def _owned(self) -> list[Held]:
        """The attempts that own their tasks now."""
        owned = [Held(name, task.attempt) for name, task in self.model.tasks.items() if task.is_owned_by(task.attempt)]
        return sorted(owned)

    def _owner(self, pick: int) -> Held:
        """An attempt that owns its task, with what it takes for there to be one."""
        if not self._owned():
            self._do(Claim(4))
        if not self._owned():
            person = pick % PEOPLE
            for name in self.model.open_tasks():  # they wait for their time, and nobody may have too many
                self._do(Cancel(name, name.person))
            free = next(name for key in range(99) if (name := Name(person, key)) not in self.model.tasks)
            self._do(Adjust(person, UNIT_PRICE * 4))
            self._do(Request(free, pick % 4 + 1))
            self._do(Claim(4))
        return _picked(self._owned(), pick)

    def _lose(self, held: Held) -> None:
        self._do(LeaseRunsOut(held.task))
        self._do(Sweep())

    def _about(self, name: Name, operation: Any, pick: int) -> Operation:
        """The same operation with this task, where it is about a task, an attempt or a letter."""
        match operation:
            case Cancel():
                return Cancel(name, name.person)
            case CloseLetter() | MarkAlbum():
                letters = [held for held in sorted(self.house.letters) if held.task == name]
                return replace(operation, held=_picked(letters, pick)) if letters else ClaimLetters(3)
            case End() | HandBack() | Prepare() | Note() | Renew():
                attempts = [held for held in sorted(self.house.records, reverse=True) if held.task == name]
                return replace(operation, held=_picked(attempts[:2], pick)) if attempts else Cancel(name, name.person)
            case _:
                return cast("Operation", operation)

    def teardown(self) -> None:
        """End whatever is open the way the house would, and look at the books for the last time."""
        try:
            if self._is_sound:
                self._drain()
        finally:
            self._wait_for(self.house.clear())

    def _drain(self) -> None:
        for name in self.model.open_tasks():
            self._do(Cancel(name, name.person))
            self._do(LeaseRunsOut(name))
        for _ in range(ROUNDS_TO_DRAIN):
            self._do(Sweep())
        assert self.model.open_tasks() == []
        self._do(BotsFallSilent())
        self._do(ClaimLetters(len(self.model.tasks) + 1))
        for held in sorted(self.house.letters):
            self._do(CloseLetter(held, Outcome.DELIVERED))
        assert self.model.letters_due() == 0
        assert [person.held for person in self.model.people] == [0] * PEOPLE
        assert self._wait_for(_count_open(self.house)) == 0

    def _do(self, operation: Operation) -> None:
        self._is_sound = False
        answer = self._wait_for(operation.run(self.house))
        note(f"{operation} → {answer}")
        operation.fit(self.model, answer, alone=True)
        rows = self._wait_for(read_rows(self.house))
        assert story_of(rows, self.house) == story_of_model(self.model)
        assert_rows_are_sound(rows, self.model, self.house)
        self._is_sound = True

    def _do_two(self, first: Operation, second: Operation) -> None:
        if isinstance(first, Prepare) and getattr(second, "held", None) == first.held:
            self._do(first)  # a worker says nothing of a call before it knows that the call is noted
            self._do(second)
            return
        self._is_sound = False
        answers = self._wait_for(_at_once(self.house, first, second))
        note(f"{first} → {answers[0]} while {second} → {answers[1]}")
        sweeps = (TakeBack(), Sweep())
        afterwards: list[Operation] = [Sweep()] if first in sweeps or second in sweeps else []
        for operation in afterwards:  # a sweep passes over what is locked; the next one has it
            self._wait_for(operation.run(self.house))
        rows = self._wait_for(read_rows(self.house))
        seen, told = story_of(rows, self.house), []
        for order in _orders((first, answers[0]), (second, answers[1])):
            model = copy.deepcopy(self.model)
            try:
                for step in order:
                    step(model)
                for operation in afterwards:
                    operation.fit(model, None, alone=False)
            except Impossible as error:
                told.append(str(error))
                continue
            right = story_of_model(model)
            if right == seen:
                self.model = model
                break
            told.append(f"rows should be {right}")
        else:
            raise AssertionError(f"no order explains {answers} and {seen}:\n" + "\n".join(told))
        assert_rows_are_sound(rows, self.model, self.house)
        self._is_sound = True

    def _wait_for(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(coroutine)


def _orders(*done: tuple[Operation, Any]) -> Iterator[Sequence[Step]]:
    """The ways in which two operations may have come one after another. A sweep is several writes and one reading."""
    for (first, answer), (second, other_answer) in (done, done[::-1]):
        yield [_step(first, answer), _step(second, other_answer)]
        if isinstance(first, Sweep):
            lost: list[Any] = []
            yield [Model.take_back, _step(second, other_answer), lambda model: model.give_up(model.hopeless())]
            yield [
                Model.take_back,
                lambda model, lost=lost: lost.extend(model.hopeless()),  # type: ignore[misc]
                _step(second, other_answer),
                lambda model, lost=lost: model.give_up(lost),  # type: ignore[misc]
            ]


def _step(operation: Operation, answer: Any) -> Step:
    return lambda model: operation.fit(model, answer, alone=False)


async def _at_once(house: House, first: Operation, second: Operation) -> list[Any]:
    """Both answers, the second operation running while the first is right before its commit, as far as it is let.

    What happens is decided by the two, not by chance: Hypothesis must be able to do it again.
    """
    pause, context = Pause(), copy_context()
    context.run(pause_of_operation.set, pause)
    one = asyncio.get_running_loop().create_task(first.run(house), context=context)
    reached = asyncio.create_task(pause.reached.wait())
    await asyncio.wait({one, reached}, return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
    two = asyncio.create_task(second.run(house))
    while not two.done() and not await house.somebody_waits_for_a_row():
        await asyncio.wait({two}, timeout=0.001)
    pause.released.set()
    await asyncio.wait({one, two})
    return [one.result(), two.result()]


def _picked(candidates: Sequence[Answer], pick: int) -> Answer:
    return candidates[pick % len(candidates)]


async def _count_open(house: House) -> int:
    return int(
        await house.db.reading.fetchval(
            """SELECT count(*) FROM "Task" WHERE status IN ('queued', 'running') AND user_id = ANY($1)""",
            house.user_ids(),
        )
    )


@asynccontextmanager
async def _house_over(database_dsn: str, redis_dsn: str) -> AsyncIterator[House]:
    """The services over a database that only this test sees."""
    arq = await open_arq(redis_dsn)
    async with open_house(database_dsn, arq) as house:
        yield house
    await arq.aclose()


def _run_many(database_dsn: str, redis_dsn: str, runs: int) -> None:
    wanted = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        opened = _house_over(database_dsn, redis_dsn)
        house = runner.run(opened.__aenter__())
        try:

            def begin_run() -> TaskLifecycle:
                return TaskLifecycle(house, runner)

            run_state_machine_as_test(begin_run, settings=wanted)  # type: ignore[arg-type]
            assert runner.run(LedgerRepository(house.db.reading).find_gaps()) == []
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_whatever_happens_every_task_ends_once_and_the_books_are_right(database_dsn: str, redis_dsn: str) -> None:
    _run_many(database_dsn, redis_dsn, RUNS)


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_happens_thousands_of_times_every_task_ends_once_and_the_books_are_right(
    database_dsn: str, redis_dsn: str, shard: int
) -> None:
    _run_many(database_dsn, redis_dsn, LONG_RUNS // SHARDS)
