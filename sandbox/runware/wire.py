"""What travels on Runware's wire: arrays of tasks in, frames of `data` or `errors` out."""

import hashlib
import re
import uuid
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
# Longer strings (pictures in data URIs) are kept by their digest only.
_KEPT_CHARACTERS = 8192


class VendorError(Exception):
    """What Runware refuses: a code, a sentence, the parameter meant, and the HTTP status of the REST door.

    `details` are further fields of the error (bounds of a number); `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        message: str,
        parameter: str | None = None,
        status: int = 400,
        details: JsonObject | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter
        self.status = status
        self.details = details or {}
        self.retry_after = retry_after

    def body(self, task: JsonObject) -> JsonObject:
        """Return the error as it stands in `errors`, bound to its task as far as the task is known."""
        body: JsonObject = {"code": self.code, "message": self.message}
        if self.parameter is not None:
            body["parameter"] = self.parameter
        body |= self.details
        for field in ("taskType", "taskUUID"):
            if isinstance(task.get(field), str):
                body[field] = task[field]
        return body


def is_uuid4(value: Json) -> bool:
    """Tell whether a value is a version 4 UUID in its usual spelling."""
    return isinstance(value, str) and _UUID4.fullmatch(value) is not None


def new_uuid() -> str:
    """Return a fresh version 4 UUID."""
    return str(uuid.uuid4())


def read_tasks(content: str | bytes) -> list[JsonObject]:
    """Return the tasks of one frame or request body.

    Raises VendorError where it is no JSON array of objects.
    """
    try:
        tasks = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise VendorError("invalidJSON", "The request is not valid JSON.") from error
    if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
        raise VendorError("invalidRequest", "The request must be an array of task objects.")
    return tasks


def data_frame(*items: JsonObject) -> JsonObject:
    """Return a frame of results."""
    return {"data": list(items)}


def error_frame(*errors: JsonObject) -> JsonObject:
    """Return a frame of errors."""
    return {"errors": list(errors)}


def digest(task: JsonObject) -> str:
    """Return the SHA-256 of a task without its taskUUID: equal for two orders of the same work."""
    content = {name: value for name, value in task.items() if name != "taskUUID"}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def shortened(value: Json) -> Json:
    """Return a value with every very long string replaced by its length and digest."""
    match value:
        case str() if len(value) > _KEPT_CHARACTERS:
            return f"<{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()}>"
        case dict():
            return {name: shortened(inner) for name, inner in value.items()}
        case list():
            return [shortened(inner) for inner in value]
        case _:
            return value
