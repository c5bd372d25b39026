"""Webhooks of vendors: the addresses that we give out, and the doorbell that they ring.

A webhook is a hint that there is news of a call. What it says is never believed: whoever follows the call asks the
vendor again.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from uuid import UUID

from redis.asyncio import Redis

TOLERANCE_SECONDS = 300
"""How old a signed webhook may be."""
REPLAY_SECONDS = 2 * TOLERANCE_SECONDS
"""How long its id is remembered: past it the signature is too old."""

WebhookUrl = Callable[[UUID], str]
"""The address that a vendor is given for one call."""


def channel_of(namespace: str) -> str:
    """The Redis channel on which hints travel from the API to the workers."""
    return f"{namespace}:vendor_hints"


def sign_call(secret: str, call_id: UUID) -> str:
    """A token that only this house can make for this call: 64 hexadecimal digits."""
    digest = hmac.new(secret.encode(), b"vendor-hint:" + call_id.bytes, hashlib.sha256)
    return digest.hexdigest()


def is_signed(secret: str, call_id: UUID, token: str) -> bool:
    """Whether the token is this call's, told in constant time."""
    return hmac.compare_digest(sign_call(secret, call_id).encode(), token.encode())


def webhook_url(base_url: str, backend: str, secret: str) -> WebhookUrl:
    """The addresses for a backend's webhooks, below the public address of this API."""

    def of_call(call_id: UUID) -> str:
        return f"{base_url}/webhooks/{backend}?call={call_id}&token={sign_call(secret, call_id)}"

    return of_call


def is_from_replicate(headers: Mapping[str, str], body: str, secret: str) -> bool:
    """Whether Replicate signed these bytes with our account's secret, and not long ago."""
    from replicate.webhook import (  # an API that hears no vendor does without it
        InvalidSecretKeyError,
        MissingWebhookBodyError,
        MissingWebhookHeaderError,
        Webhooks,
        WebhookSigningSecret,
        WebhookValidationError,
    )

    try:
        Webhooks.validate(
            headers=dict(headers),
            body=body,
            secret=WebhookSigningSecret(key=secret),
            tolerance=TOLERANCE_SECONDS,
        )
    except (
        WebhookValidationError,
        InvalidSecretKeyError,
        MissingWebhookBodyError,
        MissingWebhookHeaderError,
        ValueError,
    ):
        return False
    return True


class VendorHints:
    """The API's end of the doorbell."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._redis = redis
        self._channel = channel_of(namespace)
        self._seen = f"{namespace}:webhook:"

    async def is_new(self, webhook_id: str) -> bool:
        """Whether this signed webhook comes for the first time; then it is remembered. Raises RedisError."""
        key = self._seen + hashlib.sha256(webhook_id.encode()).hexdigest()
        return bool(await self._redis.set(key, 1, nx=True, ex=REPLAY_SECONDS))

    async def ring(self, call_id: UUID) -> None:
        """Tell every worker that there may be news of this call. Raises RedisError."""
        await self._redis.publish(self._channel, str(call_id))
