"""What travels on the wire: JSON objects, times and ids as Replicate writes them."""

import secrets
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson
from starlette.responses import Response

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 26


def new_id() -> str:
    """Return an id as Replicate's: 26 small letters and digits."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))


def written(moment: float | None) -> str | None:
    """Return a Unix time in seconds as Replicate writes it, to the millisecond; None stays None."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
