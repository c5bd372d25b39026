"""Photos that were sent together. Telegram delivers an album photo by photo and never says which is the last."""

from datetime import timedelta

from redis.asyncio import Redis

REMEMBERED_FOR = timedelta(days=1)


class Albums:
    """Lets one photo of an album speak for all of them, in whatever order and process they are handled."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._redis = redis
        self._namespace = namespace

    async def speaks(self, user_id: int, media_group_id: str | None, message_id: int, about: str = "card") -> bool:
        """Whether this message is the first of its album to speak about something; one without an album always is.

        The same message is told yes again, so that an update that comes twice is answered after a crash.
        """
        if media_group_id is None:
            return True
        key = f"{self._namespace}:album:{user_id}:{media_group_id}:{about}"
        mine = str(message_id).encode()
        if await self._redis.set(key, mine, nx=True, ex=REMEMBERED_FOR):
            return True
        speaker: bytes | None = await self._redis.get(key)
        return speaker == mine
