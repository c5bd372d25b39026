"""Links in texts and buttons, accepted and written as TDLib's LinkManager does it."""

import re
from urllib.parse import urlsplit

_OWN_SCHEME = re.compile(r"(?P<scheme>tg|ton|tonsite):(?://)?(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_OWN_HOST = re.compile(r"[A-Za-z0-9_-]+")
_USER_LINK = re.compile(r"tg:(?://)?user/?\?(?:.*&)?id=(\d+)(?:[&#].*)?", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WrongLink(Exception):
    """A link that Telegram does not take; the message is Telegram's reason."""


def user_of_link(link: str) -> int | None:
    """Return the id in a `tg://user?id=…` link, or None."""
    found = _USER_LINK.fullmatch(link)
    return int(found[1]) if found else None


def checked_link(link: str) -> str:
    """Return a link as Telegram writes it: with a scheme, a lower-case host and a path.

    Raises WrongLink.
    """
    if own := _OWN_SCHEME.fullmatch(link):
        host, slash, query = own["rest"].partition("/")
        host, mark, more = host.partition("?")
        if not _OWN_HOST.fullmatch(host):
            raise WrongLink(f"URL '{link}' is invalid: Unallowed characters in URL host")
        return f"{own['scheme'].lower()}://{host}{mark}{more}{slash}{query}"
    return _http_link(link)


def web_app_link(link: str) -> str:
    """Return the address of a Mini App, which must be HTTPS; this machine's own may be HTTP.

    Raises WrongLink.
    """
    checked = checked_link(link)
    parts = urlsplit(checked)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise WrongLink(f"URL '{link}' is invalid: Only HTTPS links are allowed")
    return checked


def _http_link(link: str) -> str:
    wrong = WrongLink(f"URL '{link}' is invalid: Wrong HTTP URL")
    scheme, separator, rest = link.partition("://")
    if not separator:
        scheme, rest = "http", link
    if scheme.lower() not in ("http", "https"):
        raise WrongLink(f"URL '{link}' is invalid: Unsupported URL protocol")
    cut = next((place for place, character in enumerate(rest) if character in "/?#"), len(rest))
    host, path = rest[:cut], rest[cut:]
    is_ipv6 = host.startswith("[")
    if not host or any(character.isspace() for character in host) or ("." not in host and not is_ipv6):
        raise wrong
    if not path.startswith("/"):
        path = f"/{path}"
    return f"{scheme.lower()}://{host.lower()}{path}"
