"""The guarded client: what a vendor has made is fetched under limits, and from nowhere but the open internet."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext
from typing import TypeVar

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver

from workers.downloads.addresses import PrivateAddress, PublicResolver, Step, first_step, next_step, open_public_socket
from workers.downloads.errors import DownloadFailed, DownloadRefused, Failure, Refusal
from workers.downloads.media_types import sniff
from workers.downloads.places import Places
from workers.downloads.sinks import FILE_MEMORY_BYTES, InFile, InMemory, Sink

MAX_REDIRECTS = 3
BYTES_IN_MEMORY = 128 * 1024 * 1024
"""What all downloads under way may hold together."""
PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try."""

_HEADERS = {"User-Agent": "DreamPhoto", "Accept": "*/*", "Accept-Encoding": "identity"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({404, 408, 425, 429})

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long one try may take, in seconds."""

    connect: float = 10
    """Name, connection and TLS."""
    stall: float = 20
    """Between two pieces of an answer."""
    total: float = 180
    """Everything, redirects too: what trickles ends as well."""
    file_total: float = 1200
    """The same for what goes to a file, as weights of some hundred megabytes do."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file as a vendor delivered it: small enough and of an accepted type, but not looked into."""

    content: bytes
    media_type: str
    """By its first bytes, whatever the vendor called it."""


class Downloads:
    """Fetches results. Built once, inside the running loop; the worker closes it at the end.

    allowed_hosts are host and port of the configured vendors' addresses, lower-case: these alone may be asked over
    plain http and may be private, as the stand-ins on this machine are. Everything else is https on the open internet.
    Nothing that could tell who asks is ever sent: no credentials, no cookies; and no proxy of the environment is used.
    """

    def __init__(
        self,
        allowed_hosts: frozenset[tuple[str, int]] = frozenset(),
        parallel: int = 8,
        *,
        bytes_in_memory: int = BYTES_IN_MEMORY,
        timeouts: Timeouts | None = None,
        pauses: tuple[float, ...] = PAUSES,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        resolver: AbstractResolver | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self._allowed_hosts = allowed_hosts
        self._places = Places(parallel, bytes_in_memory)
        self._timeouts = timeouts or Timeouts()
        self._pauses = pauses
        self._pause = pause
        self._resolver = resolver or DefaultResolver()
        self._closing = False
        # Two pools, so that a connection made by the wider rule is never used under the stricter one. No DNS cache:
        # what the guard sees is what is connected to.
        guarded = aiohttp.TCPConnector(
            resolver=PublicResolver(self._resolver),
            socket_factory=open_public_socket,
            use_dns_cache=False,
            limit=parallel,
            ssl=tls or True,
        )
        trusted = aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, limit=parallel, ssl=tls or True)
        self._outside = self._session(guarded)
        self._vendors = self._session(trusted)

    async def fetch(self, url: str, *, limit_bytes: int, accept: frozenset[str]) -> Download:
        """The file behind a URL, at most limit_bytes long and of one of the accepted media types.

        Tries again after what may pass, with growing pauses and without keeping its place meanwhile. Raises
        DownloadRefused (final) or, when the last try fails, DownloadFailed.
        """

        async def attempt(start: Step) -> Download:
            body = io.BytesIO()  # hands its bytes over without another copy
            async with asyncio.timeout(self._timeouts.total):
                await self._follow(start, InMemory(body), limit_bytes)
            content = body.getvalue()
            return Download(content, _accepted(content, accept))

        return await self._insist(url, limit_bytes, attempt)

    async def fetch_to_file(self, url: str, path: Path, *, limit_bytes: int, accept: frozenset[str]) -> None:
        """The same, left in a file and never whole in memory; where it does not come the file is of no use."""

        async def attempt(start: Step) -> None:
            with path.open("wb") as file:
                async with asyncio.timeout(self._timeouts.file_total):
                    await self._follow(start, sink := InFile(file), limit_bytes)
                _accepted(sink.first, accept)

        await self._insist(url, FILE_MEMORY_BYTES, attempt)

    async def _insist(self, url: str, memory_bytes: int, attempt: Callable[[Step], Awaitable[Answer]]) -> Answer:
        start = first_step(url, self._allowed_hosts)
        tries = len(self._pauses) + 1
        for number, pause_s in enumerate((*self._pauses, None), start=1):
            try:
                async with self._places.hold(memory_bytes):
                    return await self._attempt(start, attempt)
            except DownloadFailed as failure:
                _log.warning("download.failed", host=start.url.raw_host, code=failure.code, attempt=number, of=tries)
                if pause_s is None or self._closing:
                    raise
                await self._pause(pause_s)
        raise AssertionError("the last try returns or raises")

    async def aclose(self) -> None:
        """End what is under way and let go of connections."""
        self._closing = True
        await self._outside.close()
        await self._vendors.close()
        await self._resolver.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=self._timeouts.connect, sock_read=self._timeouts.stall),
        )

    async def _attempt(self, start: Step, attempt: Callable[[Step], Awaitable[Answer]]) -> Answer:
        if self._closing:
            raise DownloadFailed(Failure.CONNECTION, "the client is closed")
        try:
            return await attempt(start)
        except TimeoutError as error:
            raise DownloadFailed(Failure.TIMEOUT, f"{start.url.raw_host} took too long") from error
        except aiohttp.InvalidURL:  # its text is the link; so are some of those below, and links carry signatures
            raise DownloadRefused(Refusal.ADDRESS, "not a URL that can be asked") from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddress):
                raise DownloadRefused(Refusal.ADDRESS, "the host's address is private") from None
            raise DownloadFailed(Failure.CONNECTION, f"{start.url.raw_host}: {type(error).__name__}") from None

    async def _follow(self, step: Step, sink: Sink, limit_bytes: int) -> None:
        """The body at the end of at most MAX_REDIRECTS redirects, each judged like the first address."""
        for _ in range(MAX_REDIRECTS + 1):
            session = self._vendors if step.trusted else self._outside
            async with session.get(step.url, allow_redirects=False) as response:
                try:
                    if response.status == 200:
                        return await _read(response, sink, limit_bytes)
                    if response.status not in _REDIRECTS:
                        raise _by_status(response.status)
                    step = next_step(step, response.headers.get("Location", ""), self._allowed_hosts)
                finally:
                    if not response.content.at_eof():
                        response.close()  # what was not wanted is not read to its end
        raise DownloadRefused(Refusal.REDIRECT, f"more than {MAX_REDIRECTS} redirects")


