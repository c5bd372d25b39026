"""How a task's results look on the wire."""

import base64

from sandbox.runware.gallery import Gallery, extension_of, file_name
from sandbox.runware.painting import MEDIA_TYPES
from sandbox.runware.tasks import Result, Task
from sandbox.runware.wire import JsonObject


class ResultItems:
    """Describes results and progress as the vendor does."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    async def state(self, task: Task, now: float, steps: int) -> tuple[list[JsonObject], int]:
        """Return the items of `getResponse` now, and how many of them are results.

        One item for each result that is ready; one for all that are not.
        """
        if task.type == "modelUpload":
            return [upload_item(task)], 0
        ready = [result for result in task.results if result.ready_at <= now]
        items = [await self.item(task, result, is_polled=True) for result in ready]
        if len(ready) < len(task.results):
            items.append({**_head(task), "status": "processing", "progress": task.progress(now, steps)})
        return items, len(ready)

    async def item(self, task: Task, result: Result, is_polled: bool = False) -> JsonObject:
        """Return one finished result; `status` stands in it where it was polled for, or failed."""
        head = _head(task)
        if result.error is not None:
            return {**head, "status": "error", "error": result.error}
        if is_polled:
            head["status"] = "success"
        if task.type == "3dInference":
            url = f"{task.base_url}/files/{file_name(task, result)}"
            head |= {"outputs": {"files": [{"uuid": result.uuid, "url": url}]}, "seed": result.seed}
        else:
            head["imageUUID"] = result.uuid
            head |= await self._picture(task, result)
            if task.type == "imageInference":
                head["seed"] = result.seed
        if task.request.get("includeCost"):
            head["cost"] = result.cost
        if result.is_nsfw is not None:
            head["NSFWContent"] = result.is_nsfw
        return head

    async def _picture(self, task: Task, result: Result) -> JsonObject:
        wanted = task.request.get("outputType", "URL")
        if wanted == "URL":
            return {"imageURL": f"{task.base_url}/files/{file_name(task, result)}"}
        content = base64.b64encode(await self._gallery.content(task, result)).decode()
        if wanted == "base64Data":
            return {"imageBase64Data": content}
        return {"imageDataURI": f"data:{MEDIA_TYPES[extension_of(task)]};base64,{content}"}


def acknowledgement(task: Task) -> JsonObject:
    """Return what an asynchronous task is answered with at once."""
    return _head(task)


def upload_item(task: Task) -> JsonObject:
    """Return where a model upload stands."""
    return {**_head(task), "status": task.upload_status, "message": task.upload_message, "air": task.model}


def _head(task: Task) -> JsonObject:
    return {"taskType": task.type, "taskUUID": task.uuid}
