"""Files that went through the chats: bytes on disk, and the ids by which bots name them."""

import asyncio
import base64
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.stand_in.journal import Journal
from sandbox.telegram.photos import Rendition, make_renditions
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import JsonObject, Upload, present

DOWNLOAD_LIMIT = 20 * 1024 * 1024

# How long a link that getFile told can be used ("getFile": at least one hour).
LINK_SECONDS = 3600

_LINKS_KEPT = 10_000
_PREFIX = {
    "photo": "AgACAgI",
    "document": "BQACAgI",
    "video": "BAACAgI",
    "animation": "CgACAgI",
    "audio": "CQACAgI",
    "voice": "AwACAgI",
    "video_note": "DQACAgI",
    "sticker": "CAACAgI",
}


# As TDLib names them in refusals.
FILE_TYPES = {
    "photo": "Photo",
    "document": "Document",
    "video": "Video",
    "animation": "Animation",
    "audio": "Audio",
    "voice": "VoiceNote",
    "video_note": "VideoNote",
    "sticker": "Sticker",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file (for a photo: one of its sizes) as the server knows it."""

    file_id: str
    file_unique_id: str
    kind: str
    path: str
    size: int
    mime_type: str
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    siblings: tuple[str, ...] = ()
    source: str | None = None

    def photo_size(self) -> JsonObject:
        """Return a size of a photo as the Bot API's PhotoSize."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "width": self.width,
            "height": self.height,
            "file_size": self.size,
        }

    def attachment(self) -> JsonObject:
        """Return the file as the Bot API's Document (Video and Animation carry more, see `sending`)."""
        return present(
            file_id=self.file_id,
            file_unique_id=self.file_unique_id,
            file_name=self.file_name,
            mime_type=self.mime_type,
            file_size=self.size,
        )


class Files:
    """All files, by `file_id`. The same bytes sent again keep their ids."""

    def __init__(self, folder: Path, journal: Journal, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock
        self._journal = journal
        self._files: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._photo_of_source: dict[str, str] = {}
        self._link_until: dict[str, float] = {r["path"]: r["until"] for r in journal.read("link")}
        for record in journal.read("file"):
            self._remember(StoredFile(**{**record, "siblings": tuple(record["siblings"])}))

    def find(self, file_id: str) -> StoredFile | None:
        """Return a file by its id, or None."""
        return self._files.get(file_id)

    def link(self, file: StoredFile) -> str:
        """Return a path under which the bot can download a file for an hour from now."""
        until = self._clock() + LINK_SECONDS
        self._link_until[file.path] = until
        self._journal.put("link", file.path, {"path": file.path, "until": until})
        if len(self._link_until) > _LINKS_KEPT:
            oldest = next(iter(self._link_until))
            del self._link_until[oldest]
            self._journal.forget("link", oldest)
        return file.path

    def linked(self, path: str) -> StoredFile | None:
        """Return a file by the `file_path` that getFile told in the last hour, or None."""
        return self._by_path.get(path) if self._link_until.get(path, 0) >= self._clock() else None

    def location(self, file: StoredFile) -> Path:
        """Return where a file's bytes lie on disk."""
        return self._folder / file.path

    def photo(self, file_id: str) -> list[StoredFile]:
        """Return all sizes of the photo to which a `file_id` belongs; refuses another kind of file."""
        file = self._known(file_id)
        if file.kind != "photo":
            raise bad_request(f"can't use file of type {FILE_TYPES[file.kind]} as Photo")
        return [self._files[sibling] for sibling in file.siblings]

    def attachment(self, file_id: str, kind: str) -> StoredFile:
        """Return a file sent before, to be sent again; its kind cannot be changed ("Sending by file_id")."""
        file = self._known(file_id)
        if file.kind != kind:
            raise bad_request(f"can't use file of type {FILE_TYPES[file.kind]} as {FILE_TYPES[kind]}")
        return file

    async def add_photo(self, upload: Upload) -> list[StoredFile]:
        """Keep a picture as a photo and return its sizes, smallest first."""
        source = hashlib.sha256(upload.content).hexdigest()
        known = self._photo_of_source.get(source)
        if known is not None:
            return self.photo(known)
        renditions = await asyncio.to_thread(make_renditions, upload.content)
        sizes = await asyncio.to_thread(self._write_photo, source, renditions)
        for size in sizes:
            self._keep(size)
        return sizes

    async def add_attachment(self, upload: Upload, kind: str = "document") -> StoredFile:
        """Keep an upload as it is, with its name and type."""
        guessed, _ = mimetypes.guess_type(upload.file_name)
        digest = _digest(kind.encode(), upload.file_name.encode(), upload.content)
        suffix = Path(upload.file_name).suffix.lower()
        file = StoredFile(
            file_id=_PREFIX[kind] + digest + digest[:12],
            file_unique_id="AgAD" + digest[:16],
            kind=kind,
            path=f"{kind}s/{digest[:16]}{suffix if suffix[1:].isalnum() else ''}",
            size=len(upload.content),
            mime_type=guessed or upload.mime_type,
            file_name=upload.file_name,
        )
        await asyncio.to_thread(self._write, file, upload.content)
        self._keep(file)
        return file

    def _write_photo(self, source: str, renditions: list[Rendition]) -> list[StoredFile]:
        # By the source, not by the rendition: two flat pictures have equal thumbnails.
        digests = [
            _digest(b"photo", source.encode(), str(rendition.width + rendition.height).encode())
            for rendition in renditions
        ]
        ids = tuple(_PREFIX["photo"] + digest + digest[:12] for digest in digests)
        sizes: list[StoredFile] = []
        for file_id, digest, rendition in zip(ids, digests, renditions, strict=True):
            file = StoredFile(
                file_id=file_id,
                file_unique_id="AQAD" + digest[:16],
                kind="photo",
                path=f"photos/{digest[:16]}.jpg",
                size=len(rendition.content),
                mime_type="image/jpeg",
                width=rendition.width,
                height=rendition.height,
                siblings=ids,
                source=source,
            )
            self._write(file, rendition.content)
            sizes.append(file)
        return sizes

    def _write(self, file: StoredFile, content: bytes) -> None:
        location = self.location(file)
        location.parent.mkdir(parents=True, exist_ok=True)
        if not location.exists():
            location.write_bytes(content)

    def _keep(self, file: StoredFile) -> None:
        self._remember(file)
        self._journal.put("file", file.file_id, asdict(file))

    def _remember(self, file: StoredFile) -> None:
        self._files[file.file_id] = file
        self._by_path[file.path] = file
        if file.source is not None:
            self._photo_of_source[file.source] = file.file_id

    def _known(self, file_id: str) -> StoredFile:
        file = self._files.get(file_id)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return file


def _digest(*parts: bytes) -> str:
    """Return 32 characters that name some bytes for good."""
    digest = hashlib.sha256(b"\0".join(parts)).digest()[:24]
    return base64.urlsafe_b64encode(digest).decode()
