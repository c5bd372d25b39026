"""The WebSocket at `/v1`: authentication first, then frames of tasks, answered as they are ready."""

import asyncio
import secrets
from contextlib import aclosing

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.runware.checks import missing
from sandbox.runware.faults import AUTHENTICATING, FaultKind
from sandbox.runware.frames import NOT_JSON, Disturbance, Frame, answer, refusal
from sandbox.runware.front import Front
from sandbox.runware.requests_seen import SeenFrame
from sandbox.runware.sessions import Session
from sandbox.runware.wire import JsonObject, VendorError, read_tasks
from sandbox.runware.world import World


class WebSocketDoor:
    """Lets customers in by WebSocket."""

    def __init__(self, world: World, front: Front) -> None:
        self._world = world
        self._front = front

    async def connect(self, socket: WebSocket) -> None:
        """Serve one connection to its end."""
        await socket.accept()
        await _Visit(self._world, self._front, socket).run()


class _Visit:
    """One connection. Work that it began goes on when it ends; its frames wait in the session then."""

    def __init__(self, world: World, front: Front, socket: WebSocket) -> None:
        self._world = world
        self._front = front
        self._socket = socket
        self._session: Session | None = None
        self._is_open = True
        self._base_url = f"http://{socket.headers['host']}"

    async def run(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                self._is_open = False
                return
            await self._read(message.get("text") or message.get("bytes") or b"")

    async def _read(self, content: str | bytes) -> None:
        try:
            tasks = read_tasks(content)
        except VendorError as error:
            await self._send(refusal(error, {}))
            return
        self._world.seen.note_frame(SeenFrame(self._world.clock(), "websocket", list(tasks)), len(content))
        for task in tasks:
            if task.get("taskType") == "authentication":
                await self._authenticate(task)
            elif self._session is None:
                await self._send(refusal(_unknown_customer(), task))
            elif task.get("taskType") == "getResponse" and not self._world.faults.are_waiting:
                await self._serve(task, self._session)
            else:
                self._world.spawn(self._serve(task, self._session))
                # Let it be taken before a poll for it, which may be in the next frame already, is read.
                await asyncio.sleep(0)

    async def _authenticate(self, task: JsonObject) -> None:
        fault = self._world.faults.strike(AUTHENTICATING)
        if fault is not None and fault.kind is FaultKind.AUTH_SILENT:
            return
        key = task.get("apiKey")
        if key is None:
            await self._send(refusal(missing("apiKey"), task))
        elif fault is not None or not is_key(key, self._world):
            await self._send(refusal(wrong_key(), task))
        else:
            self._session = self._world.sessions.open(task.get("connectionSessionUUID"))
            await self._send(answer({"taskType": "authentication", "connectionSessionUUID": self._session.uuid}))
            self._session.attach(self._send)
            await self._session.catch_up()

    async def _serve(self, task: JsonObject, session: Session) -> None:
        async with aclosing(self._front.serve(task, self._base_url)) as replies:
            async for reply in replies:
                match reply:
                    case Frame():
                        await session.deliver(reply)
                    case Disturbance.GARBAGE:
                        await self._send_text(NOT_JSON)
                    case Disturbance.CUT:
                        self._is_open = False
                        self._world.connections.cut_frame(self._socket.scope)
                    case Disturbance.DROP:
                        self._is_open = False
                        self._world.connections.abort(self._socket.scope)
                    case Disturbance.SILENCE:
                        return

    async def _send(self, frame: Frame) -> bool:
        is_sent = await self._send_text(frame.encoded())
        if is_sent and frame.task is not None:
            self._world.ledger.note_delivery(frame.task, frame.results)
        return is_sent

    async def _send_text(self, content: str) -> bool:
        if self._is_open:
            try:
                await self._socket.send_text(content)
            except (WebSocketDisconnect, RuntimeError):
                self._is_open = False
        return self._is_open


def is_key(given: object, world: World) -> bool:
    """Tell whether a key is the customer's."""
    return isinstance(given, str) and secrets.compare_digest(given.encode(), world.settings.api_key.encode())


def _unknown_customer() -> VendorError:
    return VendorError("missingAuthentication", "Authenticate before sending tasks.", status=401)


def wrong_key() -> VendorError:
    """The answer to a key that is not the customer's."""
    return VendorError("invalidApiKey", "Invalid API key.", parameter="apiKey", status=401)
