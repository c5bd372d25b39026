"""Inviting friends: the link, what it brought, and the tokens that become the inviter's once payments are final.

Why rewards wait and what makes an invitation suspicious: docs/decisions/0024.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import structlog

from config.failpoints import Write
from db.pool import Database
from repository.ledger import LedgerRepository
from repository.notifications import NotificationKind, NotificationRepository
from repository.referrals import InvitationTerms, ReferralRepository, ReferralStatistics
from repository.rewards import DueReward, Receiver, RewardKind, RewardRepository, WaitingRewards
from repository.users import User
from services.doorbell import Doorbell

ROUND = 100
"""Rewards that a worker looks at in one go."""
LOOK_AGAIN = timedelta(hours=1)
"""When what cannot be credited now is looked at again: its receiver is barred, or the owner has not looked yet."""
START_PREFIX = "ref_"
"""What the payload of an invitation's link begins with."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Invitations:
    """What a person may tell their friends, and what it brought so far."""

    code: str
    terms: InvitationTerms
    statistics: ReferralStatistics
    waiting: Sequence[WaitingRewards]
    """What is earned and not theirs yet, the next first."""


class Referrals:
    """Keeps invitations and their rewards."""

    def __init__(self, db: Database, doorbell: Doorbell) -> None:
        self._db = db
        self._doorbell = doorbell

    async def of_person(self, person: User) -> Invitations:
        """The person's own code, made at the first look, and everything about their invitations."""
        code = person.referral_code
        if code is None:
            code = await ReferralRepository(self._db.writing(Write.REFERRAL_CODE)).create_referral_code(person.user_id)
        referrals = ReferralRepository(self._db.reading)
        return Invitations(
            code,
            await referrals.get_terms(),
            await referrals.get_referral_statistics(person.user_id),
            await RewardRepository(self._db.reading).get_waiting(person.user_id),
        )

    async def clear(self, account_id: int) -> int:
        """The owner has looked: the account's flagged invitations are good. Returns how many that were."""
        return await ReferralRepository(self._db.writing(Write.REFERRAL_CLEAR)).clear_flags(account_id)

    async def vest_due(self, limit: int = ROUND) -> int:
        """Credit the rewards whose time has come, each in a transaction of its own; returns how many were credited.

        Any number of workers may do so at once. Rewards of whoever is erased end; those of somebody who is barred, and
        of invitations that the owner has not looked at, are looked at again later.
        """
        vested = 0
        for reward_id, account_id in await RewardRepository(self._db.reading).get_due(limit):
            vested += await self._vest(reward_id, account_id)
        if vested:
            await self._doorbell.ring_outbox()
        return vested

    async def _vest(self, reward_id: int, account_id: int) -> bool:
        # The person first, as everywhere: whoever erases or refunds holds a person and then needs their rewards.
        async with self._db.transaction(Write.REWARD_VEST) as tx:
            rewards = RewardRepository(tx)
            receiver = await rewards.hold_receiver(account_id)
            reward = await rewards.claim(reward_id)
            if reward is None:
                return False
            if receiver is None:
                await rewards.cancel(reward_id)
                return False
            if receiver.is_barred or reward.is_flagged:
                await rewards.postpone(reward_id, LOOK_AGAIN)
                return False
            await rewards.vest(reward_id)
            await _credit(LedgerRepository(tx), NotificationRepository(tx), receiver, reward)
        _log.info("reward.vested", reward_id=reward_id, kind=reward.kind.value, tokens=reward.tokens)
        return True


async def _credit(
    ledger: LedgerRepository, notifications: NotificationRepository, receiver: Receiver, reward: DueReward
) -> None:
    key = f"reward:{reward.reward_id}"
    kind = "invited" if reward.kind is RewardKind.INVITED else "referral"
    await ledger.credit(receiver.user_id, reward.tokens, source="bonus", kind=kind, key=key)
    await ledger.pay_debt(receiver.user_id, key)
    await notifications.add_news(receiver.user_id, NotificationKind.REWARD_VESTED, {"tokens": reward.tokens})


def invitation_link(bot_username: str, code: str) -> str:
    """What friends press: it opens the bot with the code."""
    return f"https://t.me/{bot_username}?{urlencode({'start': START_PREFIX + code})}"
