"""Telegram's list of Star transactions is compared with our payments and refunds: no Star is lost with an update.

The list is in the order of time, oldest first, and an offset skips so many of its beginning (Bot API,
getStarTransactions). It is read on from a little before the first that is not settled: two of the same second may
change their places, and a refund has its payment's id.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.admin_events import AdminEventRepository
from repository.admin_news import AdminNewsRepository
from repository.payments import PaymentRepository
from repository.reconciliation import BooksKind, ReconciliationRepository
from repository.star_transactions import StarNote, StarTransactionRepository, Verdict
from services.accounts import Accounts, Profile
from services.errors import InvoiceMismatch
from services.money.payments import STARS, Payments, Receipt

PAUSE = timedelta(minutes=1)
"""Between two rounds."""
PAGE = 100
"""Telegram's limit."""
OVERLAP = 100
"""Transactions that are read again."""
UPDATE_GRACE = timedelta(minutes=1)
"""How long an update may take to tell of a payment or a refund."""
LIST_GRACE = timedelta(minutes=10)
"""How long Telegram's list may take to show a payment that an update told of."""
MOST_OPEN = 1000
"""Gaps that are looked at again in each round."""
STAR_GAP = "star_gap"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StarMovement:
    """A transaction as Telegram lists it."""

    transaction_id: str
    """Of a payment and of its refund: the payment's charge id."""
    is_incoming: bool
    stars: int
    partner: str
    """user, fragment, telegram_ads, …"""
    happened_at: datetime
    is_invoice: bool
    """A payment of an invoice, or the refund of one."""
    person: Profile | None
    payload: str


ReadPage = Callable[[int, int], Awaitable[Sequence[StarMovement]]]
"""Ask Telegram for transactions: how many to skip, how many to answer."""
Honour = Callable[[str], Awaitable[bool]]
"""Book a refund that Telegram made, by the id of its charge; False where it was booked before or is not known."""


@dataclass(frozen=True, slots=True)
class StarRound:
    """What a round read and found."""

    read: int
    recovered: int
    gaps: int


