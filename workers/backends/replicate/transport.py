"""What lies between the vendor's SDK and the network.

The SDK wraps whatever transport it is given in retries of its own, which sleep for as long as any `Retry-After` says.
A refusal leaves this one as an exception, so that the SDK never sees a status that it would retry.
"""

import asyncio

import httpx

_MOST_CONNECTIONS = 50
"""Enough for hundreds of calls in flight: a request lasts a tenth of a second, a call many seconds.

The pool's work grows with its connections and its queue, so nobody queues there: one waits for a turn before it.
"""
_LONGEST_REFUSAL = 500
"""Characters of a refusal's words that are kept."""


class Refusal(Exception):
    """The vendor answered with a status of 400 or more."""

    def __init__(self, status: int, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"HTTP {status}: {detail}")
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        """Seconds, where the answer named them."""


class ForeignHost(Exception):
    """A request was about to carry the token to a host that is not the API's."""


class ApiTransport(httpx.AsyncBaseTransport):
    """Connections to the API's host and to no other; refusals come out as exceptions."""

    def __init__(self, base_url: str) -> None:
        self._origin = _origin_of(httpx.URL(base_url))
        limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS)
        self._inner = httpx.AsyncHTTPTransport(limits=limits)
        self._turns = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises ForeignHost, Refusal, httpx.TransportError."""
        if _origin_of(request.url) != self._origin:
            raise ForeignHost(f"not sent to {request.url.host}: the token belongs to the API alone")
        await self._take_turn(request)
        try:
            response = await self._inner.handle_async_request(request)
            await response.aread()
        finally:
            self._turns.release()
        if response.status_code < 400:
            return response
        raise Refusal(response.status_code, _detail_of(response), _retry_after(response))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()

    async def _take_turn(self, request: httpx.Request) -> None:
        """Wait for a connection as long as the request may wait for one."""
        patience = request.extensions.get("timeout", {}).get("pool")
        try:
            async with asyncio.timeout(patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("every connection is busy") from error


def _origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _detail_of(response: httpx.Response) -> str:
    """The words of a refusal: problem details (RFC 9457), or the beginning of whatever else came."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        words = [str(problem[name]) for name in ("title", "detail") if problem.get(name)]
        return ": ".join(words)[:_LONGEST_REFUSAL]
    return response.text[:_LONGEST_REFUSAL]


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None