def _accepted(content: bytes, accept: frozenset[str]) -> str:
    """The media type of a body that begins so. Raises DownloadRefused."""
    if not content:
        raise DownloadRefused(Refusal.EMPTY, "no bytes at all")
    media_type = sniff(content)
    if media_type is None or media_type not in accept:
        raise DownloadRefused(Refusal.WRONG_TYPE, f"{media_type or 'unknown bytes'} where {sorted(accept)} may come")
    return media_type


async def _read(response: aiohttp.ClientResponse, sink: Sink, limit_bytes: int) -> None:
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise DownloadRefused(Refusal.ENCODED, "compressed, though plain bytes were asked for")
    if (response.content_length or 0) > limit_bytes:
        raise DownloadRefused(Refusal.TOO_LARGE, f"{response.content_length} bytes where {limit_bytes} may come")
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > limit_bytes:
            raise DownloadRefused(Refusal.TOO_LARGE, f"more than {limit_bytes} bytes")
        await sink.write(piece)
    await sink.end()


def _by_status(status: int) -> DownloadFailed | DownloadRefused:
    message = f"HTTP status {status}"
    if status >= 500 or status in _PASSING:
        return DownloadFailed(Failure.STATUS, message)
    return DownloadRefused(Refusal.STATUS, message)
