"""Creating, reading, listing and cancelling predictions and trainings."""

import asyncio
import base64
import binascii
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from sandbox.replicate.doors.bodies import NewJob, NewPrediction, NewTraining, read_body, read_deadline, read_wait
from sandbox.replicate.faults import JOB_FAULTS, LIST_FAULTS
from sandbox.replicate.jobs import Job, Kind
from sandbox.replicate.making.studio import destination_of
from sandbox.replicate.models import Model, Version, Work
from sandbox.replicate.problems import (
    Problem,
    insufficient_credit,
    invalid_input,
    invalid_version,
    not_found,
)
from sandbox.replicate.webhooks import DEFAULT_EVENTS
from sandbox.replicate.wire import answer, new_id, written
from sandbox.replicate.world import World

# What an official model's predictions show instead of a version.
_HIDDEN = "hidden"
# The caller's own mark, by which the ledger can be compared with its books.
_CALL_MARK = "dream_photo_call"


class JobRoutes:
    """`/v1/predictions`, `/v1/trainings`, and the doors of models that create them."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def create_prediction(self, request: Request) -> Response:
        """POST /v1/predictions: run a version."""
        wanted = await read_body(request, NewPrediction)
        model, version = self._world.models.resolve(wanted.version)
        if model.work is Work.TRAINING:
            raise invalid_version()
        is_by_name = wanted.version == model.key
        return await self._create(request, wanted, Kind.PREDICTION, model, version, is_by_name=is_by_name)

    async def create_by_name(self, request: Request) -> Response:
        """POST /v1/models/{owner}/{name}/predictions: run an official model; any other is a 404."""
        model = self._world.models.known(request.path_params["owner"], request.path_params["name"])
        wanted = await read_body(request, NewJob)
        if not model.is_official or model.latest is None:
            raise not_found()
        return await self._create(request, wanted, Kind.PREDICTION, model, model.latest, is_by_name=True)

    async def create_training(self, request: Request) -> Response:
        """POST …/versions/{version}/trainings: fill a destination, which must exist."""
        model = self._world.models.known(request.path_params["owner"], request.path_params["name"])
        version = self._world.models.version_of(model, request.path_params["version"])
        wanted = await read_body(request, NewTraining)
        destination = destination_of(self._world.models, wanted.destination)
        if destination is None or destination.owner != self._world.settings.username:
            raise Problem(404, "The specified training destination does not exist", "Destination not found")
        if model.work is not Work.TRAINING:
            raise Problem(422, f"{model.key} cannot be trained", "Model does not support training")
        return await self._create(
            request, wanted, Kind.TRAINING, model, version, is_by_name=False, destination=destination.key
        )

    async def read(self, request: Request) -> Response:
        """GET /v1/{kind}s/{id}."""
        return answer(self._world.jobs.view(self._named(request)))

    async def cancel(self, request: Request) -> Response:
        """POST /v1/{kind}s/{id}/cancel: what has ended stays as it is."""
        job = self._named(request)
        self._world.runner.cancel(job)
        return answer(self._world.jobs.view(job))

    async def list(self, request: Request) -> Response:
        """GET /v1/{kind}s: a page of a hundred, newest first, without logs."""
        kind = _kind_of(request)
        page, following = self._world.jobs.page(kind, _position(request.query_params.get("cursor")))
        views = [self._world.jobs.view(job) for job in page]
        for view in views:
            del view["logs"]
        following_url = (
            None if following is None else f"{_base_url(request)}/v1/{kind.door}?cursor={_cursor(following)}"
        )
        return answer({"previous": None, "next": following_url, "results": views})

    async def _create(
        self,
        request: Request,
        wanted: NewJob,
        kind: Kind,
        model: Model,
        version: Version,
        *,
        is_by_name: bool,
        destination: str | None = None,
    ) -> Response:
        world = self._world
        if reasons := model.schema.complaints(wanted.input):
            raise invalid_input(reasons)
        if world.settings.balance is not None and world.settings.balance <= 0:
            raise insufficient_credit()
        now, deadline = world.clock(), read_deadline(request)
        places = {kind.door, model.key}
        fault, lag = world.faults.strike(JOB_FAULTS, places), world.faults.strike(LIST_FAULTS, places)
        webhook = wanted.webhook or wanted.webhook_completed
        job = Job(
            id=new_id(),
            kind=kind,
            model=model.key,
            version=version.id,
            shown_version=_HIDDEN if is_by_name else version.id,
            input=wanted.input,
            base_url=_base_url(request),
            created_at=now,
            seconds=world.settings.seconds if kind is Kind.PREDICTION else world.settings.training_seconds,
            destination=destination,
            webhook=webhook,
            events=list(wanted.webhook_events_filter or (DEFAULT_EVENTS if wanted.webhook else ("completed",))),
            deadline=None if deadline is None else now + deadline,
            shown_from=now if lag is None else now + lag.seconds,
            fault=fault,
        )
        mark = wanted.input.get(_CALL_MARK)
        world.ledger.created(job.id, kind, model.key, mark if isinstance(mark, str) else None, written(now) or "")
        world.jobs.add(job)
        first = world.jobs.view(job)
        world.runner.begin(job)
        if wait := read_wait(request):
            with suppress(TimeoutError):
                await asyncio.wait_for(job.ended.wait(), wait)
            first = world.jobs.view(job)
        return answer(first, 201)

    def _named(self, request: Request) -> Job:
        job = self._world.jobs.find(_kind_of(request), request.path_params["id"])
        if job is None:
            raise not_found()
        return job


def _kind_of(request: Request) -> Kind:
    return Kind.TRAINING if request.url.path.startswith("/v1/trainings") else Kind.PREDICTION


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"p={position}".encode()).decode().rstrip("=")


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        return int(base64.urlsafe_b64decode(cursor + "==").removeprefix(b"p="))
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "Invalid cursor", "Invalid cursor") from error
