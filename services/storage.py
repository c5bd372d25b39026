"""Where picture bytes lie: a local folder by default, S3 by setting. Keys are ours, never a name that a user sent."""

import atexit
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, S3Store

from config.failpoints import Failpoints, Write

PIECE_BYTES = 256 * 1024
PART_BYTES = 8 * 1024 * 1024
"""Of a large file, stored at once; S3 takes none smaller than 5 MiB but the last."""
PARTS_AT_ONCE = 2
LAST_WORDS = 0.1
"""Seconds at the end of a process for obstore's threads."""


class StorageAway(OSError):
    """The storage does not answer, is full or lets us in no more: worth trying again, as a database that is away."""


class Storage:
    """Bytes by key. Every method that asks the storage raises StorageAway where it cannot do it now."""

    def __init__(self, store: ObjectStore, failpoints: Failpoints | None = None) -> None:
        self._store = store
        self._failpoints = failpoints or Failpoints()
        atexit.unregister(_let_threads_finish)  # once a process is enough
        atexit.register(_let_threads_finish)

    @classmethod
    def open(cls, url: str, s3: Mapping[str, str] | None = None, *, failpoints: Failpoints | None = None) -> "Storage":
        """Open file:///folder (made where missing) or s3://bucket/prefix.

        s3: endpoint, access_key_id, secret_access_key, region. Raises ValueError for another scheme.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            return cls(LocalStore(Path(unquote(parts.path)), mkdir=True), failpoints)
        if parts.scheme == "s3":
            s3_store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None, config=dict(s3 or {}))  # type: ignore[arg-type]
            return cls(s3_store, failpoints)
        raise ValueError(f"a storage is file:///… or s3://bucket/prefix, not {url!r}")

    async def put(self, write: Write, key: str, content: bytes) -> None:
        """Store bytes under a key; whole or not at all."""
        self._failpoints.before(write)
        with _answering():
            await self._store.put_async(key, content)
        self._failpoints.after(write)

    async def put_all(self, write: Write, parts: Mapping[str, bytes]) -> None:
        """Store bytes under each key, in order; where one cannot be stored, none is left."""
        try:
            for key, content in parts.items():
                await self.put(write, key, content)
        except BaseException:  # a cancellation too leaves no half
            for key in parts:
                await self.delete(key)
            raise

    async def put_file(self, write: Write, key: str, path: Path) -> None:
        """Store a file's bytes under a key, whole or not at all; a large file is never whole in memory."""
        self._failpoints.before(write)
        with _answering():
            await self._store.put_async(key, path, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
        self._failpoints.after(write)

    async def get(self, key: str) -> bytes:
        """The bytes under a key. Raises FileNotFoundError."""
        with _answering():
            result = await self._store.get_async(key)
            return bytes(await result.bytes_async())

    async def has(self, key: str) -> bool:
        """Whether there are bytes under a key."""
        try:
            with _answering():
                await self._store.head_async(key)
        except FileNotFoundError:
            return False
        return True

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The bytes under a key, piece by piece: a large picture is never whole in memory. Raises FileNotFoundError."""
        with _answering():
            result = await self._store.get_async(key)
            async for piece in result.stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    async def keys_before(self, moment: datetime) -> AsyncIterator[list[str]]:
        """The keys of whatever was stored before a moment, a list at a time."""
        with _answering():
            async for found in self._store.list(chunk_size=500):
                yield [meta["path"] for meta in found if meta["last_modified"] < moment]

    async def delete(self, key: str) -> None:
        """Erase the bytes under a key; nothing happens where there are none."""
        self._failpoints.before(Write.FILE_ERASE)
        with suppress(FileNotFoundError), _answering():
            await self._store.delete_async(key)
        self._failpoints.after(Write.FILE_ERASE)


def _let_threads_finish() -> None:
    """Wait, with the interpreter free for others.

    A thread of obstore that is still busy with its answer while the interpreter comes to its end kills the process
    with SIGABRT: pyo3-async-runtimes, issue 40.
    """
    time.sleep(LAST_WORDS)


@contextmanager
def _answering() -> Iterator[None]:
    """For the time of a question: what obstore raises where there is no answer is no OSError of its own accord."""
    try:
        yield
    except (GenericError, PermissionDeniedError, UnauthenticatedError) as error:
        raise StorageAway(str(error).partition("\n")[0]) from error
