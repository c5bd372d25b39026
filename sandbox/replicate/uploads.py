"""Files that clients upload as inputs: `/v1/files`."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.replicate.clock import Clock
from sandbox.replicate.wire import JsonObject, new_id, written
from sandbox.stand_in.journal import Journal

# How long Replicate keeps an uploaded file ("files.create").
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known of an uploaded file."""

    id: str
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: float
    metadata: JsonObject

    def view(self, base_url: str) -> JsonObject:
        """Return the file as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "content_type": self.content_type,
            "size": self.size,
            "etag": self.sha256[:32],
            "checksums": {"sha256": self.sha256},
            "metadata": self.metadata,
            "created_at": written(self.created_at),
            "expires_at": written(self.created_at + _KEPT_SECONDS),
            "urls": {"get": f"{base_url}/v1/files/{self.id}"},
        }


class Uploads:
    """The uploaded files, in a folder."""

    def __init__(self, folder: Path, journal: Journal, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._journal = journal
        self._clock = clock
        self._uploads = {record["id"]: Upload(**record) for record in journal.read("upload")}

    def keep(self, name: str, content_type: str, content: bytes, metadata: JsonObject) -> Upload:
        """Write a file down for a day."""
        sha256 = hashlib.sha256(content).hexdigest()
        upload = Upload(new_id(), name, content_type, len(content), sha256, self._clock(), metadata)
        (self._folder / upload.id).write_bytes(content)
        self._uploads[upload.id] = upload
        self._journal.put("upload", upload.id, asdict(upload))
        return upload

    def find(self, upload_id: str) -> Upload | None:
        """Return what is known of a file that has not expired, or None."""
        upload = self._uploads.get(upload_id)
        if upload is not None and upload.created_at + _KEPT_SECONDS <= self._clock():
            self.remove(upload)
            return None
        return upload

    def all(self) -> list[Upload]:
        """Return every file that has not expired, newest first."""
        return [upload for upload_id in reversed(list(self._uploads)) if (upload := self.find(upload_id))]

    def read(self, upload: Upload) -> bytes:
        """Return a file's content."""
        return (self._folder / upload.id).read_bytes()

    def remove(self, upload: Upload) -> None:
        """Delete a file."""
        (self._folder / upload.id).unlink(missing_ok=True)
        del self._uploads[upload.id]
        self._journal.forget("upload", upload.id)
