"""What routes ask for. Asynchronous all of them: FastAPI runs plain functions in a thread, at a price per request."""

from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from api.lifecycle import Resources


async def get_resources(request: Request) -> Resources:
    """Everything that was opened at the start."""
    resources: Resources = request.app.state.resources
    return resources


async def only_from_this_machine(request: Request) -> None:
    """Refuse everybody but loopback peers; forwarded headers prove nothing. Raises HTTPException 403."""
    host = request.client.host if request.client else ""
    try:
        allowed = ip_address(host).is_loopback
    except ValueError:  # a Unix socket has no address
        allowed = False
    # A proxy on this machine speaks for the whole world.
    if not allowed or "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        raise HTTPException(403, "only from this machine")


House = Annotated[Resources, Depends(get_resources)]
