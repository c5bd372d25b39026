"""What a setting may be: its type, and for the line about a wrong one the words that say what is allowed."""

import re
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_settings import NoDecode

BackendName = Literal["runware", "replicate", "local", "preview"]
TRAINERS: tuple[BackendName, ...] = ("replicate", "preview")
"""Those that train personal models; Runware serves what was trained elsewhere."""


class WrongSetting(Exception):
    """A setting that cannot be used; its text is the one line that says why."""


def _split_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value


Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split_list)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_list)]
Backends = Annotated[tuple[BackendName, ...], NoDecode, BeforeValidator(_split_list)]


def _token_of_botfather(value: str) -> str:
    if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
        raise ValueError("a token from @BotFather, such as 123456789:ABC-def_123, or nothing for the sandbox")
    return value


BotToken = Annotated[str, AfterValidator(_token_of_botfather)]


def _somebody_to_write_to(value: str) -> str:
    if value and not re.fullmatch(r"@[A-Za-z]\w{3,31}|https://[^\s<>\"]+|[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+", value):
        raise ValueError("@name of a Telegram account, an e-mail address, or an address that begins with https://")
    return value


Contact = Annotated[str, StringConstraints(max_length=200), AfterValidator(_somebody_to_write_to)]


def _address_parts(value: str, *schemes: str) -> SplitResult | None:
    """The parts of an address of one of these schemes; None for everything else, a port that is no number too."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in schemes else None


def _web_address(value: str) -> str:
    if value and not _address_parts(value, "http", "https"):
        raise ValueError("an address that begins with http:// or https://")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _websocket_address(value: str) -> str:
    if value and not _address_parts(value, "ws", "wss"):
        raise ValueError("an address that begins with ws:// or wss://")
    return value.rstrip("/")


WebSocketAddress = Annotated[str, AfterValidator(_websocket_address)]


def _model_name(value: str) -> str:
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*", value):
        raise ValueError("owner/name of a model at Replicate, such as somebody/dream-photo-models")
    return value


Destination = Annotated[str, AfterValidator(_model_name)]


def _without_version(value: str) -> str:
    return value.removesuffix("/v1")  # the SDK's paths begin with it


ReplicateAddress = Annotated[WebAddress, AfterValidator(_without_version)]


def _postgres_address(value: str) -> str:
    parts = _address_parts(value, "postgres", "postgresql")
    if value and not (parts and parts.path.strip("/")):
        raise ValueError("an address such as postgresql://user:password@host:5432/database")
    return value


PostgresAddress = Annotated[str, AfterValidator(_postgres_address)]


def _redis_address(value: str) -> str:
    parts = _address_parts(value, "redis", "rediss", "unix")
    numbered = parts and (parts.scheme == "unix" or re.fullmatch(r"/?\d*", parts.path))
    if value and not numbered:
        raise ValueError("an address such as redis://:password@host:6379/0")
    return value


RedisAddress = Annotated[str, AfterValidator(_redis_address)]


def _storage_address(value: str) -> str:
    parts = _address_parts(value, "file", "s3")
    if value and not (parts and (parts.netloc if parts.scheme == "s3" else parts.path.strip("/"))):
        raise ValueError("file:///folder or s3://bucket/prefix")
    return value


StorageAddress = Annotated[str, AfterValidator(_storage_address)]


def _signing_secret(value: str) -> str:
    if value and not re.fullmatch(r"whsec_[A-Za-z0-9+/]+=*", value):
        raise ValueError("the signing secret of Replicate's webhooks, which begins with whsec_")
    return value


SigningSecret = Annotated[str, AfterValidator(_signing_secret)]


def _dsn_of_sentry(value: str) -> str:
    parts = _address_parts(value, "http", "https")
    if value and not (parts and parts.username and parts.hostname and re.search(r"/\d+\Z", parts.path)):
        raise ValueError("an address such as https://key@sentry.example/42, from the project's Client Keys")
    return value


SentryAddress = Annotated[str, AfterValidator(_dsn_of_sentry)]
