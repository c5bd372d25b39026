"""Signed links to the weights of a version: what a vendor that serves it fetches them by."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LIFETIME = timedelta(hours=2)
"""Longer than a training may take: a vendor that queues comes in time."""

WeightsUrl = Callable[[int], str]
"""The address of a version's weights, for whoever is given it."""


def sign_link(secret: str, version_id: int, expires: int) -> str:
    """A token that only this house can make: 64 hexadecimal digits. expires in Unix seconds."""
    digest = hmac.new(secret.encode(), f"weights:{version_id}:{expires}".encode(), hashlib.sha256)
    return digest.hexdigest()


def is_link_valid(secret: str, version_id: int, expires: int, signature: str, now: datetime) -> bool:
    """Whether this house gave the link out and it still holds; compared in constant time."""
    is_ours = hmac.compare_digest(sign_link(secret, version_id, expires).encode(), signature.encode())
    return is_ours and now.timestamp() < expires


def weights_url(base_url: str, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> WeightsUrl:
    """Links below the public address of this API."""

    def of_version(version_id: int) -> str:
        expires = int((now() + LIFETIME).timestamp())
        signature = sign_link(secret, version_id, expires)
        return f"{base_url}/files/weights/{version_id}?expires={expires}&signature={signature}"

    return of_version
