"""Weights of a model over signed links: for whoever was given one, while it holds."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.weights_links import is_link_valid, sign_link, weights_url

SECRET = "a secret of this house"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def parts_of(url: str) -> tuple[int, str]:
    query = httpx.URL(url).params
    return int(query["expires"]), query["signature"]


def test_a_link_holds_for_its_version_until_it_expires() -> None:
    expires, signature = parts_of(weights_url("https://photos.example", SECRET, lambda: NOW)(7))
    assert is_link_valid(SECRET, 7, expires, signature, NOW)
    assert not is_link_valid(SECRET, 8, expires, signature, NOW)
    assert not is_link_valid(SECRET, 7, expires + 1, signature, NOW)
    assert not is_link_valid("another secret", 7, expires, signature, NOW)
    assert not is_link_valid(SECRET, 7, expires, signature, NOW + timedelta(hours=3))


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 10])
def test_a_signature_that_is_none_of_ours_opens_nothing(signature: str) -> None:
    assert not is_link_valid(SECRET, 7, 2**31, signature, NOW)
    assert sign_link(SECRET, 7, 2**31) != signature
