"""What the vendor does with one task, by its type."""

from collections.abc import AsyncGenerator

from sandbox.runware import checks
from sandbox.runware.checks import invalid, missing
from sandbox.runware.frames import Frame, answer
from sandbox.runware.media import BadMedia, fetch_or_decode
from sandbox.runware.results import ResultItems, acknowledgement, upload_item
from sandbox.runware.taking import Taking
from sandbox.runware.tasks import GENERATING_TYPES, Task, TaskState
from sandbox.runware.uploads import Uploads
from sandbox.runware.validation import task_uuid
from sandbox.runware.webhooks import Webhooks
from sandbox.runware.wire import JsonObject, VendorError, data_frame
from sandbox.runware.world import World

_SEARCH_PAGE = 20
_ORGANIZATION = {"organizationName": "Sandbox", "organizationUUID": "5a1db0c5-0000-4000-8000-000000000000"}


class Desk:
    """Answers tasks with frames. Errors are raised as VendorError."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taking = Taking(world)
        self._items = ResultItems(world.gallery)
        self.uploads = Uploads(world)
        self.webhooks = Webhooks(world, self._items)

    async def frames(self, task: JsonObject, base_url: str) -> AsyncGenerator[Frame, None]:
        """Answer a task: one frame for most, one for each result of a synchronous one, as they are ready."""
        match task.get("taskType"):
            case str(name) if name in GENERATING_TYPES:
                async for frame in self._generate(task, base_url):
                    yield frame
            case "modelUpload":
                yield self._upload(task, base_url)
            case "getResponse":
                yield await self._response(task)
            case "getTaskDetails":
                yield await self._details(task)
            case "accountManagement":
                yield self._account(task)
            case "modelSearch":
                yield self._model_search(task)
            case "mediaStorage":
                yield await self._media_storage(task, base_url)
            case "imageUpload":
                yield await self._image_upload(task, base_url)
            case "ping":
                yield answer({"taskType": "ping", "pong": True})
            case None:
                raise missing("taskType")
            case _:
                raise invalid("taskType", "The sandbox does not know this type of task.")

    async def _generate(self, request: JsonObject, base_url: str) -> AsyncGenerator[Frame, None]:
        world = self._world
        task = await self._taking.work(request, base_url)
        if "webhookURL" in request:
            world.spawn(self.webhooks.carry_out(task))
        if request.get("deliveryMethod", "sync") == "async":
            yield answer(acknowledgement(task))
            return
        for result in task.results:
            if not await world.until(result.ready_at):
                return
            yield self._results(task, [await self._items.item(task, result)], 1)

    def _upload(self, request: JsonObject, base_url: str) -> Frame:
        task = self._taking.upload(request, base_url)
        first = answer(upload_item(task))
        self._world.spawn(self.uploads.carry_out(task))
        if "webhookURL" in request:
            self._world.spawn(self.webhooks.carry_out(task))
        return first

    async def _response(self, request: JsonObject) -> Frame:
        task = self._taken(request)
        items, results = await self._items.state(task, self._world.clock(), self._world.settings.progress_steps)
        return self._results(task, items, results)

    def _results(self, task: Task, items: list[JsonObject], count: int) -> Frame:
        """Return a frame of results, with the failed ones where the settings want them."""
        if self._world.settings.failures_in == "data":
            return Frame(data_frame(*items), task=task, results=count)
        body = data_frame(*(item for item in items if item.get("status") != "error"))
        failed = [item for item in items if item.get("status") == "error"]
        if failed:
            body["errors"] = [
                {**item["error"], "taskType": item["taskType"], "taskUUID": item["taskUUID"]} for item in failed
            ]
        return Frame(body, task=task, results=count)

    async def _details(self, request: JsonObject) -> Frame:
        task, now = self._taken(request), self._world.clock()
        items, _ = await self._items.state(task, now, self._world.settings.progress_steps)
        failed = task.state(now) is TaskState.ERROR and task.type != "modelUpload"
        response: JsonObject = {"errors": [item["error"] for item in items]} if failed else data_frame(*items)
        details = {"taskType": "getTaskDetails", "taskUUID": task.uuid, "request": [task.request]}
        return answer({**details, "response": response})

    def _account(self, request: JsonObject) -> Frame:
        task_uuid(request)
        checks.one_of(request, "operation", ("getDetails",), is_required=True)
        head = {"taskType": "accountManagement", "taskUUID": request["taskUUID"], "operation": "getDetails"}
        return answer({**head, **_ORGANIZATION, "balance": self._world.balance, "team": [], "apiKeys": []})

    def _model_search(self, request: JsonObject) -> Frame:
        task_uuid(request)
        words = checks.text(request, "search", is_required=True)
        checks.one_of(request, "category", ("checkpoint", "lora", "lycoris", "vae", "embeddings"))
        checks.one_of(request, "visibility", ("public", "private", "all"))
        offset = checks.whole_number(request, "offset", 0, 1_000_000) or 0
        limit = checks.whole_number(request, "limit", 1, 100) or _SEARCH_PAGE
        visibility = request.get("visibility", "all")
        found = self._world.catalogue.search(words or "", request.get("category"), visibility)
        results = [{"air": model.air, "name": model.name, "category": model.category} for model in found]
        head = {"taskType": "modelSearch", "taskUUID": request["taskUUID"]}
        return answer({**head, "results": results[offset : offset + limit], "totalResults": len(found)})

    async def _media_storage(self, request: JsonObject, base_url: str) -> Frame:
        task_uuid(request)
        checks.one_of(request, "operation", ("upload", "delete"), is_required=True)
        operation, reference = request["operation"], request.get("media") or request.get("mediaUUID")
        if not isinstance(reference, str) or not reference:
            raise missing("media")
        head = {"taskType": "mediaStorage", "taskUUID": request["taskUUID"], "operation": operation}
        if operation == "delete":
            if not self._world.media.delete(reference):
                raise VendorError("mediaNotFound", "There is no media with this UUID.", parameter="media", status=404)
            return answer({**head, "mediaUUID": reference})
        media_uuid = await self._store(reference, "media")
        return answer({**head, "mediaUUID": media_uuid, "mediaURL": self._address(media_uuid, base_url)})

    async def _image_upload(self, request: JsonObject, base_url: str) -> Frame:
        task_uuid(request)
        reference = request.get("image")
        if not isinstance(reference, str) or not reference:
            raise missing("image")
        media_uuid = await self._store(reference, "image")
        head = {"taskType": "imageUpload", "taskUUID": request["taskUUID"]}
        return answer({**head, "imageUUID": media_uuid, "imageURL": self._address(media_uuid, base_url)})

    async def _store(self, reference: str, parameter: str) -> str:
        try:
            return self._world.media.store(await fetch_or_decode(reference))
        except BadMedia as error:
            raise invalid(parameter, f"The media {error}.") from error

    def _address(self, media_uuid: str, base_url: str) -> str:
        return f"{base_url}/files/{self._world.media.name(media_uuid)}"

    def _taken(self, request: JsonObject) -> Task:
        task = self._world.ledger.find(task_uuid(request))
        if task is None:
            raise VendorError(
                "taskFailedOrNotFound", "There is no task with this UUID.", parameter="taskUUID", status=404
            )
        return task
