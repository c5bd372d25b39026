"""The backends of the settings' list."""

import asyncio
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.settings import BackendName, Settings
from services.vendor_hints import WebhookUrl, channel_of, webhook_url
from workers.backends.base import Backend
from workers.backends.hints import Hints

RECONNECT = 1.0
"""Seconds before Redis is tried again."""

_log = structlog.get_logger(__name__)


def open_backends(settings: Settings, hints: Hints, *, parallel: int) -> list[Backend]:
    """Who makes pictures in the owner's order, then who only trains; only what is used is loaded.

    parallel: orders that this machine computes.
    """
    return [_open(name, settings, hints, parallel) for name in settings.used_backends]


def _open(name: BackendName, settings: Settings, hints: Hints, parallel: int) -> Backend:
    match name:
        case "preview":
            from workers.backends.preview import PreviewBackend

            return PreviewBackend(parallel=parallel)
        case "runware":
            from workers.backends.runware import RunwareBackend

            return RunwareBackend(
                settings.runware_key, settings.runware_url, hints=hints, webhook_url=_webhooks(settings, "runware")
            )
        case "replicate":
            from workers.backends.replicate import ReplicateBackend

            return ReplicateBackend(
                settings.replicate_token,
                settings.replicate_url,
                hints=hints,
                webhook_url=_webhooks(settings, "replicate"),
                destination=settings.replicate_destination,
            )
        case _:
            raise ValueError(f"{name} is not part of this version")


def _webhooks(settings: Settings, backend: BackendName) -> WebhookUrl | None:
    """None where no vendor can reach this API: then it is asked again and again instead."""
    if not settings.is_reached_by(backend):
        return None
    return webhook_url(settings.own_url, backend, settings.jwt_secret)


async def keep_hearing_hints(redis: Redis, namespace: str, hints: Hints) -> None:
    """Ring for every hint that the API passes on, until cancelled."""
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as bell:
                await bell.subscribe(channel_of(namespace))
                async for message in bell.listen():
                    _ring(hints, message["data"])
        except (RedisError, OSError) as error:
            _log.warning("hints.redis_away", error=str(error))
            await asyncio.sleep(RECONNECT)


def _ring(hints: Hints, word: bytes) -> None:
    """Ring for the call that a message names; one that names none must not cost the worker its ears."""
    try:
        hints.ring(UUID(word.decode()))
    except ValueError:
        _log.warning("hints.unreadable", length=len(word))
