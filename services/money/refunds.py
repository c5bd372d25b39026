"""Refunds: tokens go back to the house first, and only then does Telegram give the money back.

What a person may have back by themselves is decided by refund_rules, beside this; everything else waits for an admin's
word. A payment is given back whole and once, however often and by how many it is asked for. Spent tokens whose
payment goes back are a debt, for the person and for whoever was rewarded for that payment.
"""

from datetime import timedelta

import structlog

from config.failpoints import Write
from db.pool import Connection, Database
from repository.admin_events import AdminEventRepository
from repository.catalogue import CatalogueRepository
from repository.ledger import LedgerRepository
from repository.notifications import NotificationKind, NotificationRepository
from repository.refunds import PaymentStanding, Refund, RefundOrigin, RefundRepository, RefundState, RefundToSend
from repository.rewards import RewardRepository
from repository.users import User
from services.doorbell import Doorbell
from services.errors import AlreadyRefunded, PaymentNotFound
from services.money.refund_rules import Foresight, Requested, WhyCase, check_is_open, why_case

CASE_EVENT, FAILED_EVENT, DONE_EVENT = "refund_case", "refund_failed", "refund"
"""Kinds of what the admins are told."""
SENDING_LEASE = timedelta(seconds=30)
"""Longer than Telegram may take to answer. One that is told twice does no harm: Telegram gives back once."""
OWN_SHOWN = 20
"""Payments of a person that are shown to them."""

_log = structlog.get_logger(__name__)


