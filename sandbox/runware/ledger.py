"""Every task ever taken and billed, as JSON lines that survive `kill -9`.

A line is written with one unbuffered write before the customer hears of what it says.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson

from sandbox.runware.tasks import Task, UploadStatus
from sandbox.runware.wire import JsonObject


class Ledger:
    """The tasks by taskUUID, in the order in which they were taken.

    `uploads` are the model uploads among them, `billed` is the sum of all costs in dollars.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._tasks: dict[str, Task] = {}
        self.uploads: list[Task] = []
        self.billed = 0.0
        if path.exists():
            self._replay(path)
        self._file = path.open("ab", buffering=0)

    def __iter__(self) -> Iterator[Task]:
        """Go through all tasks, oldest first."""
        return iter(list(self._tasks.values()))

    def __len__(self) -> int:
        return len(self._tasks)

    def find(self, task_uuid: str) -> Task | None:
        """Return a task, if it was ever taken."""
        return self._tasks.get(task_uuid)

    def take(self, task: Task) -> None:
        """Write a task down: from here on it is billed."""
        self._add(task)
        self._write({"event": "taken", "task": task})

    def note_delivery(self, task: Task, results: int) -> None:
        """Count results that were sent to the customer."""
        if results:
            task.deliveries += results
            self._write({"event": "delivered", "taskUUID": task.uuid, "results": results})

    def note_webhook(self, task: Task) -> None:
        """Count a webhook call that was answered with 2xx."""
        task.webhooks += 1
        self._write({"event": "webhook", "taskUUID": task.uuid})

    def note_upload(self, task: Task, status: UploadStatus, message: str) -> None:
        """Move a model upload to its next stage."""
        task.upload_status, task.upload_message = status, message
        self._write({"event": "upload", "taskUUID": task.uuid, "status": status, "message": message})

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _add(self, task: Task) -> None:
        self._tasks[task.uuid] = task
        self.billed += task.cost
        if task.type == "modelUpload":
            self.uploads.append(task)

    def _write(self, line: JsonObject) -> None:
        self._file.write(orjson.dumps(line) + b"\n")

    def _replay(self, path: Path) -> None:
        content = path.read_bytes()
        whole, _, torn = content.rpartition(b"\n")
        if torn:
            # The last write of a server that was killed in the middle of it: nobody heard of it.
            path.write_bytes(whole + b"\n" if whole else b"")
        for line in whole.splitlines():
            self._apply(orjson.loads(line))

    def _apply(self, line: JsonObject) -> None:
        if line["event"] == "taken":
            self._add(Task.from_record(line["task"]))
            return
        task = self._tasks[line["taskUUID"]]
        match line["event"]:
            case "delivered":
                task.deliveries += line["results"]
            case "webhook":
                task.webhooks += 1
            case "upload":
                task.upload_status, task.upload_message = UploadStatus(line["status"]), line["message"]
