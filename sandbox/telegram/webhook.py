"""Delivery by webhook: each update is posted until the bot answers 2xx, in order for each person."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import orjson

from sandbox.telegram.journal import Journal
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import JsonObject, present

# Called with content type and body of a bot's 2xx answer: it may carry a call ("Making requests when
# getting updates").
AnswerReader = Callable[[str, bytes], Awaitable[None]]

_CONNECTIONS = 40
_REQUEST_TIMEOUT_SECONDS = 60
_FIRST_RETRY_SECONDS = 0.1
_LONGEST_RETRY_SECONDS = 10.0


class Webhook:
    """The webhook's settings and the task that delivers."""

    def __init__(self, updates: Updates, journal: Journal) -> None:
        self._updates = updates
        self._journal = journal
        self._settings: JsonObject = next(iter(journal.read("webhook")), {})
        self._delivery: asyncio.Task[None] | None = None
        self._read_answer: AnswerReader | None = None
        self._last_error: JsonObject = {}

    @property
    def url(self) -> str:
        """Where updates go; empty where the bot polls."""
        return str(self._settings.get("url", ""))

    def start(self, read_answer: AnswerReader) -> None:
        """Begin to deliver, if a webhook was set before the server's restart."""
        self._read_answer = read_answer
        if self.url:
            self._delivery = asyncio.get_running_loop().create_task(self._deliver())

    async def set(self, url: str, secret_token: str | None, max_connections: int, ip_address: str | None) -> None:
        """Deliver to a new address from now on, or to none where it is empty."""
        await self.stop()
        self._last_error = {}
        self._settings = present(
            url=url, secret_token=secret_token, max_connections=max_connections, ip_address=ip_address
        )
        self._journal.put("webhook", "settings", self._settings)
        self._updates.end_poll()
        if url:
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
            "has_custom_certificate": False,
            "pending_update_count": self._updates.pending_count,
        }
        if self.url:
            info["max_connections"] = self._settings.get("max_connections", _CONNECTIONS)
            info["ip_address"] = self._settings.get("ip_address", "127.0.0.1")
            info.update(self._last_error)
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def _deliver(self) -> None:
        """Post pending updates: one at a time for a person, up to max_connections people at once."""
        room = int(self._settings.get("max_connections", _CONNECTIONS))
        busy: dict[int, asyncio.Task[None]] = {}
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_REQUEST_TIMEOUT_SECONDS),
            connector=aiohttp.TCPConnector(limit=room),
        ) as session:
            try:
                while True:
                    self._updates.arrived.clear()
                    for update in self._updates.take_again():
                        await self._post(session, update)
                    for update in list(self._updates.pending()):
                        if len(busy) >= room:
                            break
                        person_id = sender_of(update)
                        if person_id not in busy:
                            busy[person_id] = asyncio.create_task(self._post_until_taken(session, update))
                    arrival = asyncio.create_task(self._updates.arrived.wait())
                    await asyncio.wait([arrival, *busy.values()], return_when=asyncio.FIRST_COMPLETED)
                    arrival.cancel()
                    busy = {person_id: task for person_id, task in busy.items() if not task.done()}
            finally:
                for task in busy.values():
                    task.cancel()
                await asyncio.gather(*busy.values(), return_exceptions=True)

    async def _post_until_taken(self, session: aiohttp.ClientSession, update: JsonObject) -> None:
        pause = _FIRST_RETRY_SECONDS
        while not await self._post(session, update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_RETRY_SECONDS)
        self._updates.confirm(update["update_id"])

    async def _post(self, session: aiohttp.ClientSession, update: JsonObject) -> bool:
        """Post one update; True where the bot took it."""
        headers = {"Content-Type": "application/json"}
        if secret := self._settings.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        try:
            async with session.post(self.url, data=orjson.dumps(update), headers=headers) as answer:
                body = await answer.read()
                if not 200 <= answer.status < 300:
                    self._note_error(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                    return False
        except (aiohttp.ClientError, TimeoutError) as error:
            self._note_error(f"Connection failed: {type(error).__name__}")
            return False
        if self._read_answer is not None and body:
            await self._read_answer(answer.headers.get("Content-Type", ""), body)
        return True

    def _note_error(self, message: str) -> None:
        self._last_error = {"last_error_date": int(time.time()), "last_error_message": message}


def sender_of(update: JsonObject) -> int:
    """Return the id of the person from whom an update comes."""
    body = next(value for name, value in update.items() if name != "update_id")
    sender = body.get("from") or body.get("user") or body["chat"]
    return int(sender["id"])
