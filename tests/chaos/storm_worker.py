"""A worker process over the stand-ins of real vendors, with less patience: `python -m tests.chaos.storm_worker`.

It is the real worker with the real backends. What is shorter is how long a silent vendor is waited for, so that a
storm over what takes half a minute ends within one.
"""

import asyncio
from datetime import timedelta

import uvloop

from config.logging import configure_logging
from config.settings import BackendName, Settings, settings_or_exit
from services.vendor_hints import WebhookUrl, webhook_url
from workers.backends.base import Backend
from workers.backends.hints import Hints
from workers.backends.replicate import ReplicateBackend
from workers.backends.runware import RunwareBackend
from workers.backends.runware.watch import Patience
from workers.main import serve

SILENCE = 3.0
"""Seconds without an answer after which a call is looked for."""
ON_ITS_WAY = 4.0
"""Seconds that a request may be on its way; beside the stand-ins none is for longer than some of their faults."""


def impatient(name: BackendName, settings: Settings, hints: Hints) -> Backend:
    """A backend of the settings' list."""
    webhooks: WebhookUrl | None = None
    if settings.is_reached_by(name):
        webhooks = webhook_url(settings.own_url, name, settings.jwt_secret)
    if name == "runware":
        patience = Patience(acknowledgement=SILENCE, answer=1.0, questions=6, return_=5.0, arrival=ON_ITS_WAY)
        return RunwareBackend(
            settings.runware_key, settings.runware_url, hints=hints, webhook_url=webhooks, patience=patience
        )
    return ReplicateBackend(
        settings.replicate_token,
        settings.replicate_url,
        hints=hints,
        webhook_url=webhooks,
        in_flight=timedelta(seconds=ON_ITS_WAY),
        preparation=SILENCE,
        relist_after=1.0,
        patience=SILENCE,
        write_patience=SILENCE,
        lost_after=2 * SILENCE,
    )


def main() -> None:
    """Work until a signal."""
    settings = settings_or_exit()
    configure_logging(settings, "worker")

    async def work() -> None:
        hints = Hints()
        await serve(settings, [impatient(name, settings, hints) for name in settings.used_backends], hints)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
