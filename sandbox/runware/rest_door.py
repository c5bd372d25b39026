"""The REST door `POST /v1`: an array of tasks, answered together when the last is."""

import asyncio
from contextlib import aclosing

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.runware.faults import FaultKind
from sandbox.runware.frames import NOT_JSON, Disturbance, Frame, Reply, refusal
from sandbox.runware.front import Front
from sandbox.runware.requests_seen import SeenFrame
from sandbox.runware.websocket_door import is_key, wrong_key
from sandbox.runware.wire import JsonObject, VendorError, read_tasks
from sandbox.runware.world import World

_AUTHENTICATION = {"taskType": "authentication"}


class RestDoor:
    """Lets customers in by HTTP."""

    def __init__(self, world: World, front: Front) -> None:
        self._world = world
        self._front = front

    async def post(self, request: Request) -> Response:
        """POST /v1: carry out tasks; the key is a bearer token, or an authentication task that goes first."""
        try:
            content = await request.body()
            tasks = read_tasks(content)
        except VendorError as error:
            return _json(refusal(error, {}))
        self._world.seen.note_frame(SeenFrame(self._world.clock(), "rest", list(tasks)), len(content))
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if tasks[0].get("taskType") == "authentication":
            scheme, key = "bearer", tasks.pop(0).get("apiKey", "")
        is_struck = self._world.faults.strike(FaultKind.WRONG_KEY) is not None
        if is_struck or scheme.lower() != "bearer" or not is_key(key, self._world):
            return _json(refusal(wrong_key(), _AUTHENTICATION))
        base_url = f"http://{request.headers['host']}"
        replies = await asyncio.gather(*(self._replies(task, base_url) for task in tasks))
        return self._answer(request, [reply for of_task in replies for reply in of_task])

    async def _replies(self, task: JsonObject, base_url: str) -> list[Reply]:
        async with aclosing(self._front.serve(task, base_url)) as replies:
            return [reply async for reply in replies]

    def _answer(self, request: Request, replies: list[Reply]) -> Response:
        for reply in replies:
            match reply:
                case Disturbance.GARBAGE:
                    return PlainTextResponse(NOT_JSON)
                case Disturbance.CUT:
                    return _HalfAnswer()
                case Disturbance.DROP:
                    return _NoAnswer(self._world, is_dropped=True)
                case Disturbance.SILENCE:
                    return _NoAnswer(self._world, is_dropped=False)
        frames = [reply for reply in replies if isinstance(reply, Frame)]
        for frame in frames:
            if frame.task is not None:
                self._world.ledger.note_delivery(frame.task, frame.results)
        return _json(_together(frames))


def _together(frames: list[Frame]) -> Frame:
    """Return one frame of all; its status is an error's only where nothing succeeded."""
    data = [item for frame in frames for item in frame.body.get("data", [])]
    errors = [error for frame in frames for error in frame.body.get("errors", [])]
    body: JsonObject = {"data": data} if data or not errors else {}
    if errors:
        body["errors"] = errors
    for frame in frames:
        body |= {name: value for name, value in frame.body.items() if name == "padding"}
    failed = next((frame for frame in frames if "errors" in frame.body), None)
    if failed is None or data:
        return Frame(body)
    return Frame(body, failed.status, failed.retry_after)


def _json(frame: Frame) -> Response:
    headers = {"Retry-After": str(frame.retry_after)} if frame.retry_after is not None else None
    return Response(orjson.dumps(frame.body), frame.status, headers, media_type="application/json")


class _HalfAnswer(Response):
    """An answer whose head promises more than comes: the HTTP server closes the connection then."""

    def __init__(self) -> None:
        super().__init__(b"", media_type="application/json", headers={"content-length": "4096"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b'{"data":[{"taskType":"', "more_body": True})


class _NoAnswer(Response):
    """No answer at all: the connection is broken, or stays open in silence until the customer goes."""

    def __init__(self, world: World, is_dropped: bool) -> None:
        super().__init__()
        self._world = world
        self._is_dropped = is_dropped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_dropped:
            self._world.connections.abort(scope)
        gone = asyncio.ensure_future(_until_gone(receive))
        stopped = asyncio.ensure_future(self._world.stopping.wait())
        await asyncio.wait({gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        stopped.cancel()
        if self._world.stopping.is_set():
            self._world.connections.abort(scope)
            await asyncio.sleep(0)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
