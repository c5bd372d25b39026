"""`./run.sh webhook`: from polling to webhook and back, and what Telegram says of the webhook."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from config.settings import Settings, WrongSetting, load_settings

PATIENCE_SECONDS = 10


def switch_on(base_url: str) -> Settings:
    """Write webhook mode into the file of settings; returns them as they are now. Raises WrongSetting."""
    address = base_url.rstrip("/")
    if not re.match(r"https?://", address):
        raise WrongSetting("the webhook needs the API's address, such as https://bot.example.com")
    if not load_settings().sandbox and not address.startswith("https://"):
        raise WrongSetting("Telegram calls https:// addresses only")
    return _write({"BOT_MODE": "webhook", "PUBLIC_BASE_URL": address})


def switch_off() -> Settings:
    """Write polling into the file of settings; returns them as they are now. Raises WrongSetting."""
    return _write({"BOT_MODE": "polling"})


def describe(settings: Settings) -> list[str]:
    """How updates come, and what Telegram says of it, line by line."""
    lines = [f"This house takes updates by {settings.bot_mode}"]
    try:
        info = _ask(settings)
    except (URLError, OSError, ValueError, KeyError) as error:
        return [*lines, f"Telegram does not answer: {_reason(error)}"]
    url = info["url"]
    lines.append(f"Telegram sends them to {url}" if url else "Telegram waits to be asked for them")
    if (url == settings.webhook_url) != (settings.bot_mode == "webhook"):
        lines.append("The two do not agree: the bot sets it right when it starts")
    lines.append(f"Waiting at Telegram: {info['pending_update_count']}")
    if "last_error_message" in info:
        at = datetime.fromtimestamp(info.get("last_error_date", 0), UTC)
        lines.append(f"Last failed at {at:%Y-%m-%d %H:%M} UTC: {info['last_error_message']}")
    return lines


def with_values(text: str, values: dict[str, str]) -> str:
    """A file of settings with these variables set, where they stand or at its end; the rest of it stays as it is."""
    lines = text.splitlines()
    for name, value in values.items():
        places = [number for number, line in enumerate(lines) if re.match(rf"\s*{name}\s*=", line)]
        for number in places:
            lines[number] = f"{name}={value}"
        if not places:
            lines.append(f"{name}={value}")
    return "\n".join(lines) + "\n"


def _write(values: dict[str, str]) -> Settings:
    path = Path(os.environ.get("ENV_FILE", ".env"))
    for name in values:
        if name in os.environ:
            raise WrongSetting(f"{name} stands in the environment, which counts for more than {path}: change it there")
    if not path.is_file():
        raise WrongSetting(f"{path} is missing: start ./run.sh once")
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(with_values(path.read_text(encoding="utf-8"), values), encoding="utf-8")
        settings = load_settings(str(fresh))
        fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return settings


def _ask(settings: Settings) -> dict[str, Any]:
    url = f"{settings.telegram_base_url}/bot{settings.telegram_token}/getWebhookInfo"
    with urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the Bot API
        info: dict[str, Any] = json.load(answer)["result"]
    return info


def _reason(error: Exception) -> str:
    """Why, without the address, which holds the token."""
    if isinstance(error, HTTPError):
        return f"{error.code} {error.reason}"
    return str(error.reason) if isinstance(error, URLError) else type(error).__name__
