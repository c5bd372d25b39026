"""A prediction that somebody follows."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workers.backends.base import Failed, VendorRef
from workers.backends.replicate.prediction import Prediction

News = Prediction | Failed
"""What a follower hears."""


@dataclass(eq=False, slots=True)
class Watched:
    """What is known of it and who waits for news; times are of the monotonic clock."""

    ref: VendorRef
    began: float
    due: float
    latest: Prediction | None
    followers: set[asyncio.Queue[News | None]] = field(default_factory=set)
    """None among the news: the vendor could not be asked for too long."""
    listener: asyncio.Task[None] | None = None
    is_asked: bool = False
    is_rung: bool = False
    """A hint came since it was last asked about."""
    failing_since: float | None = None
    trouble: str = ""
    """Why it could not be asked about."""


def oldest_of(due: Iterable[Watched]) -> datetime:
    """When the oldest of these was created, by the vendor's clock."""
    moments = [watched.latest.created_at for watched in due if watched.latest is not None]
    return min(moment for moment in moments if moment is not None) - timedelta(seconds=1)
