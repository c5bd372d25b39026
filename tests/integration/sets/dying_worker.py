"""A worker that looks at photos until an armed point kills it: database, Redis, folder of points, storage."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from config.failpoints import Failpoints
from db.pool import Database
from services.doorbell import Doorbell, open_arq
from services.photos.analyses import PhotoAnalyses
from services.storage import Storage
from tests.integration.sets.conftest import ToldEyes
from workers.analyse import Analyser, keep_analysing


async def live(dsn: str, redis_dsn: str, points: str, files: str) -> None:
    """Ends by the point alone. The lease is short, so that nobody waits long for what it had in hand."""
    failpoints = Failpoints(Path(points))
    async with await Database.connect(dsn, failpoints=failpoints) as db:
        arq = await open_arq(redis_dsn)
        doorbell = Doorbell(arq, "dreamphoto:test")
        storage = Storage.open(files, failpoints=failpoints)
        analyser = Analyser(PhotoAnalyses(db, doorbell), storage, ToldEyes(), lease=timedelta(milliseconds=300))
        await keep_analysing(analyser, arq, doorbell.analyses_channel)


if __name__ == "__main__":
    asyncio.run(live(*sys.argv[1:]))
