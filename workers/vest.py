"""Makes tokens that were promised for invitations the inviters' own, once their payments are final."""

import asyncio

import structlog

from db.pool import UNAVAILABLE
from services.money.referrals import Referrals

INTERVAL = 10.0
"""Seconds; what is due may well wait for them, it has waited for two weeks."""

_log = structlog.get_logger(__name__)


async def keep_vesting(referrals: Referrals) -> None:
    """Credit what is due until cancelled; a database that is away is asked again."""
    while True:
        try:
            await referrals.vest_due()
        except UNAVAILABLE as error:
            _log.warning("vesting.database_away", error=str(error))
        await asyncio.sleep(INTERVAL)
