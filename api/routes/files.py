"""Files by signed links: what a vendor needs of ours to serve a person's model."""

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import StreamingResponse

from api.dependencies import House
from api.schemas.house import InvalidRequest, Problem
from services.models.weights_links import is_link_valid

router = APIRouter(prefix="/files", tags=["files"])

MAX_SIGNATURE = 128
"""Characters; ours have 64."""


@router.get(
    "/weights/{version_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        403: {"model": Problem},
        404: {"model": Problem},
        422: {"model": InvalidRequest},
    },
)
async def weights(
    version_id: int, house: House, expires: int = Query(ge=0), signature: str = Query(max_length=MAX_SIGNATURE)
) -> StreamingResponse:
    """The weights of a personal model, for whoever was given this link while it holds."""
    secret = house.settings.jwt_secret
    if not secret or not is_link_valid(secret, version_id, expires, signature, datetime.now(UTC)):
        raise HTTPException(403, "not a link that was given out, or an old one")
    found = await house.weights_files.open(version_id)
    if found is None:
        raise HTTPException(404)
    return StreamingResponse(
        found.pieces, media_type="application/octet-stream", headers={"Content-Length": str(found.size_bytes)}
    )
