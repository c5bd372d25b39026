"""WebSocket sessions: one outlives its connection, and what could not be sent waits for it to be resumed."""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sandbox.runware.frames import Frame
from sandbox.runware.wire import new_uuid

# Sends a frame and tells whether the connection took it.
Send: TypeAlias = Callable[[Frame], Awaitable[bool]]
_SESSIONS_KEPT = 1000
_FRAMES_KEPT = 200


class Session:
    """One customer's session and what waits for it."""

    def __init__(self) -> None:
        self.uuid = new_uuid()
        self._send: Send | None = None
        self._backlog: deque[Frame] = deque(maxlen=_FRAMES_KEPT)

    async def deliver(self, frame: Frame) -> None:
        """Send a frame over the present connection, or keep it for the next."""
        if self._send is None or not await self._send(frame):
            self._backlog.append(frame)

    def attach(self, send: Send) -> None:
        """Go on over a new connection."""
        self._send = send

    async def catch_up(self) -> None:
        """Send what was kept, oldest first."""
        waiting, self._backlog = list(self._backlog), deque(maxlen=_FRAMES_KEPT)
        for frame in waiting:
            await self.deliver(frame)


class Sessions:
    """The latest sessions by their uuid; they end with the server."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def open(self, resumed: object) -> Session:
        """Return the session that is to be resumed, or a new one where there is none."""
        session = self._sessions.get(resumed) if isinstance(resumed, str) else None
        if session is None:
            session = Session()
            self._sessions[session.uuid] = session
            if len(self._sessions) > _SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        return session
