"""Answers about the house itself."""

from typing import Literal

from pydantic import BaseModel


class About(BaseModel):
    """Who answers here."""

    name: str
    version: str


class Backend(BaseModel):
    """A maker of pictures, as the workers last saw it."""

    available: bool
    detail: str


class Health(BaseModel):
    """What answers and what waits; degraded where orders cannot be taken or made."""

    status: Literal["healthy", "degraded"]
    database: bool
    redis: bool
    runware_connected: bool
    replicate_connected: bool
    backends: dict[str, Backend]
    queue: dict[str, int]
    """Tasks that wait, by lane; empty where the database does not answer."""
    running: int


class Ready(BaseModel):
    """Requests can be served."""

    ready: Literal[True] = True


class Problem(BaseModel):
    """An RFC 9457 problem detail."""

    type: str
    title: str
    status: int
    code: str
    """Stable; for programs."""
    instance: str
    correlation_id: str | None
    detail: str | None = None


class WrongPart(BaseModel):
    """What is wrong with a part of a request."""

    where: str
    what: str


class InvalidRequest(Problem):
    """A problem detail about a request that is not of its form."""

    errors: list[WrongPart]
