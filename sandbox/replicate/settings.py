"""The server's ways that a test may change while it runs."""

import base64
import binascii
import hashlib
from dataclasses import asdict, dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.replicate.wire import JsonObject

SECRET_PREFIX = "whsec_"  # noqa: S105 -- how such secrets begin, not one of them


@dataclass(slots=True)
class Settings:
    """How the server is set.

    `seconds` and `training_seconds` are how long a prediction and a training take. `side` (pixels) makes every
    picture the same small square, for benchmarks. `balance` is in US dollars; None never ends.
    `results_expire_seconds` is how long inputs, outputs and files are kept after a prediction has ended;
    `trainings_expire_seconds` how long a training tells of its own, None for good: its model stays all the same.
    """

    api_token: str
    username: str
    webhook_secret: str
    seconds: float = 3.0
    training_seconds: float = 12.0
    side: int | None = None
    balance: float | None = None
    results_expire_seconds: float = 3600.0
    trainings_expire_seconds: float | None = None

    def view(self) -> JsonObject:
        """Return the settings as JSON."""
        return asdict(self)

    def change(self, wanted: "SettingsChange") -> None:
        """Change what is named; None for `side`, `balance` and `trainings_expire_seconds` takes them off."""
        for name in wanted.model_fields_set - {"clock_advance"}:
            setattr(self, name, getattr(wanted, name))


class SettingsChange(BaseModel):
    """What changes; what is not named stays. `clock_advance` moves the server's time on by seconds."""

    model_config = ConfigDict(extra="forbid")

    api_token: str = Field(default="", min_length=1)
    username: str = Field(default="", min_length=1)
    webhook_secret: str = ""
    seconds: float = Field(default=0, ge=0)
    training_seconds: float = Field(default=0, ge=0)
    side: int | None = Field(default=None, ge=8, le=2048)
    balance: float | None = None
    results_expire_seconds: float = Field(default=0, ge=0)
    trainings_expire_seconds: float | None = Field(default=None, ge=0)
    clock_advance: float = Field(default=0, ge=0)

    @field_validator("webhook_secret")
    @classmethod
    def _looks_like_a_secret(cls, secret: str) -> str:
        try:
            if secret.startswith(SECRET_PREFIX) and base64.b64decode(secret[len(SECRET_PREFIX) :], validate=True):
                return secret
        except binascii.Error:
            pass
        raise ValueError("a webhook secret is whsec_ and base64")


def secret_for(token: str) -> str:
    """Return a webhook secret that belongs to a token: the same after a restart."""
    return SECRET_PREFIX + base64.b64encode(hashlib.sha256(f"webhook {token}".encode()).digest()).decode()
