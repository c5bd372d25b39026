"""Every error as an RFC 9457 problem detail with a stable code; never a stack trace."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from db.pool import UNAVAILABLE
from services.errors import ProductError

PROBLEM_MEDIA_TYPE = "application/problem+json"

_log = structlog.get_logger(__name__)

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    422: "invalid_request",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}
_LATER_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""As RFC 9110 has them; Python before 3.13 knows the older ones."""


def phrase_of(status: int) -> str:
    """What a status is called, with every Python."""
    return _LATER_PHRASES.get(status) or HTTPStatus(status).phrase


def problem(
    request: Request,
    status: int,
    code: str | None = None,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """A problem detail for this request; members are added as they are."""
    body = {
        "type": "about:blank",
        "title": phrase_of(status),
        "status": status,
        "code": code or _CODES.get(status, "error"),
        "instance": request.url.path,
        "correlation_id": request.scope.get("correlation_id"),
        **({"detail": detail} if detail else {}),
        **(members or {}),
    }
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=PROBLEM_MEDIA_TYPE)


def unexpected(request: Request) -> JSONResponse:
    """What a caller hears of a mistake of ours."""
    return problem(request, 500)


def add_error_handlers(app: FastAPI) -> None:
    """Map every kind of error to its problem detail, here and nowhere else."""

    @app.exception_handler(ProductError)
    async def product_error(request: Request, error: ProductError) -> JSONResponse:
        return problem(request, error.http_status, error.code, members=error.fields)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
        return problem(request, 422, members={"errors": wrong})

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        detail = error.detail if error.detail != phrase else None
        return problem(request, error.status_code, detail=detail, headers=error.headers)

    async def unavailable(request: Request, error: Exception) -> JSONResponse:
        _log.warning("request.unavailable", path=request.url.path, error=str(error))
        return problem(request, 503, headers={"Retry-After": "2"})

    for kind in UNAVAILABLE:
        app.add_exception_handler(kind, unavailable)
