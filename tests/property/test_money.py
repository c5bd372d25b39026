"""Whatever people, Telegram, admins and crashes do with money, the books add up after every step.

Each run is a sequence of operations that Hypothesis makes up, over the real services and the real database. Every
operation may be done by several workers at once and may die before or after any of its writes; what Telegram told is
then told again. After each step everything in `money_books` must hold, and nobody living may be richer or poorer than
what they were given, paid and got back says.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import uvloop
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from db.pool import UNAVAILABLE
from repository.files import NewFile
from repository.tasks import Lane, Task, TaskStatus
from repository.users import User
from services.accounts import Profile
from services.doorbell import open_arq
from services.errors import ProductError
from services.money.payments import Receipt
from services.orders import TextToImageOrder
from services.task_endings import Ending
from tests.property.money_books import what_is_wrong, who_is_named
from tests.property.money_house import Death, Died, MoneyHouse, death_of_operation, open_money_house

RUNS = 12
LONG_RUNS = 2000
SHARDS = 40
"""Each has a database of its own: every look at the books reads all that the runs before have left there."""
STEPS = 30
PEOPLE = 3
PROMO_TOKENS, PROMO_USES = 7, 2
SOME_HUNDRED_MILLIONS = 500_000_000
"""Ids begin here: long enough not to be found in other numbers."""

Answer = TypeVar("Answer")
Doing = Callable[[], Awaitable[Any]]

people = st.integers(0, PEOPLE - 1)
picks = st.integers(0, 99)
at_once = st.sampled_from([1, 1, 1, 2, 3])
products = st.sampled_from(["tokens_50", "tokens_150"])
deaths = st.none() | st.builds(Death, st.integers(0, 1), st.booleans())


@dataclass
class Somebody:
    """A person as the run knows them."""

    user_id: int
    is_here: bool = False
    given: int = 0
    """Gifts: the welcome, and promo codes."""


@dataclass
class Charge:
    """Stars that somebody paid."""

    payer: int
    receipt: Receipt
    tokens: int


@dataclass
class Facts:
    """What happened so far, seen from outside."""

    people: list[Somebody] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    of_nobody: list[Charge] = field(default_factory=list)
    """Charges of people who were erased since."""
    running: list[Task] = field(default_factory=list)


class Money(RuleBasedStateMachine):
    """The rules; each test gives it a house and an event loop."""

    def __init__(self, house: MoneyHouse, runner: asyncio.Runner) -> None:
        super().__init__()
        self.house = house
        self._runner = runner
        self.facts = Facts([Somebody(SOME_HUNDRED_MILLIONS + house.number()) for _ in range(PEOPLE)])
        self.promo = f"PROMO-{house.number()}"
        self._wait_for(house.promo_codes.create(self.promo, PROMO_TOKENS, PROMO_USES))

    @initialize()
    def begin(self) -> None:
        """The second is invited by the first, the third by the second."""
        for number in range(PEOPLE):
            self._arrive(number)
        self._look()

    @rule(who=people, times=at_once, death=deaths)
    def come_back(self, who: int, times: int, death: Death | None) -> None:
        """Somebody who was erased, or a first word that comes twice."""
        self._arrive(who, times, death)
        self._look()

    @rule(who=people, product=products, times=at_once, death=deaths)
    def buy(self, who: int, product: str, times: int, death: Death | None) -> None:
        person = self._person(who)
        if person is None:
            return
        to_send = self._wait_for(self.house.payments.invoice(person, product))
        invoice = self._wait_for(
            self.house.payments.check(person.user_id, to_send.payload, "XTR", to_send.invoice.amount)
        )
        charge_id = f"charge{SOME_HUNDRED_MILLIONS + self.house.number()}"
        self.house.telegram.paid[charge_id] = invoice.amount
        receipt = Receipt(to_send.payload, "XTR", invoice.amount, charge_id)
        self.facts.charges.append(Charge(who, receipt, invoice.tokens))
        self._tell_payment(len(self.facts.charges) - 1, times, death)
        self._look()

    @rule(pick=picks, times=at_once, death=deaths)
    def tell_a_payment_again(self, pick: int, times: int, death: Death | None) -> None:
        if self.facts.charges:
            self._tell_payment(pick % len(self.facts.charges), times, death)
            self._look()

    @rule(pick=picks, times=at_once, death=deaths)
    def tell_a_payment_of_before_an_erasure(self, pick: int, times: int, death: Death | None) -> None:
        """Whoever came back under the same id does not get it once more."""
        if not self.facts.of_nobody:
            return
        charge = self.facts.of_nobody[pick % len(self.facts.of_nobody)]
        user_id = self.facts.people[charge.payer].user_id
        self._do(lambda: self.house.payments.receive(user_id, charge.receipt), times, death)
        self._look()

    @rule(pick=picks, times=at_once, death=deaths)
    def ask_for_a_refund(self, pick: int, times: int, death: Death | None) -> None:
        charge, person = self._charge_and_payer(pick)
        if charge is None or person is None:
            return
        payment_id = self._payment_of(charge)
        if payment_id is not None:
            self._do(lambda: self.house.refunds.request(person, payment_id), times, death)
            self._look()

    @rule(approve=st.booleans(), times=at_once, death=deaths)
    def decide_a_case(self, approve: bool, times: int, death: Death | None) -> None:
        cases = self._wait_for(self.house.refunds.cases(1))
        if cases and cases[0].refund_id is not None:
            refund_id = cases[0].refund_id
            self._do(lambda: self.house.refunds.decide(refund_id, approve), times, death)
            self._look()

    @rule(times=at_once, is_refused=st.booleans(), death=deaths)
    def send_refunds(self, times: int, is_refused: bool, death: Death | None) -> None:
        """The bot tells Telegram; its answer may be lost by a death, and what it held is taken again."""

        async def send() -> None:
            for refund in await self.house.refunds.claim(5):
                error = self.house.telegram.give_back(refund.charge_id) if not is_refused else "USER_BOT_REQUIRED"
                if error in (None, "CHARGE_ALREADY_REFUNDED"):
                    await self.house.refunds.sent(refund)
                elif refund.charge_id not in self.house.telegram.given_back:
                    await self.house.refunds.refused(refund, error)

        self._do(send, times, death)
        self._wait_for(self.house.db.reading.execute("""UPDATE "Refund" SET lease_until = NULL, due_at = now()"""))
        self._look()

    @rule(pick=picks, times=at_once, death=deaths)
    def refund_on_telegrams_side(self, pick: int, times: int, death: Death | None) -> None:
        """What Telegram tells is told until it is heard."""
        if not self.facts.charges:
            return
        charge_id = self.facts.charges[pick % len(self.facts.charges)].receipt.charge_id
        self.house.telegram.given_back.add(charge_id)
        if not self._do(lambda: self.house.refunds.honour(charge_id), times, death):
            self._do(lambda: self.house.refunds.honour(charge_id), 1, None)
        self._look()

    @rule(who=people, pictures=st.integers(1, 4), times=at_once, death=deaths)
    def order(self, who: int, pictures: int, times: int, death: Death | None) -> None:
        person = self._person(who)
        if person is not None:
            order, key = TextToImageOrder(prompt="a fox", num_images=pictures), f"order:{self.house.number()}"
            self._do(lambda: self.house.generations.request(person, order, key), times, death)
            self._look()

    @rule()
    def claim(self) -> None:
        self.facts.running += self._wait_for(self.house.tasks.claim(Lane.CPU, 4))

    @rule(pick=picks, made=st.integers(0, 4), times=at_once, death=deaths)
    def end(self, pick: int, made: int, times: int, death: Death | None) -> None:
        """Capture, partial capture or release."""
        if not self.facts.running:
            return
        task = self.facts.running[pick % len(self.facts.running)]
        files = [_file() for _ in range(min(made, task.units))]
        status = TaskStatus.COMPLETED if files else TaskStatus.FAILED
        self._do(lambda: self.house.tasks.end(task, Ending(status, files, None if files else "gave_up")), times, death)
        self._look()

    @rule(who=people, times=at_once, death=deaths)
    def redeem_a_promo_code(self, who: int, times: int, death: Death | None) -> None:
        person = self._person(who)
        if person is None:
            return
        before = self._promo_tokens(who)
        key = f"message:{self.house.number()}"
        self._do(lambda: self.house.promo_codes.redeem(person, self.promo, key), times, death)
        self.facts.people[who].given += self._promo_tokens(who) - before
        self._look()

    @rule(times=at_once, death=deaths)
    def let_rewards_vest(self, times: int, death: Death | None) -> None:
        self._wait_for(self.house.db.reading.execute("""UPDATE "ReferralReward" SET vests_at = now()"""))
        self._do(lambda: self.house.referrals.vest_due(), times, death)
        self._look()

    @rule(who=people, times=at_once, death=deaths)
    def erase(self, who: int, times: int, death: Death | None) -> None:
        person = self._person(who)
        if person is None:
            return
        reference = f"DP-{self.house.number():05}-AAAAA"
        if not self._do(lambda: self.house.erasures.erase(person, reference), times, death):
            self._wait_for(self.house.erasures.go_on())
        if self._person(who) is None:
            self._forget(who)
        self._look()

    def teardown(self) -> None:
        """Nothing of this run meets the next."""
        self._wait_for(self.house.clear())

    def _arrive(self, who: int, times: int = 1, death: Death | None = None) -> None:
        somebody = self.facts.people[who]
        if self._person(who) is not None:
            return
        inviter = self._person(who - 1) if who else None
        code = self._wait_for(self.house.referrals.of_person(inviter)).code if inviter is not None else None
        profile = Profile(somebody.user_id, None, "Ann", None, "en")
        if not self._do(lambda: self.house.accounts.register(profile, code), times, death):
            self._do(lambda: self.house.accounts.register(profile, code), 1, None)
        person = self._person(who)
        assert person is not None
        somebody.is_here, somebody.given = True, person.tokens_left

    def _forget(self, who: int) -> None:
        """They are gone: nothing in the database leads to them, and their charges are of nobody."""
        somebody = self.facts.people[who]
        somebody.is_here, somebody.given = False, 0
        words = [str(somebody.user_id)]
        words += [charge.receipt.charge_id for charge in self.facts.charges if charge.payer == who]
        sending = self._wait_for(
            self.house.db.reading.fetch("""SELECT user_id, charge_id FROM "Refund" WHERE state = 'sending'""")
        )
        still_needed = {str(value) for row in sending for value in row.values()}
        named = self._wait_for(who_is_named(self.house.db.reading, [w for w in words if w not in still_needed]))
        assert named == [], f"{named} lead back to an erased person"
        self.facts.of_nobody += [charge for charge in self.facts.charges if charge.payer == who]
        self.facts.charges = [charge for charge in self.facts.charges if charge.payer != who]

    def _tell_payment(self, number: int, times: int, death: Death | None) -> None:
        """Telegram tells it until it is heard."""
        charge = self.facts.charges[number]
        user_id = self.facts.people[charge.payer].user_id
        if not self._do(lambda: self.house.payments.receive(user_id, charge.receipt), times, death):
            self._do(lambda: self.house.payments.receive(user_id, charge.receipt), 1, None)

    def _do(self, doing: Doing, times: int, death: Death | None) -> bool:
        """Do it by so many workers at once, of which the first may die; False where nobody came to its end."""

        async def by(worker: int) -> Any:
            for _ in range(20):
                try:
                    return await doing()
                except UNAVAILABLE:  # a deadlock that the database has cut: done again, as everywhere in the house
                    continue
            raise AssertionError("deadlocks without end")

        async def all_of_them() -> list[Any]:
            tasks = []
            for worker in range(times):
                context = copy_context()
                if worker == 0 and death is not None:
                    context.run(death_of_operation.set, Death(death.at_write, death.is_after))
                tasks.append(asyncio.get_running_loop().create_task(by(worker), context=context))
            return await asyncio.gather(*tasks, return_exceptions=True)

        answers = self._wait_for(all_of_them())
        note(f"→ {answers}")
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, Died | ProductError | LookupError):
                raise AssertionError(f"{doing} came to {answer!r}") from answer
        return any(not isinstance(answer, Died) for answer in answers)

    def _look(self) -> None:
        """After every step: the books add up, every charge counts once, and nobody gained or lost anything."""
        sql = self.house.db.reading
        assert self._wait_for(what_is_wrong(sql)) == []
        for who, somebody in enumerate(self.facts.people):
            person = self._person(who)
            if person is None:
                continue
            row = self._wait_for(
                sql.fetchrow(
                    """
                    SELECT coalesce((SELECT sum(tokens) FROM "Payment"
                                     WHERE user_id = $1 AND refunded_at IS NULL), 0)::bigint AS paid,
                           coalesce((SELECT sum(tokens) FROM "ReferralReward" JOIN "Account" USING (account_id)
                                     WHERE user_id = $1 AND state = 'vested' AND kind <> 'invited'), 0)::bigint
                               AS rewards,
                           (SELECT count(*) FROM "Payment" WHERE user_id = $1) AS payments
                    """,
                    somebody.user_id,
                )
            )
            assert row is not None
            own = [charge for charge in self.facts.charges if charge.payer == who]
            assert row["payments"] == len(own), "a charge is not booked exactly once"
            has = person.tokens_left + person.tokens_held + person.tokens_spent - person.tokens_owed
            assert has == somebody.given + row["paid"] + row["rewards"], f"{somebody} has {person} of {dict(row)}"
            for charge in own:
                assert self._tokens_of(charge) == charge.tokens

    def _person(self, who: int) -> User | None:
        return self._wait_for(self.house.accounts.get(self.facts.people[who].user_id))

    def _charge_and_payer(self, pick: int) -> tuple[Charge | None, User | None]:
        if not self.facts.charges:
            return None, None
        charge = self.facts.charges[pick % len(self.facts.charges)]
        return charge, self._person(charge.payer)

    def _payment_of(self, charge: Charge) -> int | None:
        payment_id: int | None = self._wait_for(
            self.house.db.reading.fetchval(
                """SELECT payment_id FROM "Payment" WHERE charge_id = $1""", charge.receipt.charge_id
            )
        )
        return payment_id

    def _tokens_of(self, charge: Charge) -> int:
        return int(
            self._wait_for(
                self.house.db.reading.fetchval(
                    """SELECT coalesce(sum(tokens), -1)::bigint FROM "Payment" WHERE charge_id = $1""",
                    charge.receipt.charge_id,
                )
            )
        )

    def _promo_tokens(self, who: int) -> int:
        return int(
            self._wait_for(
                self.house.db.reading.fetchval(
                    """
                    SELECT coalesce(sum(amount), 0)::bigint FROM "LedgerEntry" JOIN "Account" USING (account_id)
                    WHERE user_id = $1 AND kind = 'promo'
                    """,
                    self.facts.people[who].user_id,
                )
            )
        )

    def _wait_for(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(coroutine)


def _file() -> NewFile:
    name = uuid4()
    return NewFile(name, f"k/{name}", None, "image/png", 64, 64, 9, b"h")


@asynccontextmanager
async def _house_over(database_dsn: str, redis_dsn: str, folder: Path) -> AsyncIterator[MoneyHouse]:
    """The services over a database that only this test sees."""
    arq = await open_arq(redis_dsn)
    async with open_money_house(database_dsn, redis_dsn, arq, folder) as house:
        yield house
    await arq.aclose()


def _run_many(database_dsn: str, redis_dsn: str, folder: Path, runs: int) -> None:
    wanted = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        opened = _house_over(database_dsn, redis_dsn, folder)
        house = runner.run(opened.__aenter__())
        try:

            def begin_run() -> Money:
                return Money(house, runner)

            run_state_machine_as_test(begin_run, settings=wanted)  # type: ignore[arg-type]
        finally:
            runner.run(opened.__aexit__(None, None, None))


def test_whatever_happens_to_money_the_books_add_up(database_dsn: str, redis_dsn: str, tmp_path: Path) -> None:
    _run_many(database_dsn, redis_dsn, tmp_path, RUNS)


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_happens_to_money_thousands_of_times_the_books_add_up(
    database_dsn: str, redis_dsn: str, tmp_path: Path, shard: int
) -> None:
    _run_many(database_dsn, redis_dsn, tmp_path, LONG_RUNS // SHARDS)
