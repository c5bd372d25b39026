"""The worker process: `python -m workers.main`."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
import uvloop

from config import telemetry
from config.collector import spare_what_is_loaded
from config.logging import configure_logging
from config.settings import Settings, settings_or_exit
from db.pool import Database
from repository.tasks import Lane
from services.doorbell import Doorbell, open_arq
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.lanes import lane_of
from services.models.vendor_copies import VendorCopies
from services.models.weights_links import WeightsUrl, weights_url
from services.money.ledger_comparison import LedgerComparison
from services.money.referrals import Referrals
from services.money.task_comparison import TaskComparison
from services.photos.analyses import PhotoAnalyses
from services.photos.expiry import PhotoExpiry
from services.safety.prompts import Safety
from services.storage import Storage
from services.tasks import Tasks
from services.training.places import TrainingPlaces
from workers.analyse import Analyser, keep_analysing
from workers.backends.base import Backend
from workers.backends.hints import Hints
from workers.backends.measured import MeasuredBackend
from workers.backends.routing import Routing
from workers.chores import keep_comparing, keep_expiring, keep_vesting
from workers.downloads import Downloads
from workers.erase import keep_erasing
from workers.eyes.eyes import Eyes
from workers.heartbeat import keep_beating
from workers.lane import LaneRunner
from workers.likeness import LikenessScoring
from workers.open_backends import keep_hearing_hints, open_backends
from workers.open_runner import open_runner
from workers.output_check import OutputCheck
from workers.outputs import Outputs
from workers.picture_check import PictureCheck
from workers.ring import keep_listening
from workers.sweep import keep_sweeping
from workers.training_weights import VendorWeights
from workers.vendor_copies import keep_deleting
from workers.wellbeing import Wellbeing

SMALL_MACHINE = 2 * 1024**3
"""Bytes of memory below which only one order is painted at a time: each takes up to 330 MB."""


def cpu_capacity() -> int:
    """Orders that this machine can compute side by side: one a core, where the memory allows."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 1 if memory < SMALL_MACHINE else os.cpu_count() or 1


CAPACITY: dict[Lane, int] = {Lane.PROVIDER: 600, Lane.CPU: cpu_capacity(), Lane.TRAINING: 50}
"""Tasks side by side in one process: waiting for others costs little, computing costs a core."""
LEASES_A_PHOTO = 2
"""That of a photo is renewed only by looks that take long, and while the queue can be looked at."""
STOP_PATIENCE = timedelta(seconds=5)
"""For running attempts at a stop; what has not ended then goes back to the queue."""

_log = structlog.get_logger(__name__)


async def serve(settings: Settings, backends: Sequence[Backend], hints: Hints | None = None) -> None:
    """Work with these backends until SIGTERM or SIGINT. hints: where their followers wait for webhooks."""
    hints = hints or Hints()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as house:
        db = await house.enter_async_context(
            await Database.connect(settings.database_dsn, failpoints=settings.failpoints)
        )
        arq = await open_arq(settings.redis_dsn)
        house.push_async_callback(arq.aclose)
        doorbell = Doorbell(arq, settings.namespace)
        tasks = Tasks(db, doorbell, settings.lease, lane_of(settings.chosen_image_backends[0]))
        for backend in backends:
            house.push_async_callback(backend.aclose)
        storage = Storage.open(settings.storage_base, settings.s3, failpoints=settings.failpoints)
        erasures = Erasures(db, tasks, storage, arq, settings.namespace)
        places = TrainingPlaces.of(settings)
        routing = Routing(
            [MeasuredBackend(backend) for backend in backends],
            trainers=settings.chosen_training_backends,
            train_only=settings.train_only,
            enlarge_only=settings.enlarge_only,
        )
        downloads = Downloads(settings.vendor_places)
        house.push_async_callback(downloads.aclose)
        classifier = OutputCheck()
        house.push_async_callback(classifier.aclose)
        eyes = Eyes()
        house.push_async_callback(eyes.aclose)
        outputs = Outputs(storage, downloads, PictureCheck(Safety(db), classifier), scoring=LikenessScoring(eyes))
        analyser = Analyser(PhotoAnalyses(db, doorbell), storage, eyes, lease=LEASES_A_PHOTO * settings.lease)
        task_runner = open_runner(
            db,
            tasks,
            storage,
            outputs,
            VendorWeights(downloads),
            routing,
            places,
            _weights_url(settings, places),
        )
        runners = [LaneRunner(lane, capacity, tasks, task_runner.run) for lane, capacity in CAPACITY.items()]
        async with asyncio.TaskGroup() as group:
            services = [
                group.create_task(keep_beating(tasks, runners)),
                group.create_task(keep_sweeping(tasks, runners)),
                group.create_task(keep_erasing(erasures, ErasableFiles(db, storage))),
                group.create_task(keep_analysing(analyser, arq, doorbell.analyses_channel)),
                group.create_task(keep_expiring(PhotoExpiry(db, storage))),
                group.create_task(keep_deleting(VendorCopies(db), {one.name: one for one in backends})),
                group.create_task(keep_vesting(Referrals(db, doorbell))),
                group.create_task(keep_comparing(LedgerComparison(db), TaskComparison(db))),
                group.create_task(Wellbeing(db, arq, settings.namespace, routing).keep_publishing()),
                group.create_task(keep_hearing_hints(arq, settings.namespace, hints)),
                *(group.create_task(keep_listening(arq, doorbell, runner)) for runner in runners),
            ]
            spare_what_is_loaded()
            _log.info("worker.ready", lanes=[lane.value for lane in CAPACITY], backends=[b.name for b in backends])
            await stop.wait()
            _log.info("worker.stopping", running=sum(len(runner.attempts) for runner in runners))
            await asyncio.gather(analyser.close(STOP_PATIENCE), *(runner.close(STOP_PATIENCE) for runner in runners))
            for service in services:
                service.cancel()
    _log.info("worker.stopped")


async def _work(settings: Settings) -> None:
    hints = Hints()
    await serve(settings, open_backends(settings, hints, parallel=CAPACITY[Lane.CPU]), hints)


def _weights_url(settings: Settings, places: TrainingPlaces) -> WeightsUrl | None:
    """None where no vendor fetches weights from us."""
    return weights_url(settings.own_url, settings.jwt_secret) if places.registrars else None


def main() -> None:
    """Start the worker with the settings of this folder."""
    settings = settings_or_exit()
    configure_logging(settings, "worker")
    telemetry.serve_alone_or_exit(settings)
    telemetry.know_lanes(lane.value for lane in CAPACITY)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


if __name__ == "__main__":
    main()
