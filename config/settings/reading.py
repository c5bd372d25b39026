"""Reads the settings of this house from the environment and from a file."""

import os
import sys
from datetime import timedelta

from pydantic import ValidationError

from config.failpoints import Failpoints
from config.settings.allowed import WrongSetting
from config.settings.stores import StoreSettings
from config.settings.telegram import TelegramSettings
from config.settings.vendors import VendorSettings


class Settings(TelegramSettings, StoreSettings, VendorSettings):
    """The settings as they were given, and as properties what follows from them."""

    @property
    def lease(self) -> timedelta:
        """How long a process that falls silent keeps what it has in hand."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def failpoints(self) -> Failpoints:
        """The points at which tests let a process die; off unless a test asks for them."""
        return Failpoints(self.failpoints_dir)

    @property
    def namespace(self) -> str:
        """The beginning of every Redis key of this life."""
        return f"dreamphoto:{self.life}"


def load_settings(env_file: str | None = None) -> Settings:
    """Read the settings from the environment and from a file, by default the one of ENV_FILE (.env; empty: no file).

    Raises WrongSetting, one line for the first thing that is wrong.
    """
    env_file = env_file or os.environ.get("ENV_FILE", ".env") or None
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise WrongSetting(f"{name} is wrong; allowed: {_allowed(first['msg'])}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(f"{env_file} cannot be read: {error}") from None


def settings_or_exit() -> Settings:
    """For entry points: the settings, or one line on stderr and exit status 2."""
    try:
        settings = load_settings()
        _ = settings.database_dsn, settings.redis_dsn
    except WrongSetting as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    return settings


def _allowed(complaint: str) -> str:
    """What a setting may be, from pydantic's complaint about what it is."""
    said = complaint.removeprefix("Value error, ").removeprefix("Input should be ").split(", unable to parse")[0]
    return said.replace("String should match pattern", "text of the form")
