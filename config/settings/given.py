"""Every setting as it is given, with its default; `.env.example` says what each is for."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.settings.allowed import (
    TRAINERS,
    Backends,
    BotToken,
    Contact,
    Destination,
    Ids,
    Origins,
    PostgresAddress,
    RedisAddress,
    ReplicateAddress,
    SentryAddress,
    SigningSecret,
    StorageAddress,
    WebAddress,
    WebSocketAddress,
    WrongSetting,
)

Life = Literal["sandbox", "production"]


class GivenSettings(BaseSettings):
    """The settings as they were given, checked one by one and against each other."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    bot_token: BotToken = Field(default="", repr=False)
    telegram_api_url: WebAddress = ""
    bot_mode: Literal["polling", "webhook"] = "polling"
    public_base_url: WebAddress = ""
    telegram_webhook_secret: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,256}$", repr=False)
    telegram_messages_per_second: int = Field(default=28, ge=1, le=10_000)
    admin_ids: Ids = ()
    default_locale: Literal["ru", "en"] = "ru"
    support_contact: Contact = ""

    database_url: PostgresAddress = Field(default="", repr=False)
    db_host: str = ""
    db_port: int = Field(default=5432, ge=1, le=65535)
    db_user: str = "dreamphoto"
    db_password: str = Field(default="", repr=False)
    db_name: str = ""
    redis_url: RedisAddress = Field(default="", repr=False)
    storage_url: StorageAddress = ""
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
    cors_origins: Origins = ()
    jwt_secret: str = Field(default="", repr=False)
    max_upload_mb: int = Field(default=20, ge=1, le=50)

    image_backends: Backends = ()
    training_backends: Backends = ()
    runware_api_key: str = Field(default="", repr=False)
    runware_ws_url: WebSocketAddress = ""
    replicate_api_token: str = Field(default="", repr=False)
    replicate_base_url: ReplicateAddress = ""
    replicate_webhook_secret: SigningSecret = Field(default="", repr=False)
    replicate_destination: Destination = ""
    local_model: str = ""
    local_device: str = ""

    payment_provider_token: str = Field(default="", repr=False)
    payment_currency: str = Field(default="XTR", pattern=r"^[A-Z]{3}$")

    lease_seconds: int = Field(default=15, ge=3, le=300)
    failpoints_dir: Path | None = None

    sentry_dsn: SentryAddress = Field(default="", repr=False)
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.telegram_api_url and not self.bot_token:
            raise WrongSetting("TELEGRAM_API_URL needs a BOT_TOKEN beside it; without both the sandbox is used")
        if self.bot_mode == "webhook" and not self.public_base_url and not self.sandbox:
            raise WrongSetting("BOT_MODE=webhook needs PUBLIC_BASE_URL, the https:// address of this API")
        if self.bot_mode == "webhook" and not self.telegram_webhook_secret:
            raise WrongSetting("BOT_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET, 1 to 256 characters of A-Z a-z 0-9 _ -")
        if self.payment_provider_token and self.payment_currency == "XTR":
            raise WrongSetting(
                "PAYMENT_PROVIDER_TOKEN needs a PAYMENT_CURRENCY such as RUB; Stars (XTR) take no provider"
            )
        if self.failpoints_dir and not self.sandbox:
            raise WrongSetting("FAILPOINTS_DIR kills processes for tests: it is refused beside a BOT_TOKEN")
        for name, chosen, offered in (
            ("IMAGE_BACKENDS", self.image_backends, ("runware", "replicate", "preview")),
            ("TRAINING_BACKENDS", self.training_backends, TRAINERS),
        ):
            for backend in chosen:
                if backend not in offered:
                    raise WrongSetting(f"{name}: {backend} is not part of this version; allowed: {', '.join(offered)}")
        if not self.sandbox:
            for backend, key_name, key in (
                ("runware", "RUNWARE_API_KEY", self.runware_api_key),
                ("replicate", "REPLICATE_API_TOKEN", self.replicate_api_token),
            ):
                for name, chosen in (
                    ("IMAGE_BACKENDS", self.image_backends),
                    ("TRAINING_BACKENDS", self.training_backends),
                ):
                    if backend in chosen and not key:
                        raise WrongSetting(f"{name}: {backend} needs {key_name}; without it take it off the list")
        return self

    @property
    def sandbox(self) -> bool:
        """Whether the stand-in for Telegram is used: there is no BOT_TOKEN."""
        return not self.bot_token

    @property
    def life(self) -> Life:
        """Which database, storage and keys are used."""
        return "sandbox" if self.sandbox else "production"
