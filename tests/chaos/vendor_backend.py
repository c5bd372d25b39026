"""A backend over the stand-in vendor's HTTP: honest about what it knows, and never waiting without an end."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any, assert_never
from uuid import UUID

import aiohttp

from services.offers import Offer
from services.orders import ImageOrder
from tests.chaos.vendor import State
from workers.backends.base import (
    BackendCall,
    BackendUnreachable,
    Cancelled,
    CopyKind,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Picture,
    Progress,
    StillRunning,
    Unknown,
    VendorRef,
)

REQUEST_SECONDS = 3.0
"""After which a request without an answer has failed."""
POLL_SECONDS = 1.0
"""How long the vendor may keep a poll waiting for news."""
SILENT_POLLS = 12
"""Polls in a row without an answer, after which a call is given up for now."""
PAUSE = 0.25
"""Seconds before a vendor that does not answer is asked again."""

AWAY: tuple[type[Exception], ...] = (aiohttp.ClientError, TimeoutError, OSError)


class VendorBackend:
    """Makes pictures at the stand-in vendor. picture_seconds: how long each takes there."""

    name = "preview"
    reads_weights = False

    def __init__(self, url: str, picture_seconds: float) -> None:
        self._url = url
        self._picture_seconds = picture_seconds
        self._session: aiohttp.ClientSession | None = None

    def supports(self, order: ImageOrder, offer: Offer | None) -> bool:
        """The vendor takes everything."""
        return True

    async def submit(self, call: BackendCall, order: ImageOrder) -> VendorRef:
        """Hand the call over; a call_id that the vendor knows already is the same call. Raises BackendUnreachable."""
        wanted = {
            "call_id": str(call.call_id),
            "pictures": order.num_images,
            "seconds": self._picture_seconds * order.num_images,
            "photos": [hashlib.sha256(content).hexdigest() for content in call.inputs.values()],
        }
        try:
            status, answer = await self._ask("POST", "/jobs", json=wanted)
        except AWAY as error:
            raise BackendUnreachable(f"submit of {call.call_id}: {error!r}") from error
        if status not in (201, 409):
            raise BackendUnreachable(f"submit of {call.call_id}: status {status}")
        return VendorRef(call.call_id, str(answer["vendor_ref"]))

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        """Poll until the call ends. Raises BackendUnreachable where the vendor is away for too long."""
        silent = 0
        while True:
            _, answer = await self._status(ref.call_id, POLL_SECONDS)
            match answer:
                case Finished() | Failed():
                    yield answer
                    return
                case Progress():
                    silent = 0
                    yield answer
                case NeverHeard():
                    raise BackendUnreachable(f"{ref.vendor_ref} is a stranger to the vendor that gave the name")
                case Unknown():
                    silent += 1
                    if silent >= SILENT_POLLS:
                        raise BackendUnreachable(f"no word of {ref.vendor_ref}")
                    await asyncio.sleep(PAUSE)
                case _:
                    assert_never(answer)

    async def resolve(self, call: BackendCall) -> Finished | Failed | StillRunning | NeverHeard | Unknown:
        """What the vendor says of the call."""
        vendor_ref, answer = await self._status(call.call_id, 0)
        if isinstance(answer, Progress):
            return StillRunning(VendorRef(call.call_id, vendor_ref))
        return answer

    async def cancel(self, ref: VendorRef) -> Cancelled:
        """Ask the vendor to stop. Raises BackendUnreachable."""
        try:
            status, _ = await self._ask("POST", f"/jobs/{ref.call_id}/cancel")
        except AWAY as error:
            raise BackendUnreachable(f"cancel of {ref.call_id}: {error!r}") from error
        if status != 200:
            raise BackendUnreachable(f"cancel of {ref.call_id}: status {status}")
        return Cancelled(still_billed=True)

    async def delete_copy(self, kind: CopyKind, vendor_id: str) -> bool:
        """The vendor keeps nothing."""
        return True

    async def health(self) -> Health:
        """Whether the vendor answers."""
        try:
            status, _ = await self._ask("GET", "/health")
        except AWAY as error:
            return Health(False, repr(error))
        return Health(status == 200, f"status {status}")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _status(
        self, call_id: UUID, wait: float
    ) -> tuple[str, Progress | Finished | Failed | NeverHeard | Unknown]:
        """The vendor's own name for the call, where it tells one, and how the call stands."""
        try:
            status, answer = await self._ask("GET", f"/jobs/{call_id}", wait=wait)
        except AWAY:
            return "", Unknown()
        match status:
            case 200:
                return str(answer["vendor_ref"]), _read(answer)
            case 404:
                return "", NeverHeard()
            case _:
                return "", Unknown()

    async def _ask(
        self, method: str, path: str, *, wait: float | None = None, json: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(self._url)
        parameters = {} if wait is None else {"wait": str(wait)}
        limit = aiohttp.ClientTimeout(total=REQUEST_SECONDS + (wait or 0.0))
        async with self._session.request(method, path, params=parameters, json=json, timeout=limit) as response:
            return response.status, await response.json()


def _read(answer: dict[str, Any]) -> Progress | Finished | Failed:
    match State(answer["state"]):
        case State.RUNNING:
            return Progress(int(answer["percent"]))
        case State.FAILED:
            return Failed(ErrorKind(answer["failure_kind"]), answer["failure_code"], "the vendor says so")
        case State.FINISHED:
            pictures = tuple(
                Picture(
                    base64.b64decode(picture["content"]),
                    "image/jpeg",
                    picture["width"],
                    picture["height"],
                    picture["seed"],
                )
                for picture in answer["pictures"]
            )
            return Finished(pictures, answer["cost_microusd"])
