"""Erases training photos whose time is over."""

import asyncio

import structlog

from db.pool import UNAVAILABLE
from services.photos.expiry import PhotoExpiry

INTERVAL = 600.0
"""Seconds between two looks; days are what it is about."""

_log = structlog.get_logger(__name__)


async def keep_expiring(expiry: PhotoExpiry, interval: float = INTERVAL) -> None:
    """Erase what is due, a few sets at a time, until cancelled; a database that is away is asked again."""
    while True:
        try:
            while await expiry.expire():
                pass
        except UNAVAILABLE as error:
            _log.warning("photos.database_away", error=str(error))
        await asyncio.sleep(interval)
