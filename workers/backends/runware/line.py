"""One connection to the vendor: opened and signed in once, lost once, never mended.

The SDK sends what it holds again when it opens a connection anew. A transport of ours is opened once and told never to
reconnect, so there is nothing it could send a second time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from runware import RuntimeDependencies, RunwareError
from runware.config import create_config
from runware.transport.websocket import WebSocketTransport, WsResponse
from websockets.exceptions import WebSocketException

from workers.backends.base import BackendUnreachable, ErrorKind, Failed
from workers.backends.runware.refusals import Refusals
from workers.backends.runware.wire import OPEN_PATIENCE, Task, VendorConnection, open_connection

_AUTH_PATIENCE_MS = 5_000
_log = structlog.get_logger(__name__)

Listener = Callable[["Heard"], None]
"""Called with every frame that may concern a task; it must not begin or end listening itself."""


class LineRefused(Exception):
    """No connection could be opened; nothing was sent."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame, as it concerns one task."""

    items: list[Task] = field(default_factory=list)
    """Items that name the task."""
    errors: list[Task] = field(default_factory=list)
    """Errors that name the task."""
    is_doubtful: bool = False
    """There are errors that name another task or none: they may mean anything."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the vendor is, and the key to it."""

    ws_url: str
    api_key: str = field(repr=False)


class Line:
    """One open connection. `load` is how many calls depend on it."""

    def __init__(self, transport: WebSocketTransport, connection: VendorConnection) -> None:
        self.load = 0
        self.when_lost: list[Callable[[], None]] = []
        """Called once, when nothing can be sent any more."""
        self._is_lost = False
        self._transport = transport
        self._connection = connection
        transport.subscribe_to_task(f"line-{uuid4()}", self._hear_loss)

    @classmethod
    async def open(cls, access: Access, refusals: Refusals) -> "Line":
        """Connect and sign in, once. Raises LineRefused."""
        opened: list[VendorConnection] = []

        async def connect(url: str) -> VendorConnection:
            opened.append(await open_connection(url))
            return opened[-1]

        transport = WebSocketTransport(
            create_config(
                api_key=access.api_key,
                transport="websocket",
                ws_base_url=access.ws_url,
                max_reconnect_attempts=0,
                auth_timeout=_AUTH_PATIENCE_MS,
                dependencies=RuntimeDependencies(ws_connect=connect),
            )
        )
        try:
            async with asyncio.timeout(OPEN_PATIENCE + _AUTH_PATIENCE_MS / 1000):
                await transport.connect()
        except (RunwareError, WebSocketException, OSError, TimeoutError, RuntimeError) as error:
            await transport.disconnect()
            code = opened[-1].first_error if opened else None
            failure = Failed(ErrorKind.VENDOR, "unreachable", refusals.cleaned(error))
            if code is not None:
                failure = refusals.failure({"code": code, "message": str(error)})
                if failure.kind is ErrorKind.ORDER:  # no order was sent yet
                    failure = Failed(ErrorKind.VENDOR, "unreachable", failure.message)
            raise LineRefused(failure) from None
        except BaseException:
            await transport.disconnect()
            raise
        return cls(transport, opened[-1])

    @property
    def is_open(self) -> bool:
        """Whether something can be sent."""
        return self._transport.is_connected and not self._is_lost

    @property
    def heard_at(self) -> float:
        """`time.monotonic()` of the last frame that came."""
        return self._connection.heard_at

    async def send(self, tasks: list[Task]) -> None:
        """Send tasks in one frame. Raises BackendUnreachable where they may have got lost."""
        if not self.is_open:
            raise BackendUnreachable("the connection is lost")
        try:
            await self._transport.send_request(tasks)
        except (RunwareError, WebSocketException, OSError) as error:
            raise BackendUnreachable(f"the connection broke: {type(error).__name__}") from None
        if not self.is_open:
            raise BackendUnreachable("the connection broke")

    def listen(self, task_uuid: str, listener: Listener) -> None:
        """Have a listener called for the frames that may concern a task; one for each task."""
        self._transport.subscribe_to_task(task_uuid, lambda frame: listener(_heard(task_uuid, frame)))

    def leave(self, task_uuid: str) -> None:
        """Listen for a task no more."""
        self._transport.unsubscribe_from_task(task_uuid)

    @asynccontextmanager
    async def inbox(self, task_uuid: str) -> AsyncIterator["asyncio.Queue[Heard]"]:
        """Listen for a task into a queue for as long as the block runs."""
        inbox: asyncio.Queue[Heard] = asyncio.Queue()
        self.listen(task_uuid, inbox.put_nowait)
        try:
            yield inbox
        finally:
            self.leave(task_uuid)

    async def ping(self) -> None:
        """Ask whether the vendor is there, and wait for its answer. Raises BackendUnreachable."""
        pong = self._connection.next_pong()
        try:
            await self.send([{"taskType": "ping", "ping": True}])
            await pong
        finally:
            pong.cancel()

    async def close(self) -> None:
        """End the connection; who still listens hears of it."""
        self._lose()
        with suppress(Exception):  # the SDK's own end of a connection that may be half gone
            await self._transport.disconnect()

    def _hear_loss(self, _: WsResponse) -> None:
        if not self._transport.is_connected and not self._is_lost:
            _log.info("runware.line_lost", load=self.load)
            self._lose()

    def _lose(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            for tell in self.when_lost:
                tell()


def _heard(task_uuid: str, frame: WsResponse) -> Heard:
    told = frame.get("error") or frame.get("errors")
    if told:
        errors: list[Task] = list(told if isinstance(told, list) else [told])
        own = [error for error in errors if error.get("taskUUID") == task_uuid]
        return Heard(errors=own, is_doubtful=not own)
    return Heard(items=list(frame.get("data", [])))