class StarComparison:
    """Compares, recovers what was lost, alarms where nothing explains a difference."""

    def __init__(
        self,
        db: Database,
        payments: Payments,
        accounts: Accounts,
        honour: Honour | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """honour: None where nobody books refunds that Telegram made by itself; the admins then hear of each."""
        self._db = db
        self._payments = payments
        self._accounts = accounts
        self._honour = honour
        self._now = now

    async def round(self, read_page: ReadPage) -> StarRound | None:
        """A round where one is due, else None. Raises what Telegram or the database raise; nothing is skipped then."""
        rounds = ReconciliationRepository(self._db.writing(Write.BOOKS_ROUND))
        state = await rounds.claim(BooksKind.STARS, PAUSE)
        if state is None:
            return None
        begin = place = max(state.position - OVERLAP, 0)
        first_open: int | None = None
        recovered = 0
        while page := await read_page(place, PAGE):
            known = await StarTransactionRepository(self._db.reading).get_verdicts([_note(move) for move in page])
            for number, movement in enumerate(page, start=place):
                before = known.get((movement.transaction_id, movement.is_incoming))
                if before is not None and before.is_final:
                    continue
                verdict = await self._settle(movement)
                if verdict is Verdict.UNEXPLAINED or before is Verdict.UNEXPLAINED:
                    await self._tell(movement, verdict)
                recovered += verdict is Verdict.RECOVERED
                if verdict is Verdict.WAITING and first_open is None:
                    first_open = number
            place += len(page)
        read = place - begin
        if not read and begin:  # another list, shorter than what was read: another bot's
            place = 0
        unexplained = await self._count_unexplained()
        await rounds.save(BooksKind.STARS, place if first_open is None else first_open, unexplained, {})
        unlisted = await self._compare_payments()
        return StarRound(read, recovered, unexplained + unlisted)

    async def _settle(self, movement: StarMovement) -> Verdict:
        """Find out what a transaction is, do what it asks for, and keep the answer."""
        if movement.partner != "user" or movement.person is None or not movement.is_invoice:
            verdict = Verdict.FOREIGN
        elif movement.is_incoming:
            verdict = await self._settle_payment(movement, movement.person)
        else:
            verdict = await self._settle_refund(movement)
        await StarTransactionRepository(self._db.writing(Write.STAR_NOTE)).note(_note(movement), verdict)
        return verdict

    async def _settle_payment(self, movement: StarMovement, person: Profile) -> Verdict:
        if await PaymentRepository(self._db.reading).is_known_charge(movement.transaction_id):
            return Verdict.MATCHED
        if self._is_young(movement):
            return Verdict.WAITING
        if await self._accounts.get(person.user_id) is None:
            await self._accounts.register(person)
        receipt = Receipt(movement.payload, STARS, movement.stars, charge_id=movement.transaction_id, is_recovered=True)
        try:
            received = await self._payments.receive(person.user_id, receipt)
        except InvoiceMismatch:
            return Verdict.UNEXPLAINED
        except LookupError:  # erased between the two: registered by the next round
            return Verdict.WAITING
        return Verdict.MATCHED if received is None else Verdict.RECOVERED

    async def _settle_refund(self, movement: StarMovement) -> Verdict:
        charge_id, known = movement.transaction_id, StarTransactionRepository(self._db.reading)
        if await known.is_refund_known(charge_id):
            return Verdict.MATCHED
        if self._is_young(movement):
            return Verdict.WAITING
        if self._honour is not None and (await self._honour(charge_id) or await known.is_refund_known(charge_id)):
            return Verdict.MATCHED
        stars = StarTransactionRepository(self._db.writing(Write.STAR_NOTE))
        if await stars.note_refund_of_nobody(charge_id, movement.happened_at):
            return Verdict.MATCHED
        return Verdict.UNEXPLAINED

    def _is_young(self, movement: StarMovement) -> bool:
        return self._now() - movement.happened_at < UPDATE_GRACE

    async def _tell(self, movement: StarMovement, verdict: Verdict) -> None:
        events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
        subject = _subject(movement.is_incoming, movement.happened_at, movement.stars)
        if verdict is Verdict.UNEXPLAINED:
            if await events.open(STAR_GAP, subject, {"amount": movement.stars, "currency": STARS}):
                _log.error("stars.unexplained", stars=movement.stars, is_incoming=movement.is_incoming)
        else:
            await events.close(STAR_GAP, subject)

    async def _count_unexplained(self) -> int:
        """After those are out of it that somebody booked meanwhile, however long ago they were read."""
        stars = StarTransactionRepository(self._db.writing(Write.STAR_NOTE))
        for happened_at, amount in await stars.explain_refunds():
            events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
            await events.close(STAR_GAP, _subject(False, happened_at, amount))
        return await StarTransactionRepository(self._db.reading).count_unexplained()

    async def _compare_payments(self) -> int:
        """Payments that an update told of and Telegram's list does not show; returns how many there are now.

        Only for after the list was read to its end.
        """
        state = await ReconciliationRepository(self._db.reading).get(BooksKind.STAR_PAYMENTS)
        stars = StarTransactionRepository(self._db.reading)
        unlisted = await self._look_again()
        position, is_due = state.position, True
        while is_due and (page := await stars.get_payments(position, LIST_GRACE, PAGE)):
            for payment in page:
                is_due = payment.is_due
                if not is_due:
                    break
                position = payment.payment_id
                if not payment.is_listed:
                    unlisted += 1
                    await self._alarm(payment.payment_id, payment.amount)
        rounds = ReconciliationRepository(self._db.writing(Write.BOOKS_ROUND))
        await rounds.save(BooksKind.STAR_PAYMENTS, position, unlisted, {})
        return unlisted

    async def _alarm(self, payment_id: int, amount: int) -> None:
        events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
        if await events.open(STAR_GAP, f"payment {payment_id}", {"amount": amount, "currency": STARS}):
            _log.error("stars.unlisted", payment_id=payment_id, amount=amount)

    async def _look_again(self) -> int:
        """Close what Telegram's list shows by now; returns how many payments it still does not show."""
        subjects = await AdminNewsRepository(self._db.reading).get_open_subjects(STAR_GAP, MOST_OPEN)
        by_payment = {
            int(subject.removeprefix("payment ")): subject for subject in subjects if subject.startswith("payment ")
        }
        unlisted = await StarTransactionRepository(self._db.reading).find_unlisted(list(by_payment))
        for payment_id in by_payment.keys() - unlisted:
            events = AdminEventRepository(self._db.writing(Write.ADMIN_EVENT))
            await events.close(STAR_GAP, by_payment[payment_id])
        return len(unlisted)


def _note(movement: StarMovement) -> StarNote:
    return StarNote(
        movement.transaction_id, movement.is_incoming, movement.stars, movement.partner, movement.happened_at
    )


def _subject(is_incoming: bool, happened_at: datetime, stars: int) -> str:
    """What an event about a transaction is about. Its id stays out of it: that would lead to a person."""
    return f"transaction {'in' if is_incoming else 'out'} {happened_at:%Y-%m-%d %H:%M:%S} {stars}"
