"""Files that are on their way to somebody: the same one is not sent twice because a button was pressed twice."""

from datetime import timedelta
from uuid import UUID

from redis.asyncio import Redis

REMEMBERED_FOR = timedelta(seconds=20)
"""About as long as a file takes; after that somebody who presses means it."""


class SendingFiles:
    """Remembers in Redis which press sends which file; one that was emptied sends it once more, and no harm is done."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._redis = redis
        self._namespace = namespace

    async def begins(self, user_id: int, file_id: UUID, press: str) -> bool:
        """Whether this press sends the file: the first one does, and again where its update comes again."""
        key = f"{self._namespace}:sending:{user_id}:{file_id.hex}"
        if await self._redis.set(key, press, nx=True, ex=REMEMBERED_FOR):
            return True
        sender: bytes | None = await self._redis.get(key)
        return sender == press.encode()
