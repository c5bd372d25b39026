"""The vendor's books: every prediction and training ever created, and what was billed for it.

Each line is handed to the system before the client hears of it, so that a killed server has lost none.
"""

import os
from pathlib import Path

import orjson

from sandbox.replicate.wire import JsonObject


class Ledger:
    """A file of JSON lines, `created` and `ended`, and the same by id in memory."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._entries: dict[str, JsonObject] = {}
        whole = 0
        if path.exists():
            for line in path.read_bytes().splitlines(keepends=True):
                # A line that a kill cut short is the last, and nobody was told of it.
                if line.endswith(b"\n"):
                    self._take(orjson.loads(line))
                    whole += len(line)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, whole)

    def created(self, job_id: str, kind: str, model: str, call: str | None, at: str) -> None:
        """Note a new prediction or training; `call` is the caller's own mark (`input.dream_photo_call`)."""
        self._write(
            {"event": "created", "id": job_id, "kind": kind, "model": model, "dream_photo_call": call, "created_at": at}
        )

    def ended(self, job_id: str, status: str, billed: float, at: str) -> None:
        """Note an end and its bill in US dollars, once for a job."""
        if self._entries[job_id]["billed"] is None:
            self._write({"event": "ended", "id": job_id, "status": status, "billed": billed, "completed_at": at})

    def view(self) -> JsonObject:
        """Return an entry for each job, oldest first, and the sums."""
        entries = list(self._entries.values())
        return {
            "entries": entries,
            "created": len(entries),
            "billed": round(sum(entry["billed"] or 0 for entry in entries), 6),
        }

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, line: JsonObject) -> None:
        os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self._take(line)

    def _take(self, line: JsonObject) -> None:
        rest = {name: value for name, value in line.items() if name not in ("event", "id")}
        if line["event"] == "created":
            open_entry = {"id": line["id"], **rest, "status": None, "billed": None, "completed_at": None}
            self._entries[line["id"]] = open_entry
        else:
            self._entries[line["id"]].update(rest)
