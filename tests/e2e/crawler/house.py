"""A house whose people may press as fast as they like, and what a test sees and does behind its doors."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import redis

from config.settings import SANDBOX_TOKEN
from db.servers_file import ServersFile
from tests.e2e.conftest import House, start_house
from tests.e2e.crawler.calls import Call

DATABASE = "dreamphoto_sandbox"
FIRST_ID = 1000
"""Where the database begins to count, so that an id in a button can be told from a number of pictures."""
PATIENCE = 40.0
LOOK_EVERY = 0.012
"""Seconds. More often, the questions would take the processor from the bot that they wait for."""
_ERROR_LINE = re.compile(
    r"\[(?:error|critical) *\]|Traceback \(most recent call last\)|^[\w.]+(?:Error|Exception|Request): "
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def wait_until(so: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true answer; fails the test where it does not come in time."""
    give_up_at = time.monotonic() + seconds
    while not (answer := so()):
        if time.monotonic() > give_up_at:
            pytest.fail(f"{what} did not come within {seconds:.0f} s")
        time.sleep(LOOK_EVERY)
    return answer


@dataclass
class WatchedHouse:
    """A running house: its sandbox, its database, its processes and their logs."""

    house: House
    client: httpx.Client
    dsn: str
    redis: "redis.Redis"
    newest_call: int = 0
    """The number of the newest call that was looked at."""
    _read: dict[str, int] = field(default_factory=dict)
    """How far each log has been read."""

    def calls(self, after: int = 0) -> list[Call]:
        """The bot's calls of Telegram after a number, oldest first."""
        answer = self.client.get("/sim/calls", params={"after": after}).raise_for_status().json()
        found = [Call.read(raw) for raw in answer["calls"] if raw["method"] not in ("getUpdates", "getWebhookInfo")]
        self.newest_call = max((call.number for call in found), default=self.newest_call)
        return found

    def last_call(self) -> int:
        """The number of the newest call."""
        self.calls(self.newest_call)
        return self.newest_call

    def settle(self) -> None:
        """Wait until the bot has handled everything that was said and pressed."""
        wait_until(self._has_nothing_in_hand, "a bot that has handled everything")

    def as_bot(self, method: str, **parameters: Any) -> Any:
        """A call of Telegram in the bot's name."""
        answer = self.client.post(f"/bot{SANDBOX_TOKEN}/{method}", json=parameters).raise_for_status().json()
        return answer["result"]

    def forget_pace(self) -> None:
        """As if everybody had been silent for a minute: the bot may send to every chat at once again."""
        keys = list(self.redis.scan_iter("dreamphoto:*:limit*"))
        if keys:
            self.redis.delete(*keys)

    def rows(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """What the database knows."""

        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return list(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        return asyncio.run(ask())

    def give_tokens(self, user_id: int, tokens: int) -> None:
        """A present, through the ledger."""
        from config.failpoints import Write
        from db.pool import Database
        from repository.users import UserRepository

        async def give() -> None:
            async with await Database.connect(self.dsn) as database:
                await UserRepository(database.writing(Write.PERSON_REGISTER)).update_tokens(user_id, tokens)

        asyncio.run(give())

    def kill_bot(self) -> None:
        """SIGKILL; returns when the next one is polling."""
        lives = self.house.log("bot").count("bot.ready")
        os.kill(self.house.pid_of("bot"), signal.SIGKILL)
        wait_until(lambda: self.house.log("bot").count("bot.ready") > lives, "a new bot")

    @contextmanager
    def frozen_worker(self) -> Iterator[None]:
        """Orders wait in their queue meanwhile."""
        worker = self.house.pid_of("worker")
        os.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(worker, signal.SIGCONT)

    def new_error_lines(self) -> list[str]:
        """What the processes have called an error since this was asked last."""
        found = []
        for log in sorted((self.house.folder / "logs").glob("*.log")):
            text = log.read_text(errors="replace")
            fresh, self._read[log.name] = text[self._read.get(log.name, 0) :], len(text)
            found += [
                f"{log.stem}: {line}" for line in _COLOURS.sub("", fresh).splitlines() if _ERROR_LINE.search(line)
            ]
        return found

    def _has_nothing_in_hand(self) -> bool:
        answer = self.client.get(f"/bot{SANDBOX_TOKEN}/getWebhookInfo").raise_for_status().json()
        return bool(answer["result"]["pending_update_count"] == 0)


@contextmanager
def open_watched_house(folder: Path) -> Iterator[WatchedHouse]:
    """Start a house and the eyes on it."""
    with start_house(folder, TELEGRAM_MESSAGES_PER_SECOND="10000") as house:
        addresses = ServersFile(folder / "data").read()
        with (
            httpx.Client(base_url=house.sandbox_url, timeout=60) as client,
            redis.Redis.from_url(addresses["redis"]) as connection,
        ):
            watched = WatchedHouse(house, client, f"{addresses['postgres']}/{DATABASE}", connection)
            for row in watched.rows("""SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences"""):
                watched.rows("""SELECT setval($1::text::regclass, $2)""", row["name"], FIRST_ID)
            # Nobody's pace counts here, neither the bot's (see `forget_pace`) nor Telegram's.
            client.post("/sim/settings", json={"flood_rate": 0}).raise_for_status()
            yield watched
