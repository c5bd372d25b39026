"""A bot of a few lines over plain HTTP: the other side of the chat in the page's tests."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

TOKEN = "4242:TEST-token"


@dataclass
class Bot:
    """Calls the Bot API, and takes updates one after the other."""

    http: httpx.AsyncClient
    offset: int = 0

    async def __call__(self, method: str, files: dict[str, bytes] | None = None, **parameters: Any) -> Any:
        """Call a method and return its result; `files` are joined by attach://name, pictures where it has no ending."""
        answer = await self.try_call(method, files, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def try_call(self, method: str, files: dict[str, bytes] | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method and return the whole answer, a refusal too."""
        fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
        parts = {name: (name if "." in name else f"{name}.png", content) for name, content in (files or {}).items()}
        answer = await self.http.post(f"/bot{TOKEN}/{method}", data=fields, files=parts or None)
        return dict(answer.json())

    async def update(self, kind: str) -> dict[str, Any]:
        """Take updates until one of that kind comes."""
        for _ in range(20):
            for update in await self("getUpdates", offset=self.offset, timeout=5, limit=1):
                self.offset = update["update_id"] + 1
                if kind in update:
                    # The next poll would confirm it; a bot that has handled an update confirms it at once.
                    await self("getUpdates", offset=self.offset, timeout=0)
                    return dict(update[kind])
        raise AssertionError(f"no {kind} came")

    async def album(self, chat_id: int, pictures: list[bytes], caption: str = "", **item: Any) -> Any:
        """Send photos as an album."""
        media = [{"type": "photo", "media": f"attach://p{place}", **item} for place in range(len(pictures))]
        if caption:
            media[0]["caption"] = caption
        files = {f"p{place}": picture for place, picture in enumerate(pictures)}
        return await self("sendMediaGroup", files, chat_id=chat_id, media=media)
