"""Every setting, read from the environment and `.env`. Business (prices, styles) lives in the database, not here.

A wrong setting stops the start with one line that names it and says what is allowed.
"""

import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.failpoints import Failpoints

TELEGRAM = "https://api.telegram.org"
SANDBOX_TOKEN = "4242:SANDBOX-only-this-machine-knows-it"  # noqa: S105 - opens nothing but the stand-in on loopback
SANDBOX_VENDOR_KEY = "sandbox-only-this-machine-knows-it"
SANDBOX_WEBHOOK_SECRET = "whsec_c2FuZGJveC1vbmx5LXRoaXMtbWFjaGluZS1rbm93cy1pdA=="  # noqa: S105 - as above
RUNWARE = "wss://ws-api.runware.ai/v1"
REPLICATE = "https://api.replicate.com"
SERVERS_FILE = "servers.json"
"""Where the embedded servers' addresses are kept, inside the data folder."""

Life = Literal["sandbox", "production"]
BackendName = Literal["runware", "replicate", "local", "preview"]


class WrongSetting(Exception):
    """A setting that cannot be used; its text is the one line that says why."""


class Settings(BaseSettings):
    """The settings as they were given, and as properties what follows from them."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    bot_token: str = Field(default="", repr=False)
    telegram_api_url: str = ""
    bot_mode: Literal["polling", "webhook"] = "polling"
    public_base_url: str = ""
    telegram_webhook_secret: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,256}$", repr=False)
    telegram_messages_per_second: int = Field(default=28, ge=1, le=10_000)
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    default_locale: Literal["ru", "en"] = "ru"
    support_contact: str = Field(default="", max_length=200)

    database_url: str = Field(default="", repr=False)
    db_host: str = ""
    db_port: int = Field(default=5432, ge=1, le=65535)
    db_user: str = "dreamphoto"
    db_password: str = Field(default="", repr=False)
    db_name: str = ""
    redis_url: str = Field(default="", repr=False)
    storage_url: str = ""
    s3_endpoint: str = ""
    s3_access_key: str = Field(default="", repr=False)
    s3_secret_key: str = Field(default="", repr=False)
    s3_region: str = ""
    data_dir: Path = Path("data")
    log_dir: Path = Path("logs")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=1, le=65535)
    api_processes: int = Field(default=1, ge=1, le=64)
    sandbox_port: int = Field(default=8081, ge=1, le=65533)
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    jwt_secret: str = Field(default="", repr=False)
    max_upload_mb: int = Field(default=20, ge=1, le=50)

    image_backends: Annotated[tuple[BackendName, ...], NoDecode] = ()
    training_backends: Annotated[tuple[BackendName, ...], NoDecode] = ()
    runware_api_key: str = Field(default="", repr=False)
    runware_ws_url: str = ""
    replicate_api_token: str = Field(default="", repr=False)
    replicate_base_url: str = ""
    replicate_webhook_secret: str = Field(default="", repr=False)
    replicate_destination: str = ""
    local_model: str = ""
    local_device: str = ""

    payment_provider_token: str = Field(default="", repr=False)
    payment_currency: str = Field(default="XTR", pattern=r"^[A-Z]{3}$")

    lease_seconds: int = Field(default=15, ge=3, le=300)
    failpoints_dir: Path | None = None

    sentry_dsn: str = Field(default="", repr=False)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)

    @field_validator("admin_ids", "cors_origins", "image_backends", "training_backends", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(item.strip() for item in value.split(",") if item.strip())
        return value

    @field_validator("bot_token")
    @classmethod
    def _token_of_botfather(cls, value: str) -> str:
        if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
            raise ValueError("a token from @BotFather, such as 123456789:ABC-def_123, or nothing for the sandbox")
        return value

    @field_validator("replicate_webhook_secret")
    @classmethod
    def _signing_secret(cls, value: str) -> str:
        if value and not re.fullmatch(r"whsec_[A-Za-z0-9+/]+=*", value):
            raise ValueError("the signing secret of Replicate's webhooks, which begins with whsec_")
        return value

    @field_validator("support_contact")
    @classmethod
    def _somebody_to_write_to(cls, value: str) -> str:
        if value and not re.fullmatch(
            r"@[A-Za-z]\w{3,31}|https://[^\s<>\"]+|[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+", value
        ):
            raise ValueError("@name of a Telegram account, an e-mail address, or an address that begins with https://")
        return value

    @field_validator("runware_ws_url")
    @classmethod
    def _websocket_address(cls, value: str) -> str:
        if value and not _address_parts(value, "ws", "wss"):
            raise ValueError("an address that begins with ws:// or wss://")
        return value.rstrip("/")

    @field_validator("telegram_api_url", "public_base_url", "replicate_base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not _address_parts(value, "http", "https"):
            raise ValueError("an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("replicate_base_url")
    @classmethod
    def _without_version(cls, value: str) -> str:
        return value.removesuffix("/v1")  # the SDK's paths begin with it

    @field_validator("database_url")
    @classmethod
    def _postgres_address(cls, value: str) -> str:
        parts = _address_parts(value, "postgres", "postgresql")
        if value and not (parts and parts.path.strip("/")):
            raise ValueError("an address such as postgresql://user:password@host:5432/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: str) -> str:
        parts = _address_parts(value, "redis", "rediss", "unix")
        numbered = parts and (parts.scheme == "unix" or re.fullmatch(r"/?\d*", parts.path))
        if value and not numbered:
            raise ValueError("an address such as redis://:password@host:6379/0")
        return value

    @field_validator("storage_url")
    @classmethod
    def _storage_address(cls, value: str) -> str:
        parts = _address_parts(value, "file", "s3")
        if value and not (parts and (parts.netloc if parts.scheme == "s3" else parts.path.strip("/"))):
            raise ValueError("file:///folder or s3://bucket/prefix")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _dsn_of_sentry(cls, value: str) -> str:
        parts = _address_parts(value, "http", "https")
        if value and not (parts and parts.username and parts.hostname and re.search(r"/\d+\Z", parts.path)):
            raise ValueError("an address such as https://key@sentry.example/42, from the project's Client Keys")
        return value

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.telegram_api_url and not self.bot_token:
            raise WrongSetting("TELEGRAM_API_URL needs a BOT_TOKEN beside it; without both the sandbox is used")
        if self.bot_mode == "webhook" and not self.public_base_url and not self.sandbox:
            raise WrongSetting("BOT_MODE=webhook needs PUBLIC_BASE_URL, the https:// address of this API")
        if self.bot_mode == "webhook" and not self.telegram_webhook_secret:
            raise WrongSetting("BOT_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET, 1 to 256 characters of A-Z a-z 0-9 _ -")
        if self.failpoints_dir and not self.sandbox:
            raise WrongSetting("FAILPOINTS_DIR kills processes for tests: it is refused beside a BOT_TOKEN")
        for name, chosen, offered in (
            ("IMAGE_BACKENDS", self.image_backends, ("runware", "replicate", "preview")),
            ("TRAINING_BACKENDS", self.training_backends, ("preview",)),
        ):
            for backend in chosen:
                if backend not in offered:
                    raise WrongSetting(f"{name}: {backend} is not part of this version; allowed: {', '.join(offered)}")
        if not self.sandbox:
            for backend, key_name, key in (
                ("runware", "RUNWARE_API_KEY", self.runware_api_key),
                ("replicate", "REPLICATE_API_TOKEN", self.replicate_api_token),
            ):
                if backend in self.image_backends and not key:
                    raise WrongSetting(f"IMAGE_BACKENDS: {backend} needs {key_name}; without it take it off the list")
        return self

    @property
    def sandbox(self) -> bool:
        """Whether the stand-in for Telegram is used: there is no BOT_TOKEN."""
        return not self.bot_token

    @property
    def life(self) -> Life:
        """Which database, storage and keys are used."""
        return "sandbox" if self.sandbox else "production"

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

    @property
    def telegram_token(self) -> str:
        """The token that the bot really uses."""
        return self.bot_token or SANDBOX_TOKEN

    @property
    def telegram_base_url(self) -> str:
        """The Bot API server that the bot really uses."""
        if self.sandbox:
            return f"http://127.0.0.1:{self.sandbox_port}"
        return self.telegram_api_url or TELEGRAM

    @property
    def own_url(self) -> str:
        """Where others reach this API; the sandboxes know this machine."""
        if self.public_base_url or not self.sandbox:
            return self.public_base_url
        host = "127.0.0.1" if self.api_host in ("0.0.0.0", "::") else self.api_host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.api_port}"

    @property
    def webhook_url(self) -> str:
        """Where Telegram sends updates in webhook mode."""
        return f"{self.own_url}/webhooks/telegram"

    @property
    def vendor_sandboxes(self) -> dict[BackendName, int]:
        """The vendors that are listed with neither key nor address: our stand-ins take their place, on these ports."""
        listed: dict[BackendName, tuple[str, int]] = {
            "runware": (self.runware_api_key or self.runware_ws_url, self.sandbox_port + 1),
            "replicate": (self.replicate_api_token or self.replicate_base_url, self.sandbox_port + 2),
        }
        return {name: port for name, (given, port) in listed.items() if name in self.image_backends and not given}

    @property
    def runware_key(self) -> str:
        """The key that is really used."""
        return self.runware_api_key or SANDBOX_VENDOR_KEY

    @property
    def runware_url(self) -> str:
        """The WebSocket of Runware, or of what stands in for it."""
        port = self.vendor_sandboxes.get("runware")
        return self.runware_ws_url or (f"ws://127.0.0.1:{port}/v1" if port else RUNWARE)

    @property
    def replicate_token(self) -> str:
        """The token that is really used."""
        return self.replicate_api_token or SANDBOX_VENDOR_KEY

    @property
    def replicate_url(self) -> str:
        """The API of Replicate, or of what stands in for it."""
        port = self.vendor_sandboxes.get("replicate")
        return self.replicate_base_url or (f"http://127.0.0.1:{port}" if port else REPLICATE)

    @property
    def replicate_signing_secret(self) -> str:
        """What Replicate's webhooks are signed with; empty where that is not known and none are asked for."""
        return self.replicate_webhook_secret or (SANDBOX_WEBHOOK_SECRET if "replicate" in self.vendor_sandboxes else "")

    @property
    def vendor_places(self) -> frozenset[tuple[str, int]]:
        """Host and port of each vendor whose address was set: a stand-in may well be on this machine."""
        places = set()
        for address, default in ((self.runware_url, RUNWARE), (self.replicate_url, REPLICATE)):
            parts = urlsplit(address)
            if address != default and parts.hostname:
                places.add((parts.hostname, parts.port or (443 if parts.scheme in ("https", "wss") else 80)))
        return frozenset(places)

    def is_reached_by(self, vendor: BackendName) -> bool:
        """Whether this vendor may be asked for webhooks: a stand-in is on this machine, a real one needs an address.

        Replicate's must be signed as well.
        """
        has_way = bool(self.public_base_url) or vendor in self.vendor_sandboxes
        return has_way and bool(self.jwt_secret) and (vendor != "replicate" or bool(self.replicate_signing_secret))

    @property
    def database_name(self) -> str:
        """The database of this life, where no DATABASE_URL names another."""
        return self.db_name or ("dreamphoto_sandbox" if self.sandbox else "dreamphoto")

    @property
    def has_external_database(self) -> bool:
        """Whether somebody else runs PostgreSQL."""
        return bool(self.database_url or self.db_host)

    @property
    def database_dsn(self) -> str:
        """Where PostgreSQL is. Raises WrongSetting where there is none yet."""
        if self.database_url:
            return self.database_url
        if self.db_host:
            password = f":{quote(self.db_password, safe='')}" if self.db_password else ""
            user = quote(self.db_user, safe="")
            return f"postgresql://{user}{password}@{self.db_host}:{self.db_port}/{self.database_name}"
        return f"{self._embedded('postgres')}/{self.database_name}"

    @property
    def redis_dsn(self) -> str:
        """Where Redis or Valkey is. Raises WrongSetting where there is none yet."""
        return self.redis_url or self._embedded("redis")

    @property
    def storage_base(self) -> str:
        """Where pictures lie."""
        return self.storage_url or (self.data_dir.resolve() / self.life / "files").as_uri()

    @property
    def s3(self) -> dict[str, str]:
        """Access to S3, as far as it is given."""
        given = {
            "endpoint": self.s3_endpoint,
            "access_key_id": self.s3_access_key,
            "secret_access_key": self.s3_secret_key,
            "region": self.s3_region,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def chosen_image_backends(self) -> tuple[BackendName, ...]:
        """Who makes pictures, in the order of preference."""
        with_key: list[BackendName] = []
        if self.runware_api_key:
            with_key.append("runware")
        if self.replicate_api_token:
            with_key.append("replicate")
        return self.image_backends or tuple(with_key) or ("preview",)

    def _embedded(self, server: str) -> str:
        """The address that the embedded server left in the data folder."""
        servers = self.data_dir / SERVERS_FILE
        try:
            address: str = json.loads(servers.read_text())[server]
        except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
            name = "DATABASE_URL" if server == "postgres" else "REDIS_URL"
            raise WrongSetting(f"{name} is not set and no server runs from {self.data_dir}: start ./run.sh") from error
        return address


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


def _allowed(complaint: str) -> str:
    """What a setting may be, from pydantic's complaint about what it is."""
    said = complaint.removeprefix("Value error, ").removeprefix("Input should be ").split(", unable to parse")[0]
    return said.replace("String should match pattern", "text of the form")


def _address_parts(value: str, *schemes: str) -> SplitResult | None:
    """The parts of an address of one of these schemes; None for everything else, a port that is no number too."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in schemes else None


def settings_or_exit() -> Settings:
    """For entry points: the settings, or one line on stderr and exit status 2."""
    try:
        settings = load_settings()
        _ = settings.database_dsn, settings.redis_dsn
    except WrongSetting as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    return settings
