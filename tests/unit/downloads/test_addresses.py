"""Only the open internet, and what the settings name, may be asked."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.downloads.addresses import PrivateAddress, first_step, is_public, next_step, open_public_socket
from workers.downloads.errors import DownloadRefused, Refusal

NOBODY: frozenset[tuple[str, int]] = frozenset()
STAND_IN = frozenset({("127.0.0.1", 8082)})

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - judged, not bound
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_on_the_open_internet_gets_no_socket(address):
    assert not is_public(address)
    with pytest.raises(PrivateAddress):
        open_public_socket((2, 1, 6, "", (address, 443)))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "192.169.0.1",
        "2606:4700:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_an_address_on_the_open_internet_may_be_asked(address):
    assert is_public(address)
    open_public_socket((10 if ":" in address else 2, 1, 6, "", (address, 443))).close()


@given(st.ip_addresses())
def test_nothing_that_python_knows_as_special_is_taken_for_public(address):
    inner = getattr(address, "ipv4_mapped", None) or address
    special = (
        inner.is_private
        or inner.is_loopback
        or inner.is_link_local
        or inner.is_multicast
        or inner.is_unspecified
        or (inner.is_reserved and inner not in ipaddress.ip_network("64:ff9b::/96"))
    )
    assert not (special and is_public(str(address)))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "0X7F.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.0x1",
        "134744072",  # 8.8.8.8, but nobody honest spells it so
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[fe80::1%25eth0]",
        "[64:ff9b::10.0.0.1]",
    ],
)
def test_every_spelling_of_a_private_address_is_refused_before_anything_is_asked(host):
    with pytest.raises(DownloadRefused) as refused:
        first_step(f"https://{host}/picture.jpg", NOBODY)
    assert refused.value.code is Refusal.ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example/a.jpg",
        "http://10.0.0.1:8083/a.jpg",
        "http://8.8.8.8/a.jpg",
        "file:///etc/passwd",
        "ftp://vendor.example/a.jpg",
        "data:image/png;base64,AAAA",
        "gopher://127.0.0.1:6379/_INFO",
    ],
)
def test_anything_but_https_is_refused(url):
    with pytest.raises(DownloadRefused) as refused:
        first_step(url, STAND_IN)
    assert refused.value.code is Refusal.SCHEME


@pytest.mark.parametrize(
    "url",
    [
        "https://name@vendor.example/a.jpg",
        "https://name:word@vendor.example/a.jpg",
        "https://@vendor.example/a.jpg",
        "http://127.0.0.1:8082@vendor.example/a.jpg",
    ],
)
def test_a_url_with_a_name_or_password_is_refused(url):
    with pytest.raises(DownloadRefused) as refused:
        first_step(url, STAND_IN)
    assert refused.value.code is Refusal.CREDENTIALS


@pytest.mark.parametrize(
    "url",
    [
        "https://vendor.example\\@127.0.0.1/",
        "https://vendor.example/a b",
        "https://vendor.example/a\r\nHost: other",
        "https://vendor.example/\x00",
        "https://vendör.example/",
        "https://１２７.0.0.1/",
        "https://vendor.example:port/",
        "https://vendor.example:99999/",
        "https://[::1/",
        "https:///a.jpg",
        "https://vendor.example/" + "a" * 9000,
    ],
)
def test_what_parsers_could_read_differently_is_refused(url):
    with pytest.raises(DownloadRefused) as refused:
        first_step(url, NOBODY)
    assert refused.value.code is Refusal.ADDRESS


def test_a_configured_stand_in_may_be_private_and_speak_plain_http():
    assert first_step("http://127.0.0.1:8082/a.jpg", STAND_IN).trusted
    assert not first_step("https://vendor.example/a.jpg", STAND_IN).trusted


def test_a_signed_link_is_asked_for_exactly_as_it_was_given():
    url = "https://vendor.example/a%2Fb/c.jpg?X-Sig=a%2Bb%2Fc%3D%3D&x=%7e~&e="
    assert str(first_step(url, NOBODY).url) == url
    came_from = first_step("https://other.example/", NOBODY)
    assert str(next_step(came_from, url, NOBODY).url) == url


@pytest.mark.parametrize(
    "location", ["", "http://vendor.example/a.jpg", "https://10.0.0.1/", "//127.0.0.1/", "file:///a"]
)
def test_a_redirect_is_judged_like_a_first_address(location):
    came_from = first_step("https://vendor.example/", STAND_IN)
    with pytest.raises(DownloadRefused):
        next_step(came_from, location, STAND_IN)


def test_from_outside_no_redirect_leads_to_a_stand_in():
    came_from = first_step("https://vendor.example/", STAND_IN)
    for location in ("http://127.0.0.1:8082/a.jpg", "https://127.0.0.1:8082/a.jpg"):
        with pytest.raises(DownloadRefused):
            next_step(came_from, location, STAND_IN)


def test_a_relative_redirect_stays_with_its_host():
    came_from = first_step("https://vendor.example/a/b.jpg?x=1", NOBODY)
    assert str(next_step(came_from, "../c.jpg?y=%2F", NOBODY).url) == "https://vendor.example/c.jpg?y=%2F"


def test_a_redirect_from_a_trusted_host_to_another_port_of_it_is_not_trusted():
    came_from = first_step("http://127.0.0.1:8082/a.jpg", STAND_IN)
    with pytest.raises(DownloadRefused):
        next_step(came_from, "http://127.0.0.1:5432/", STAND_IN)


def test_not_even_between_trusted_addresses_is_https_given_up():
    vendors = frozenset({("vendor.example", 443), ("vendor.example", 8080)})
    came_from = first_step("https://vendor.example/", vendors)
    assert next_step(came_from, "https://vendor.example:8080/", vendors).trusted
    with pytest.raises(DownloadRefused) as refused:
        next_step(came_from, "http://vendor.example:8080/", vendors)
    assert refused.value.code is Refusal.SCHEME


def test_a_stand_in_on_this_machine_may_keep_its_files_behind_another_port():
    assert first_step("http://127.0.0.1:9000/a.jpg", STAND_IN).trusted
    assert first_step("http://localhost:9000/a.jpg", STAND_IN).trusted
    for outside in (NOBODY, frozenset({("vendor.example", 8443)})):
        with pytest.raises(DownloadRefused):
            first_step("http://127.0.0.1:9000/a.jpg", outside)


def test_no_redirect_leads_to_another_port_of_this_machine():
    came_from = first_step("http://127.0.0.1:8082/a.jpg", STAND_IN)
    with pytest.raises(DownloadRefused):
        next_step(came_from, "http://127.0.0.1:9000/b.jpg", STAND_IN)
