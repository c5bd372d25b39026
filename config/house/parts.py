"""The parts of the house: their commands, their logs, and how each says that it works."""

import asyncio
import sys
from functools import partial
from urllib.error import URLError
from urllib.request import urlopen

from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.settings import Settings
from config.supervisor import Part

PARTS = ("api", "bot", "worker", "sandbox")


def parts_of(settings: Settings) -> list[Part]:
    """The parts of this life, in the order in which they start."""
    logs = settings.log_dir
    api_host = "127.0.0.1" if settings.api_host in ("0.0.0.0", "::") else settings.api_host  # noqa: S104
    parts = [
        *(
            Part(
                name,
                command_of("api", settings),
                logs / f"{name}.log",
                lambda: _answers(f"http://{api_host}:{settings.api_port}/ready"),
                5,
            )
            for name in api_names(settings)
        ),
        Part("worker", command_of("worker", settings), logs / "worker.log", lambda: _said(settings, "worker"), 6),
        Part("bot", command_of("bot", settings), logs / "bot.log", lambda: _said(settings, "bot"), 5),
    ]
    if settings.sandbox:
        sandbox = f"http://127.0.0.1:{settings.sandbox_port}/"
        parts.insert(
            0, Part("sandbox", command_of("sandbox", settings), logs / "sandbox.log", lambda: _answers(sandbox), 1)
        )
    for vendor, port in settings.vendor_sandboxes.items():
        address = f"http://127.0.0.1:{port}/sim/settings"
        parts.insert(
            0,
            Part(
                f"sandbox-{vendor}",
                vendor_command(vendor, port, settings),
                logs / f"sandbox-{vendor}.log",
                partial(_answers, address),
                1,
            ),
        )
    return parts


def command_of(part: str, settings: Settings) -> tuple[str, ...]:
    """The command line of a part."""
    python = sys.executable
    match part:
        case "api":
            return (python, "-m", "api.main")
        case "sandbox":
            return (
                *(python, "-m", "sandbox.telegram", "--host", "127.0.0.1", "--port", str(settings.sandbox_port)),
                *("--token", settings.telegram_token, "--state-dir", str(settings.data_dir / "sandbox" / "telegram")),
            )
        case _:
            return (python, "-m", f"{part}s.main" if part == "worker" else f"{part}.main")


def vendor_command(vendor: str, port: int, settings: Settings) -> tuple[str, ...]:
    """The command line of a stand-in for a vendor."""
    secrets = {
        "runware": ("--api-key", settings.runware_key),
        "replicate": (
            *("--token", settings.replicate_token),
            *("--webhook-secret", settings.replicate_signing_secret),
        ),
    }
    return (
        *(sys.executable, "-m", f"sandbox.{vendor}", "--host", "127.0.0.1", "--port", str(port)),
        *("--state-dir", str(settings.data_dir / "sandbox" / vendor)),
        *secrets[vendor],
    )


def api_names(settings: Settings) -> list[str]:
    """The API's processes by name: they share one address, each has a log of its own."""
    return ["api", *(f"api-{number}" for number in range(2, settings.api_processes + 1))]


def is_sandbox(part: Part) -> bool:
    """Whether it stands in for the outside world: the last to go."""
    return part.name.startswith("sandbox")


async def _answers(url: str) -> bool:
    def ask() -> bool:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    return await asyncio.to_thread(ask)


async def _said(settings: Settings, part: str) -> bool:
    """Whether the part says in Redis that it works."""
    async with Redis.from_url(settings.redis_dsn) as redis:
        try:
            return await redis.get(f"{settings.namespace}:ready:{part}") is not None
        except (RedisError, OSError):
            return False
