"""What the vendors' stand-ins have in common under `/sim`: what tests see and change, by the same addresses."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class VendorControl(Protocol):
    """The routes' answers; their bodies are each vendor's own."""

    async def ledger(self, request: Request) -> Response:
        """GET /sim/ledger: what was ever taken, and what it cost."""

    async def requests(self, request: Request) -> Response:
        """GET /sim/requests: what was asked."""

    async def downloads(self, request: Request) -> Response:
        """GET /sim/files/requests: what was asked of the file host."""

    async def settings(self, request: Request) -> Response:
        """GET /sim/settings: how the server is set."""

    async def change_settings(self, request: Request) -> Response:
        """POST /sim/settings: change what is named."""

    async def faults(self, request: Request) -> Response:
        """GET /sim/faults: what waits, and what has struck."""

    async def add_fault(self, request: Request) -> Response:
        """POST /sim/faults: let one wait."""

    async def clear_faults(self, request: Request) -> Response:
        """DELETE /sim/faults: drop all of them, and their counts."""


def vendor_control_routes(control: VendorControl) -> list[Route]:
    """Return the routes that every vendor's stand-in has for tests."""
    return [
        Route("/sim/ledger", control.ledger, methods=["GET"]),
        Route("/sim/requests", control.requests, methods=["GET"]),
        Route("/sim/files/requests", control.downloads, methods=["GET"]),
        Route("/sim/settings", control.settings, methods=["GET"]),
        Route("/sim/settings", control.change_settings, methods=["POST"]),
        Route("/sim/faults", control.faults, methods=["GET"]),
        Route("/sim/faults", control.add_fault, methods=["POST"]),
        Route("/sim/faults", control.clear_faults, methods=["DELETE"]),
    ]
