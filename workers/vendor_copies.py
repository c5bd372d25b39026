"""Deletes at vendors what of people's photos and models must not lie there any more."""

import asyncio
from collections.abc import Mapping
from typing import Literal, Protocol

import structlog

from repository.vendor_copies import CopyKind, VendorCopy
from services.models.vendor_copies import VendorCopies
from services.repeated import keep_repeating
from workers.backends.base import BackendUnreachable

INTERVAL = 10.0
"""Seconds between two looks."""
PATIENCE = 60.0
"""Seconds for one deletion."""

_log = structlog.get_logger(__name__)


class DeletesCopies(Protocol):
    """What is asked of a backend here."""

    async def delete_copy(self, kind: Literal["photos", "model"], vendor_id: str) -> bool:
        """As in `Backend`."""


async def keep_deleting(
    copies: VendorCopies, backends: Mapping[str, DeletesCopies], interval: float = INTERVAL
) -> None:
    """Delete what is due until cancelled, a vendor that cannot be reached again and again.

    backends: by their names; what lies at another one waits until that is set up again.
    """
    await keep_repeating("copies", lambda: delete_due(copies, backends), interval)


async def delete_due(copies: VendorCopies, backends: Mapping[str, DeletesCopies]) -> int:
    """Mark what is of no use any more, and try once whatever is due; returns how many copies were closed."""
    if orphans := await copies.doom_unused():
        _log.info("copies.doomed", copies=orphans)
    closed = 0
    while due := await copies.claim():
        for copy in due:
            closed += await _delete(copies, copy, backends.get(copy.backend))
    return closed


async def _delete(copies: VendorCopies, copy: VendorCopy, backend: DeletesCopies | None) -> bool:
    """Try once; whether it is settled now."""
    if backend is None:
        await copies.failed(copy, "this backend is not set up")
        _log.warning("copy.no_backend", copy_id=copy.copy_id, backend=copy.backend, attempt=copy.attempt)
        return False
    kind: Literal["photos", "model"] = "photos" if copy.kind is CopyKind.PHOTOS else "model"
    try:
        async with asyncio.timeout(PATIENCE):
            is_gone = await backend.delete_copy(kind, copy.vendor_id)
    except (BackendUnreachable, TimeoutError) as error:
        await copies.failed(copy, str(error) or "no answer in time")
        _log.warning("copy.not_deleted", copy_id=copy.copy_id, backend=copy.backend, attempt=copy.attempt)
        return False
    except Exception as error:  # noqa: BLE001 - one copy's fault takes neither the others nor the worker with it
        await copies.failed(copy, f"our fault: {type(error).__name__}")
        _log.exception("copy.broken", copy_id=copy.copy_id, backend=copy.backend, attempt=copy.attempt)
        return False
    if is_gone:
        await copies.deleted(copy)
    else:
        await copies.stays(copy, "the vendor offers no way to delete it, or does not tell its name")
    _log.info("copy.closed", copy_id=copy.copy_id, backend=copy.backend, deleted=is_gone)
    return True
