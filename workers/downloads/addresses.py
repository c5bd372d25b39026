"""Which addresses may be asked: only ones that lie on the open internet, or a vendor's as the settings name it.

The check that counts sits where the socket is made, on the very address that is connected to. However a host was
spelled and whatever its name resolved to a moment ago, a private address never gets a socket.
"""

import errno
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from workers.downloads.errors import DownloadRefused, Refusal

MAX_URL = 8192
"""Characters; signed links of the large stores stay below 2,000."""

# IANA special-purpose address registries, what is not reachable on the open internet
_CLOSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; also where one cloud keeps its instance metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own host, public only in its spelling
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_V6 = IPv6Network("2000::/3")
"""All of IPv6 that is given out for the open internet."""
_CLOSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: any IPv4 address, private ones too, in disguise
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: on machines without IPv4 every vendor is reached through it, so that the address inside decides."""

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)


_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class PrivateAddress(OSError):
    """The address is not on the open internet. An OSError, because that is what connectors pass on."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "the address is not on the open internet")


@dataclass(frozen=True, slots=True)
class Step:
    """One address to ask: the first, or where a redirect led."""

    url: URL
    trusted: bool
    """The settings name this host and port, so that it may be private and speak plain http."""


def is_public(address: str) -> bool:
    """Whether a numeric address lies on the open internet. What cannot be read does not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _CLOSED_V4)
    if parsed.ipv4_mapped is not None:
        return is_public(str(parsed.ipv4_mapped))
    if parsed in _NAT64:
        return is_public(str(IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed in _OPEN_V6 and not any(parsed in network for network in _CLOSED_V6)


def first_step(url: str, allowed_hosts: frozenset[tuple[str, int]]) -> Step:
    """Judge the address that a vendor gave. Raises DownloadRefused.

    A stand-in on this machine may keep its files behind another port than its API; a redirect may not lead there.
    """
    parsed = _parsed(url)
    host, port = _host_and_port(parsed)
    is_here = host in _THIS_MACHINE and any(allowed in _THIS_MACHINE for allowed, _ in allowed_hosts)
    step = Step(parsed, trusted=is_here or (host, port) in allowed_hosts)
    _refuse_by_url(step)
    return step


def next_step(came_from: Step, location: str, allowed_hosts: frozenset[tuple[str, int]]) -> Step:
    """Judge where a redirect leads. Raises DownloadRefused.

    From outside nobody is led to a host that only the settings may name, nor from https back to http.
    """
    if not location:
        raise DownloadRefused(Refusal.REDIRECT, "a redirect that leads nowhere")
    _refuse_by_spelling(location)
    parsed = _parsed(str(came_from.url.join(URL(location, encoded=True))))
    if came_from.url.scheme == "https" and parsed.scheme != "https":
        raise DownloadRefused(Refusal.SCHEME, "a redirect from https to plain http")
    step = Step(parsed, trusted=came_from.trusted and _host_and_port(parsed) in allowed_hosts)
    _refuse_by_url(step)
    return step


class PublicResolver(AbstractResolver):
    """Refuses a name as soon as one of its addresses is private: nobody honest mixes the two."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses. Raises PrivateAddress."""
        found = await self._resolver.resolve(host, port, family)
        if not all(is_public(result["host"]) for result in found):
            raise PrivateAddress
        return found

    async def close(self) -> None:
        """Let go of the resolver behind."""
        await self._resolver.close()


def open_public_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """A socket for exactly this address, as aiohttp's `socket_factory`. Raises PrivateAddress."""
    family, kind, protocol, _, address = address_info
    if not is_public(address[0]):
        raise PrivateAddress
    return socket.socket(family, kind, protocol)


def _refuse_by_spelling(text: str) -> None:
    # What parsers read differently never gets to a parser: spaces, control characters, backslashes, other alphabets
    if len(text) > MAX_URL or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise DownloadRefused(Refusal.ADDRESS, "not a plain URL")


def _parsed(url: str) -> URL:
    _refuse_by_spelling(url)
    try:
        parsed = URL(url, encoded=True)  # signed links must be asked for exactly as they were given
        _ = parsed.port
    except ValueError as error:
        raise DownloadRefused(Refusal.ADDRESS, "not a URL") from error
    if parsed.scheme not in ("http", "https"):
        raise DownloadRefused(Refusal.SCHEME, "neither http nor https")
    if "@" in parsed.raw_authority:
        raise DownloadRefused(Refusal.CREDENTIALS, "a name or password in the URL")
    if not parsed.raw_host or not parsed.port:
        raise DownloadRefused(Refusal.ADDRESS, "a URL without a host")
    return parsed


def _host_and_port(url: URL) -> tuple[str, int]:
    assert url.raw_host is not None
    assert url.port is not None
    return url.raw_host.lower(), url.port


def _refuse_by_url(step: Step) -> None:
    if step.trusted:
        return
    if step.url.scheme != "https":
        raise DownloadRefused(Refusal.SCHEME, "plain http to a host that is no configured vendor")
    host, _ = _host_and_port(step.url)
    if _is_numeric(host) and not is_public(host):
        raise DownloadRefused(Refusal.ADDRESS, "a numeric address that is private or oddly spelled")


def _is_numeric(host: str) -> bool:
    """Whether the host is an address by the URL standard's rule, however it is spelled: 0x7f.1, 2130706433."""
    return ":" in host or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None
