"""Models and their versions, and the account they belong to."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sandbox.replicate.doors.bodies import NewModel, read_body
from sandbox.replicate.models import Model
from sandbox.replicate.problems import already_exists, forbidden, invalid_body, not_found
from sandbox.replicate.wire import answer
from sandbox.replicate.world import World

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class ModelRoutes:
    """`/v1/models`, `/v1/account` and the webhooks' secret."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        """POST /v1/models: make a destination for trainings, under the account's own name."""
        wanted = await read_body(request, NewModel)
        if wanted.owner != self._world.settings.username:
            raise forbidden(f"You do not have permission to create a model under {wanted.owner}")
        if not _NAME.fullmatch(wanted.name):
            raise invalid_body(["name must contain only lowercase letters, numbers, dashes, underscores or periods"])
        if self._world.models.find(wanted.owner, wanted.name) is not None:
            raise already_exists()
        model = self._world.models.create(wanted.owner, wanted.name, wanted.visibility, wanted.description)
        return answer(model.view(), 201)

    async def read(self, request: Request) -> Response:
        """GET /v1/models/{owner}/{name}."""
        return answer(self._named(request).view())

    async def versions(self, request: Request) -> Response:
        """GET …/versions, newest first; an official model keeps its versions to itself, which is a 404."""
        model = self._named(request)
        if model.is_official:
            raise not_found()
        views = [model.version_view(version) for version in reversed(model.versions)]
        return answer({"previous": None, "next": None, "results": views})

    async def version(self, request: Request) -> Response:
        """GET …/versions/{version}."""
        model = self._named(request)
        return answer(model.version_view(self._world.models.version_of(model, request.path_params["version"])))

    async def delete_version(self, request: Request) -> Response:
        """DELETE …/versions/{version}: a trained one goes with its weights; others cannot be deleted."""
        model = self._named(request)
        version = self._world.models.version_of(model, request.path_params["version"])
        if model.owner != self._world.settings.username:
            raise forbidden(f"You do not have permission to delete a version of {model.key}")
        self._world.models.delete(model, version)
        if version.weights is not None:
            self._world.outputs.delete(version.weights.rpartition("/")[2])
        return Response(status_code=202)

    async def account(self, request: Request) -> Response:
        """GET /v1/account."""
        username = self._world.settings.username
        return answer({"type": "organization", "username": username, "name": username, "github_url": None})

    async def webhook_secret(self, request: Request) -> Response:
        """GET /v1/webhooks/default/secret."""
        return answer({"key": self._world.settings.webhook_secret})

    def _named(self, request: Request) -> Model:
        return self._world.models.known(request.path_params["owner"], request.path_params["name"])
