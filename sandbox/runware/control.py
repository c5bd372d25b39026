"""The control API `/sim`: what tests and people see and change."""

from dataclasses import asdict
from typing import Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.runware.faults import FaultKind
from sandbox.runware.gallery import file_name
from sandbox.runware.tasks import GENERATING_TYPES, Task
from sandbox.runware.wire import Json, JsonObject
from sandbox.runware.world import World


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SettingsChange(_Body):
    """What changes; what is not named stays. `side` null gives pictures their asked sizes again."""

    api_key: str | None = Field(default=None, min_length=1)
    seconds: float | None = Field(default=None, ge=0, le=86_400)
    seconds_by_type: dict[str, float] | None = None
    progress_steps: int | None = Field(default=None, ge=1, le=100)
    side: int | None = Field(default=None, ge=8, le=2048)
    failures_in: Literal["data", "errors"] | None = None
    balance: float | None = None


class NewFault(_Body):
    """A fault to be set."""

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    where: str | None = None
    seconds: float | None = Field(default=None, ge=0)
    status: int | None = Field(default=None, ge=400, le=599)
    code: str | None = None
    message: str | None = None
    location: str | None = None


_BodyT = TypeVar("_BodyT", bound=_Body)


class Refused(Exception):
    """A control request that makes no sense; its text says why."""


class Control:
    """The routes under `/sim`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def ledger(self, request: Request) -> Response:
        """GET /sim/ledger: every task ever taken, oldest first, and what it cost; `last` shows only so many."""
        try:
            last = int(request.query_params.get("last", 0))
        except ValueError as error:
            raise Refused("last must be a number") from error
        ledger = self._world.ledger
        shown = [self._row(task) for task in list(ledger)[-last:]]
        totals = {"count": len(ledger), "billed": round(ledger.billed, 6), "balance": self._world.balance}
        return _json({"tasks": shown, **totals})

    async def requests(self, request: Request) -> Response:
        """GET /sim/requests: the last frames that came, and how many came in all."""
        seen = self._world.seen
        return _json({"frames": seen.frames(), "count": seen.frame_count, "task_types": seen.task_types()})

    async def downloads(self, request: Request) -> Response:
        """GET /sim/files/requests: the last fetches of files, and how many there were in all."""
        seen = self._world.seen
        return _json({"requests": [asdict(fetch) for fetch in seen.fetches], "count": seen.fetch_count})

    async def settings(self, request: Request) -> Response:
        """GET /sim/settings: how the server is set. The key is shown: it opens nothing but this sandbox."""
        return _json(self._settings())

    async def change_settings(self, request: Request) -> Response:
        """POST /sim/settings: change what is named; ends with the server."""
        wanted = await _read(request, SettingsChange)
        for name in wanted.model_fields_set - {"balance"}:
            value = getattr(wanted, name)
            if value is not None or name == "side":
                setattr(self._world.settings, name, value)
        if wanted.balance is not None:
            self._world.set_balance(wanted.balance)
        return _json(self._settings())

    async def faults(self, request: Request) -> Response:
        """GET /sim/faults: every fault with what it has struck and still will."""
        return _json({"faults": self._world.faults.view(), "kinds": list(FaultKind)})

    async def add_fault(self, request: Request) -> Response:
        """POST /sim/faults: make the next matching requests fail."""
        wanted = await _read(request, NewFault)
        return _json(asdict(self._world.faults.add(**wanted.model_dump())), 201)

    async def clear_faults(self, request: Request) -> Response:
        """DELETE /sim/faults: drop all faults and their counts."""
        self._world.faults.clear()
        return _json({"faults": []})

    def _row(self, task: Task) -> JsonObject:
        now = self._world.clock()
        made = [result for result in task.results if result.error is None and result.ready_at <= now]
        files = [f"/files/{file_name(task, result)}" for result in made] if task.type in GENERATING_TYPES else []
        return {**task.row(now), "files": files}

    def _settings(self) -> JsonObject:
        return {**asdict(self._world.settings), "balance": self._world.balance}


async def refused(_: Request, error: Exception) -> Response:
    """Answer a control request that makes no sense."""
    assert isinstance(error, Refused)
    return _json({"error": str(error)}, 400)


async def _read(request: Request, kind: type[_BodyT]) -> _BodyT:
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        raise Refused(str(error)) from error


def _json(body: Json, status: int = 200) -> Response:
    content: Any = orjson.dumps(body, default=str)
    return Response(content, status, media_type="application/json")
