"""Delivery by webhook: each update is posted until the bot answers 2xx, in order within its queue.

As in telegram-bot-api's WebhookActor: messages of a chat are one queue, presses of a person another, and so on; a
refused update comes again at once, then after 2, 4, 8 … seconds, or when the answer's Retry-After says.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

import aiohttp
import orjson

from sandbox.stand_in.journal import Journal
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import JsonObject

# Called with content type and body of a bot's 2xx answer: it may carry a call ("Making requests when
# getting updates").
AnswerReader = Callable[[str, bytes], Awaitable[None]]
_Queue = tuple[str, int]

CONNECTIONS = 40
_REQUEST_TIMEOUT_SECONDS = 60
_LONGEST_RETRY_SECONDS = 60
_LONGEST_RETRY_AFTER_SECONDS = 3600
_MESSAGES = frozenset({"message", "edited_message"})


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What setWebhook sets; an empty address is no webhook. A certificate is noted, and nothing is checked by it."""

    url: str = ""
    secret_token: str | None = None
    max_connections: int = CONNECTIONS
    ip_address: str | None = None
    has_certificate: bool = False


class Webhook:
    """The webhook's settings and the task that delivers. `retry_scale` multiplies the pauses before a retry."""

    def __init__(self, updates: Updates, journal: Journal, clock: Callable[[], float]) -> None:
        self._updates = updates
        self._journal = journal
        self._clock = clock
        self._settings = next((WebhookSettings(**record) for record in journal.read("webhook")), WebhookSettings())
        self._delivery: asyncio.Task[None] | None = None
        self._read_answer: AnswerReader | None = None
        self._last_error: JsonObject = {}
        self._retry_scale = 1.0
        self._rescaled = asyncio.Event()

    @property
    def url(self) -> str:
        """Where updates go; empty where the bot polls."""
        return self._settings.url

    @property
    def retry_scale(self) -> float:
        """By how much the pauses before a retry are multiplied."""
        return self._retry_scale

    @retry_scale.setter
    def retry_scale(self, scale: float) -> None:
        self._retry_scale = scale
        # Who waits by the old scale tries now.
        self._rescaled.set()
        self._rescaled = asyncio.Event()

    def start(self, read_answer: AnswerReader) -> None:
        """Begin to deliver, if a webhook was set before the server's restart."""
        self._read_answer = read_answer
        if self.url:
            self._delivery = asyncio.get_running_loop().create_task(self._deliver())

    @property
    def settings(self) -> WebhookSettings:
        """How the webhook is set."""
        return self._settings

    async def set(self, settings: WebhookSettings) -> None:
        """Deliver to a new address from now on, or to none where it is empty."""
        await self.stop()
        self._last_error = {}
        self._settings = settings
        url = settings.url
        self._journal.put("webhook", "settings", asdict(settings))
        if url:
            self._updates.end_poll("terminated by setWebhook request")
            self._delivery = asyncio.get_running_loop().create_task(self._deliver())

    async def stop(self) -> None:
        """Stop delivering; what was not confirmed stays queued."""
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
            self._delivery = None

    def info(self) -> JsonObject:
        """Return the webhook as the Bot API's WebhookInfo."""
        info: JsonObject = {
            "url": self.url,
            "has_custom_certificate": self._settings.has_certificate,
            "pending_update_count": self._updates.pending_count,
        }
        if self.url:
            info["max_connections"] = self._settings.max_connections
            info["ip_address"] = self._settings.ip_address or "127.0.0.1"
            info.update(self._last_error)
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def _deliver(self) -> None:
        """Post pending updates: one at a time in a queue, up to max_connections queues at once."""
        room = asyncio.Semaphore(self._settings.max_connections)
        queues: dict[_Queue, deque[JsonObject]] = {}
        running: set[asyncio.Task[None]] = set()
        loaded = 0
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_REQUEST_TIMEOUT_SECONDS), connector=aiohttp.TCPConnector(limit=0)
        ) as session:
            try:
                while True:
                    self._updates.arrived.clear()
                    for update in self._updates.take_again():
                        await self._post(session, update)
                    for update in self._updates.pending_after(loaded):
                        loaded = update["update_id"]
                        name = queue_of(update)
                        if name in queues:
                            queues[name].append(update)
                            continue
                        queues[name] = deque([update])
                        task = asyncio.create_task(self._drain(session, queues, name, room))
                        running.add(task)
                        task.add_done_callback(running.discard)
                    await self._updates.arrived.wait()
            finally:
                left = list(running)
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    async def _drain(
        self,
        session: aiohttp.ClientSession,
        queues: dict[_Queue, deque[JsonObject]],
        name: _Queue,
        room: asyncio.Semaphore,
    ) -> None:
        queue = queues[name]
        while queue:
            await self._post_until_taken(session, queue[0], room)
            queue.popleft()
        del queues[name]

    async def _post_until_taken(
        self, session: aiohttp.ClientSession, update: JsonObject, room: asyncio.Semaphore
    ) -> None:
        failures, pause = 0, 1.0
        while self._updates.is_pending(update["update_id"]):
            async with room:
                retry_after = await self._post(session, update)
            if retry_after is None:
                self._updates.confirm(update["update_id"])
                return
            if not retry_after and failures:
                pause = min(pause * 2, random.uniform(_LONGEST_RETRY_SECONDS, 2 * _LONGEST_RETRY_SECONDS))
                retry_after = pause
            failures += 1
            await self._pause(retry_after)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rescaled.wait(), seconds * self._retry_scale)

    async def _post(self, session: aiohttp.ClientSession, update: JsonObject) -> float | None:
        """Post one update; None where the bot took it, else its Retry-After in seconds, 0 where it says none."""
        headers = {"Content-Type": "application/json"}
        if secret := self._settings.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        try:
            async with session.post(
                self.url, data=orjson.dumps(update), headers=headers, allow_redirects=False
            ) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:
                    self._note_error(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                    wanted = answer.headers.get("Retry-After", "")
                    return float(min(int(wanted), _LONGEST_RETRY_AFTER_SECONDS)) if wanted.isdecimal() else 0.0
        except TimeoutError:
            self._note_error("Read timeout expired")
            return 0.0
        except aiohttp.ClientConnectorError:
            self._note_error("Connection refused")
            return 0.0
        except aiohttp.ClientError as error:
            self._note_error(f"Connection failed: {type(error).__name__}")
            return 0.0
        if self._read_answer is not None and body:
            await self._read_answer(answer.headers.get("Content-Type", ""), body)
        return None

    def _note_error(self, message: str) -> None:
        self._last_error = {"last_error_date": int(self._clock()), "last_error_message": message}


def queue_of(update: JsonObject) -> _Queue:
    """Return the queue in which an update keeps its order: of its kind, and of its person."""
    kind, body = next((name, value) for name, value in update.items() if name != "update_id")
    sender = body.get("from") or body.get("user") or body["chat"]
    return "message" if kind in _MESSAGES else kind, int(sender["id"])
