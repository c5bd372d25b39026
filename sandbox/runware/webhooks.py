"""Calls to the customer's webhook: one for each result, when it is ready."""

from urllib.parse import urlsplit

import aiohttp

from sandbox.runware.faults import CALLING_WEBHOOKS, FaultKind
from sandbox.runware.results import ResultItems, upload_item
from sandbox.runware.tasks import Task, TaskState
from sandbox.runware.wire import JsonObject, data_frame
from sandbox.runware.world import World
from sandbox.stand_in.loopback import is_loopback

_LATE_SECONDS = 5.0
_ANSWER_SECONDS = 10
_TRY_AGAIN_AFTER_SECONDS = (0.5, 2.0, 8.0)
_LOOK_AFTER_SECONDS = 0.05


class Webhooks:
    """Tells customers of their results. Calls carry no signature, as the vendor's do not."""

    def __init__(self, world: World, items: ResultItems) -> None:
        self._world = world
        self._items = items
        self._client: aiohttp.ClientSession | None = None

    def resume(self) -> None:
        """Go on with the webhooks of tasks that an earlier server left unfinished."""
        now = self._world.clock()
        for task in self._world.ledger:
            if task.request.get("webhookURL") and task.state(now) is TaskState.PROCESSING:
                self._world.spawn(self.carry_out(task))

    async def carry_out(self, task: Task) -> None:
        """Call the task's webhook for each of its results."""
        url = task.request["webhookURL"]
        if not is_loopback(urlsplit(url).hostname or ""):
            return
        if task.type == "modelUpload":
            while task.state(self._world.clock()) is TaskState.PROCESSING:
                if not await self._world.pause(_LOOK_AFTER_SECONDS):
                    return
            await self._tell(task, url, upload_item(task))
            return
        for result in task.results:
            if not await self._world.until(result.ready_at):
                return
            await self._tell(task, url, await self._items.item(task, result, is_polled=True))

    async def close(self) -> None:
        """Close the connections to customers."""
        if self._client is not None:
            await self._client.close()

    async def _tell(self, task: Task, url: str, item: JsonObject) -> None:
        fault = self._world.faults.strike(CALLING_WEBHOOKS)
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.WEBHOOK_NEVER:
            return
        if fault is not None and kind is FaultKind.WEBHOOK_LATE:
            await self._world.pause(_LATE_SECONDS if fault.seconds is None else fault.seconds)
        for _ in range(2 if kind is FaultKind.WEBHOOK_TWICE else 1):
            await self._call_until_taken(task, url, item)

    async def _call_until_taken(self, task: Task, url: str, item: JsonObject) -> None:
        for seconds in (*_TRY_AGAIN_AFTER_SECONDS, None):
            if await self._call(url, item):
                self._world.ledger.note_webhook(task)
                return
            if seconds is None or not await self._world.pause(seconds):
                return

    async def _call(self, url: str, item: JsonObject) -> bool:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
        try:
            async with self._client.post(url, json=data_frame(item), allow_redirects=False) as answer:
                return answer.ok and answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