class Refunds:
    """Gives payments back."""

    def __init__(self, db: Database, doorbell: Doorbell, lease: timedelta = SENDING_LEASE) -> None:
        self._db = db
        self._doorbell = doorbell
        self._lease = lease

    async def window_days(self) -> int:
        """Days in which a person may have an unspent payment back by themselves."""
        return await CatalogueRepository(self._db.reading).get_limit("refund_window_days") or 0

    async def own(self, person: User) -> list[PaymentStanding]:
        """The person's payments that may still go back by themselves, and those on their way, newest first."""
        return await RefundRepository(self._db.reading).get_standings_of(person.user_id, OWN_SHOWN)

    async def cases(self, limit: int, after: int = 0) -> list[PaymentStanding]:
        """What waits for an admin's word, oldest first, those after refund `after`."""
        return await RefundRepository(self._db.reading).get_cases(limit, after)

    async def foresee(self, person: User, payment_id: int) -> Foresight:
        """What would become of it if the person asked now. Writes nothing.

        Raises PaymentNotFound, AlreadyRefunded, RefundDeclined.
        """
        standing = await RefundRepository(self._db.reading).get_standing(payment_id)
        if standing is None or standing.user_id != person.user_id:
            raise PaymentNotFound
        if standing.state is RefundState.SENDING:
            raise AlreadyRefunded
        check_is_open(standing)
        return Foresight(standing, why_case(standing))

    async def request(self, person: User, payment_id: int) -> Requested:
        """Take the tokens and give the payment back, or put it before the admins. Asked again it is the same refund.

        Raises PaymentNotFound, AlreadyRefunded, RefundDeclined; then nothing is written.
        """
        async with self._db.transaction(Write.REFUND_REQUEST) as tx:
            refunds = RefundRepository(tx)
            payer = await refunds.hold_payer(payment_id)
            standing = await refunds.get_standing(payment_id)
            if standing is None or payer is None or payer != person.user_id:
                raise PaymentNotFound
            why = why_case(standing)
            if standing.state is RefundState.SENDING or standing.state is RefundState.CASE:
                return Requested(standing, standing.state, why if standing.state is RefundState.CASE else None)
            check_is_open(standing)
            if why is None and await self._begin(tx, payer, standing, RefundOrigin.SELF, all_or_nothing=True):
                state = RefundState.SENDING
            else:
                state, why = RefundState.CASE, why or WhyCase.SPENT
                await refunds.open_case(payment_id)
                await AdminEventRepository(tx).open(CASE_EVENT, _subject(payment_id), {**_told(standing), "why": why})
        _log.info("refund.requested", payment_id=payment_id, state=state.value, why=why and why.value)
        await self._doorbell.ring_outbox()
        return Requested(standing, state, why)

    async def decide(self, refund_id: int, approve: bool) -> bool:
        """An admin's word on a case; False where it is no case (any more), and nothing is written.

        Approved, the tokens are taken as far as they go, and the rest is owed. What was not paid in Stars counts as
        given back by then: Telegram has no part in it.
        """
        async with self._db.transaction(Write.REFUND_DECIDE) as tx:
            refunds = RefundRepository(tx)
            known = await refunds.get(refund_id)
            if known is None:
                return False
            payer = await refunds.hold_payer(known.payment_id)
            refund = await refunds.hold(known.payment_id)
            standing = await refunds.get_standing(known.payment_id)
            if refund is None or refund.state is not RefundState.CASE or payer is None or standing is None:
                return False
            if not approve:
                await refunds.decline(refund_id)
                await self._tell_declined(tx, payer, standing)
            elif why_case(standing) is WhyCase.CARD:
                await self._note_done(tx, payer, standing, RefundOrigin.ADMIN)
            else:
                await self._begin(tx, payer, standing, RefundOrigin.ADMIN, all_or_nothing=False)
            await AdminEventRepository(tx).close(CASE_EVENT, _subject(known.payment_id))
        _log.info("refund.decided", refund_id=refund_id, payment_id=known.payment_id, approved=approve)
        await self._doorbell.ring_outbox()
        return True

    async def honour(self, charge_id: str) -> bool:
        """The money of a charge went back, whoever did that: the tokens follow. Told twice it counts once.

        True where this was news. False too for a charge that is not known, or whose payer is erased.
        """
        async with self._db.transaction(Write.REFUND_HONOUR) as tx:
            refunds = RefundRepository(tx)
            payment_id = await refunds.find_payment(charge_id)
            if payment_id is None:
                _log.warning("refund.of_nobody")
                return False
            payer = await refunds.hold_payer(payment_id)
            refund = await refunds.hold(payment_id)
            standing = await refunds.get_standing(payment_id)
            assert standing is not None  # payments are never deleted
            if refund is not None and refund.state is RefundState.DONE:
                return False
            if refund is not None and refund.state is RefundState.SENDING:  # ours: its tokens are taken
                closed = await refunds.close(refund.refund_id, refund.attempt, RefundState.DONE)
                assert closed is not None  # held
                await self._tell_done(tx, payer, standing, closed)
            else:
                await self._note_done(tx, payer, standing, RefundOrigin.TELEGRAM)
        _log.info("refund.honoured", payment_id=payment_id)
        await self._doorbell.ring_outbox()
        return True

    async def claim(self, limit: int) -> list[RefundToSend]:
        """Take up to `limit` refunds that Telegram must be told of, each for one try under a lease."""
        return await RefundRepository(self._db.writing(Write.REFUND_CLAIM)).claim(self._lease, limit)

    async def postpone(self, refund: RefundToSend, delay: timedelta, error: str | None = None) -> None:
        """Telegram is away: try again after a delay."""
        await RefundRepository(self._db.writing(Write.REFUND_POSTPONE)).postpone(
            refund.refund_id, refund.attempt, delay, error
        )

    async def sent(self, refund: RefundToSend) -> bool:
        """Telegram has given the money back; False where that is known already, or another process is at it."""
        async with self._db.transaction(Write.REFUND_CLOSE) as tx:
            refunds = RefundRepository(tx)
            payer = await refunds.hold_payer(refund.payment_id)
            closed = await refunds.close(refund.refund_id, refund.attempt, RefundState.DONE)
            standing = await refunds.get_standing(refund.payment_id)
            if closed is None or standing is None:
                return False
            await self._tell_done(tx, payer, standing, closed)
        _log.info("refund.done", refund_id=refund.refund_id, payment_id=refund.payment_id)
        await self._doorbell.ring_outbox()
        return True

    async def refused(self, refund: RefundToSend, error: str) -> bool:
        """Telegram will never give this back: the tokens return to the person, and the admins hear of it.

        An erased payer has no wallet any more: their tokens stay with the house, as all that they left behind.
        False where another process is at it, or it came to its end another way.
        """
        async with self._db.transaction(Write.REFUND_CLOSE) as tx:
            refunds = RefundRepository(tx)
            payer = await refunds.hold_payer(refund.payment_id)
            closed = await refunds.close(refund.refund_id, refund.attempt, RefundState.FAILED, error)
            standing = await refunds.get_standing(refund.payment_id)
            if closed is None or standing is None:
                return False
            tokens = closed.tokens_taken + closed.tokens_owed
            if payer is not None and tokens:
                ledger, key = LedgerRepository(tx), f"refund_returned:{closed.payment_id}:{closed.attempt}"
                await ledger.credit(
                    payer, tokens, source="revenue", kind="refund_returned", key=key, payment_id=closed.payment_id
                )
                await ledger.pay_debt(payer, key)
            await RewardRepository(tx).restore_of_payment(closed.payment_id)
            await refunds.unmark_refunded(closed.payment_id)
            await self._tell_declined(tx, payer, standing)
            told = {**_told(standing), "error": error}
            await AdminEventRepository(tx).open(FAILED_EVENT, _subject(closed.payment_id), told)
        _log.error("refund.refused", refund_id=refund.refund_id, payment_id=refund.payment_id, error=error)
        await self._doorbell.ring_outbox()
        return True

    async def _begin(
        self, tx: Connection, payer: int, standing: PaymentStanding, origin: RefundOrigin, *, all_or_nothing: bool
    ) -> bool:
        """Take the tokens and note that Telegram must be told; False where not all are there that must be."""
        taken = await self._take(tx, payer, standing, all_or_nothing=all_or_nothing)
        if all_or_nothing and taken < standing.tokens:
            return False
        assert standing.charge_id is not None  # the caller has looked
        refunds = RefundRepository(tx)
        await refunds.begin(standing.payment_id, origin, taken, standing.tokens - taken, payer, standing.charge_id)
        await refunds.mark_refunded(standing.payment_id)
        await RewardRepository(tx).cancel_of_payment(standing.payment_id)
        return True

    async def _note_done(
        self, tx: Connection, payer: int | None, standing: PaymentStanding, origin: RefundOrigin
    ) -> None:
        """The money is back already: take the tokens, and tell. An erased payer has none, and owes nothing."""
        taken = await self._take(tx, payer, standing, all_or_nothing=False) if payer is not None else 0
        owed = standing.tokens - taken if payer is not None else 0
        refunds = RefundRepository(tx)
        await refunds.note_done(standing.payment_id, origin, taken, owed)
        await refunds.mark_refunded(standing.payment_id)
        await RewardRepository(tx).cancel_of_payment(standing.payment_id)
        refund = await refunds.hold(standing.payment_id)
        assert refund is not None  # written above
        await self._tell_done(tx, payer, standing, refund)

    async def _take(self, tx: Connection, payer: int, standing: PaymentStanding, *, all_or_nothing: bool) -> int:
        """Tokens that could be taken. A refund that failed and is asked for anew has had attempts, and so a new key."""
        refund = await RefundRepository(tx).hold(standing.payment_id)
        key = f"payment:{standing.payment_id}:{refund.attempt if refund is not None else 0}"
        return await LedgerRepository(tx).take_back(
            payer, standing.tokens, key, standing.payment_id, all_or_nothing=all_or_nothing
        )

    async def _tell_done(self, tx: Connection, payer: int | None, standing: PaymentStanding, refund: Refund) -> None:
        """It is over: tokens that the payment earned others go back too, the person and the admins hear of it."""
        ledger, events, subject = LedgerRepository(tx), AdminEventRepository(tx), _subject(refund.payment_id)
        for reward in await RewardRepository(tx).cancel_vested_of_payment(refund.payment_id):
            if reward.user_id is not None:
                key = f"reward:{reward.reward_id}"
                await ledger.take_back(reward.user_id, reward.tokens, key, refund.payment_id, all_or_nothing=False)
        told: dict[str, int | str] = {
            "payment_id": refund.payment_id,
            "tokens": refund.tokens_taken,
            "owed": refund.tokens_owed,
            "amount": standing.amount,
            "currency": standing.currency,
        }
        if payer is not None:
            await NotificationRepository(tx).add_news(payer, NotificationKind.REFUND_DONE, told)
        await events.note(DONE_EVENT, subject, {**told, "origin": refund.origin.value})
        for kind in (CASE_EVENT, FAILED_EVENT):
            await events.close(kind, subject)

    async def _tell_declined(self, tx: Connection, payer: int | None, standing: PaymentStanding) -> None:
        if payer is not None:
            told: dict[str, int | str] = {
                "payment_id": standing.payment_id,
                "amount": standing.amount,
                "currency": standing.currency,
            }
            await NotificationRepository(tx).add_news(payer, NotificationKind.REFUND_DECLINED, told)


def _subject(payment_id: int) -> str:
    return f"payment {payment_id}"


def _told(standing: PaymentStanding) -> dict[str, int | str]:
    return {"amount": standing.amount, "currency": standing.currency, "tokens": standing.tokens}
