"""Servers, a migrated database and processes for the benchmarks; gone when they end."""

import asyncio
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from db.embedded import EmbeddedPostgres, EmbeddedRedis, ServersFile, start_servers
from db.migrate import migrate
from db.pool import Database
from repository.tasks import Lane
from services.accounts import Accounts, Profile
from services.doorbell import Doorbell, open_arq
from services.generation import Generations

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class BenchHouse:
    """What a benchmark works with."""

    database_dsn: str
    redis_dsn: str
    folder: Path
    db: Database
    redis: Redis
    accounts: Accounts
    generations: Generations

    def environment(self) -> dict[str, str]:
        """For processes of the house."""
        return {
            **os.environ,
            "DATABASE_URL": self.database_dsn,
            "REDIS_URL": self.redis_dsn,
            "STORAGE_URL": (self.folder / "files").as_uri(),
            "LOG_LEVEL": "WARNING",
            "ENV_FILE": "",
            "PYTHONPATH": str(ROOT),
        }

    @contextmanager
    def process(self, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A Python module running beside the benchmark."""
        log = (self.folder / f"{command[0]}.log").open("wb")
        running = subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment() | environment, stdout=log, stderr=log, cwd=ROOT
        )
        try:
            yield running
        finally:
            running.terminate()
            running.wait(20)
            log.close()

    async def wait_for_list(self, key: str, length: int, seconds: float = 120) -> list[float]:
        """The numbers of a Redis list as soon as it has this many."""
        async with asyncio.timeout(seconds):
            while await self.redis.llen(key) < length:
                await asyncio.sleep(0.002)
        return [float(item) for item in await self.redis.lrange(key, 0, -1)]

    async def people(self, count: int, tokens: int, first: int = 1) -> None:
        """Register people and give each of them tokens."""
        from repository.users import UserRepository

        for user_id in range(first, first + count):
            await self.accounts.register(Profile(user_id, None, "Bench", None, "en"))
            await UserRepository(self.db.reading).update_tokens(user_id, tokens)


@asynccontextmanager
async def open_bench_house() -> AsyncIterator[BenchHouse]:
    """Start the servers in a temporary folder, and stop and remove them at the end."""
    with tempfile.TemporaryDirectory(prefix="dreamphoto-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        start_servers(folder, postgres=True, redis=True)
        try:
            addresses = ServersFile(folder).read()
            dsn = f"{addresses['postgres']}/dreamphoto_sandbox"
            await migrate(dsn, "sandbox")
            async with await Database.connect(dsn) as db, Redis.from_url(addresses["redis"]) as redis:
                arq = await open_arq(addresses["redis"])
                doorbell = Doorbell(arq, "dreamphoto:sandbox")
                yield BenchHouse(
                    database_dsn=dsn,
                    redis_dsn=addresses["redis"],
                    folder=folder,
                    db=db,
                    redis=redis,
                    accounts=Accounts(db, "en"),
                    generations=Generations(db, doorbell, Lane.PROVIDER, random.Random(1)),
                )
                await arq.aclose()
        finally:
            EmbeddedPostgres(folder).stop()
            EmbeddedRedis(folder).stop()
