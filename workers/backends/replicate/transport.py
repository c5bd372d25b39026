"""What lies between the vendor's SDK and the network.

The SDK wraps whatever transport it is given in retries of its own, which sleep for as long as any `Retry-After` says.
A refusal leaves this one as an exception, so that the SDK never sees a status that it would retry.

Requests go over aiohttp, which takes a third of the processor time of httpx's own transport. The ready-made bridge
between the two (httpx-aiohttp 0.2) calls a connection that broke after the request was sent a ConnectTimeout; here it
must stay told apart, or a prediction would be created and billed twice.
"""

from collections.abc import AsyncIterable

import aiohttp
import httpx

_MOST_CONNECTIONS = 24
"""Replicate allows 60 requests a second in all (page "Rate limits"), so this many serve where each lasts 0.4 s."""
_LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; a page of a hundred predictions weighs 70 kB, with pictures among the inputs up to some megabytes."""
_LONGEST_REFUSAL = 500
"""Characters of a refusal's words that are kept."""
_SET_BY_THE_SDK = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


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
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and read its answer to the end. Raises ForeignHost, Refusal, httpx.TransportError.

        Of these only ConnectError, ConnectTimeout and PoolTimeout say that nothing was sent.
        """
        if _origin_of(request.url) != self._origin:
            raise ForeignHost(f"not sent to {request.url.host}: the token belongs to the API alone")
        try:
            response = await self._answer(request)
        except aiohttp.ConnectionTimeoutError as error:
            raise httpx.ConnectTimeout(str(error), request=request) from error
        except aiohttp.ClientConnectorError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except (aiohttp.ClientError, OSError) as error:
            raise httpx.ReadError(f"{type(error).__name__}: {error}", request=request) from error
        if response.status_code < 400:
            return response
        raise Refusal(response.status_code, _detail_of(response), _retry_after(response))

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        waits = request.extensions.get("timeout", {})
        timeout = aiohttp.ClientTimeout(connect=waits.get("pool"), sock_connect=waits.get("connect"))
        async with self._opened().request(
            request.method,
            str(request.url),
            headers=[(name.decode(), value.decode()) for name, value in request.headers.raw],
            data=await _body_of(request),
            allow_redirects=False,
            timeout=timeout,
        ) as answer:
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > _LARGEST_ANSWER:
                    raise httpx.ReadError("the answer is too large", request=request)
        raw = httpx.ByteStream(bytes(content))
        response = httpx.Response(answer.status, headers=answer.raw_headers, stream=raw, request=request)
        await response.aread()
        return response

    def _opened(self) -> aiohttp.ClientSession:
        """The session, opened at the first request: only then there is a running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_SET_BY_THE_SDK,
                auto_decompress=False,
            )
        return self._session


async def _body_of(request: httpx.Request) -> bytes | AsyncIterable[bytes] | None:
    """The body, or where it comes in pieces a stream of them: a file is never whole in memory."""
    if isinstance(request.stream, httpx.ByteStream):
        return await request.aread() or None
    assert isinstance(request.stream, AsyncIterable)  # an asynchronous client makes no other
    return request.stream


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
