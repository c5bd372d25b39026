"""What travels on the wire: JSON values, and files uploaded beside them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request, held in memory (the largest allowed is 50 MB)."""

    file_name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """A result that Telegram says a word about, in the answer's `description`."""

    result: Json
    description: str


def present(**fields: Any) -> JsonObject:
    """Return the fields that are not None: the Bot API leaves out what is not there."""
    return {name: value for name, value in fields.items() if value is not None}
