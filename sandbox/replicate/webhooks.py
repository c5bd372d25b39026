"""Webhooks: the job as it is, posted on its events and signed."""

import asyncio
import base64
import hashlib
import hmac
from collections import deque

import aiohttp
import orjson

from sandbox.replicate.clock import Clock
from sandbox.replicate.faults import WEBHOOK_FAULTS, Faults
from sandbox.replicate.fetching import host_of
from sandbox.replicate.settings import SECRET_PREFIX, Settings
from sandbox.replicate.wire import JsonObject, new_id
from sandbox.stand_in.loopback import is_loopback

EVENTS = ("start", "output", "logs", "completed")
# What is told where a client names no events ("Receive webhooks").
DEFAULT_EVENTS = ("output", "logs", "completed")

_WITHIN_SECONDS = 10
# Only the end is told again to a server that refuses; the pause doubles.
_TRIES, _FIRST_PAUSE_SECONDS = 5, 0.5
_REMEMBERED = 10_000


class Webhooks:
    """Delivers the events of a job in their order. It posts to this machine only and notes what it kept back."""

    def __init__(self, settings: Settings, faults: Faults, clock: Clock) -> None:
        self._settings = settings
        self._faults = faults
        self._clock = clock
        self._deliveries: deque[JsonObject] = deque(maxlen=_REMEMBERED)
        self._queues: dict[str, deque[tuple[str, str, bytes]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def tell(self, job_id: str, url: str, event: str, body: JsonObject) -> None:
        """Send an event's body to an address, after the earlier events of its job."""
        waiting = (url, event, orjson.dumps(body))
        if job_id in self._queues:
            self._queues[job_id].append(waiting)
            return
        self._queues[job_id] = deque([waiting])
        task = asyncio.get_running_loop().create_task(self._drain(job_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def deliveries(self) -> list[JsonObject]:
        """Return what was posted: job, event, address, and the status or what went wrong."""
        return list(self._deliveries)

    async def close(self) -> None:
        """Stop delivering."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _drain(self, job_id: str) -> None:
        queue = self._queues[job_id]
        while queue:
            url, event, body = queue[0]
            await self._deliver(job_id, url, event, body)
            queue.popleft()
        del self._queues[job_id]

    async def _deliver(self, job_id: str, url: str, event: str, body: bytes) -> None:
        note: JsonObject = {"job": job_id, "event": event, "url": url, "status": None, "error": None}
        fault = self._faults.strike(WEBHOOK_FAULTS, {event})
        kind = fault.kind if fault is not None else None
        if not is_loopback(host_of(url)):
            self._deliveries.append(note | {"error": "kept back: not this machine"})
            return
        if kind == "webhook_never":
            self._deliveries.append(note | {"error": "kept back: webhook_never"})
            return
        if fault is not None and kind == "webhook_late":
            await self._clock.until(self._clock() + fault.seconds)
        secret = self._settings.webhook_secret if kind != "webhook_bad_signature" else _WRONG_SECRET
        webhook_id = f"msg_{new_id()}"
        for _ in range(2 if kind == "webhook_twice" else 1):
            await self._post_until_taken(note, url, event, webhook_id, body, secret)

    async def _post_until_taken(
        self, note: JsonObject, url: str, event: str, webhook_id: str, body: bytes, secret: str
    ) -> None:
        pause = _FIRST_PAUSE_SECONDS
        for _ in range(_TRIES if event == "completed" else 1):
            timestamp = int(self._clock())
            headers = {
                "Content-Type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signature(secret, webhook_id, timestamp, body),
            }
            outcome = await self._post(url, headers, body)
            self._deliveries.append(note | outcome)
            if outcome.get("status") is not None and outcome["status"] < 500 and outcome["status"] != 429:
                return
            await self._clock.until(self._clock() + pause)
            pause *= 2

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> JsonObject:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_WITHIN_SECONDS), connector=aiohttp.TCPConnector(limit=100)
            )
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                return {"status": answer.status}
        except (aiohttp.ClientError, TimeoutError) as error:
            return {"error": type(error).__name__}


def signature(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return a webhook's signature: HMAC-SHA256 over id, time and body ("Verify webhooks")."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


_WRONG_SECRET = SECRET_PREFIX + base64.b64encode(b"somebody else's").decode()
