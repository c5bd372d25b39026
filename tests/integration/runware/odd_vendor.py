"""A vendor that lets everyone in and then says what a test has written down for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Task = dict[str, Any]
Script = Callable[[Task], list[Any]]
"""The frames that answer one task: objects, texts as they are; a code of WebSocket, or None, ends the connection."""


@dataclass
class OddVendor:
    """A running one, and what it was asked."""

    ws_url: str = ""
    heard: list[Task] = field(default_factory=list)

    def tasks(self, task_type: str) -> list[Task]:
        return [task for task in self.heard if task["taskType"] == task_type]


def of(task: Task, **fields: Any) -> Task:
    """One item of an answer about a task."""
    return {"taskType": "imageInference", "taskUUID": task["taskUUID"], **fields}


def acknowledging(answers: Callable[[Task, int], list[Any]]) -> Script:
    """Take every order; answer the n-th question about it (from 0) so; know nothing of details."""
    count = 0

    def script(task: Task) -> list[Any]:
        nonlocal count
        match task["taskType"]:
            case "getResponse":
                count += 1
                return answers(task, count - 1)
            case "getTaskDetails":
                return [{"errors": [{"code": "internalServerError", "message": "", **task}]}]
            case _:
                return [{"data": [of(task)]}]

    return script


@asynccontextmanager
async def run_odd_vendor(script: Script) -> AsyncIterator[OddVendor]:
    vendor = OddVendor()

    async def talk(connection: ServerConnection) -> None:
        try:
            async for message in connection:
                for task in orjson.loads(message):
                    vendor.heard.append(task)
                    await answer(connection, task)
        except ConnectionClosed:
            return

    async def answer(connection: ServerConnection, task: Task) -> None:
        if task["taskType"] == "authentication":
            item = {"taskType": "authentication", "connectionSessionUUID": str(uuid4())}
            await connection.send(orjson.dumps({"data": [item]}).decode())
            return
        for frame in script(task):
            if frame is None:
                connection.transport.abort()
                return
            if isinstance(frame, int):
                await connection.close(frame)
                return
            await connection.send(frame if isinstance(frame, str) else orjson.dumps(frame).decode())

    async with serve(talk, "127.0.0.1", 0) as server:
        vendor.ws_url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/v1"
        yield vendor
