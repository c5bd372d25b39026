"""What the guarded client takes, what it refuses, and what it tries again."""

import asyncio
import gzip
import socket
import struct
import traceback
import tracemalloc

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from workers.downloads import Download, DownloadFailed, DownloadRefused, Failure, Refusal, Timeouts
from workers.downloads.addresses import open_public_socket
from workers.downloads.media_types import JPEG, PNG, SAFETENSORS

JPEG_BYTES = b"\xff\xd8\xff\xe0" + bytes(2000)
PICTURES = frozenset({JPEG, PNG})
LIMIT = 100_000


class Names(AbstractResolver):
    """Answers a name with addresses: one list after another, the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}
            for address in addresses
        ]

    async def close(self):
        pass


async def refusal(downloads, url: str, limit_bytes: int = LIMIT) -> Refusal:
    with pytest.raises(DownloadRefused) as refused:
        await downloads.fetch(url, limit_bytes=limit_bytes, accept=PICTURES)
    return refused.value.code


async def failure(downloads, url: str) -> Failure:
    with pytest.raises(DownloadFailed) as failed:
        await downloads.fetch(url, limit_bytes=LIMIT, accept=PICTURES)
    return failed.value.code


async def test_a_picture_comes_as_it_is_with_the_type_of_its_bytes(far, client):
    url = far.gives("/a", JPEG_BYTES, content_type="text/html")
    assert await client().fetch(url, limit_bytes=LIMIT, accept=PICTURES) == Download(JPEG_BYTES, JPEG)


async def test_exactly_the_limit_is_not_too_much(far, client):
    url = far.gives("/a", JPEG_BYTES)
    found = await client().fetch(url, limit_bytes=len(JPEG_BYTES), accept=PICTURES)
    assert found.content == JPEG_BYTES
    assert await refusal(client(), url, limit_bytes=len(JPEG_BYTES) - 1) is Refusal.TOO_LARGE


async def test_nothing_that_tells_who_asks_is_sent(far, client, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine vendor.example login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    far.gives("/a", JPEG_BYTES, headers={"Set-Cookie": "who=you"})
    allowed = frozenset({("vendor.example", far.port)})  # a name: cookies of bare addresses are never kept anyway
    downloads = client(allowed_hosts=allowed, resolver=Names(["127.0.0.1"]))
    for _ in range(2):
        await downloads.fetch(f"http://vendor.example:{far.port}/a", limit_bytes=LIMIT, accept=PICTURES)
    assert len(far.asked) == 2
    for request in far.asked:
        assert set(request.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
        assert request.headers["Accept-Encoding"] == "identity"


async def test_the_query_of_a_signed_link_arrives_unchanged(far, client):
    url = far.gives("/a", JPEG_BYTES) + "?sig=a%2Bb%2Fc%3D&x=%7e"
    await client().fetch(url, limit_bytes=LIMIT, accept=PICTURES)
    assert far.asked[0].raw_path.endswith("?sig=a%2Bb%2Fc%3D&x=%7e")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(far, client, status):
    far.gives("/there", JPEG_BYTES)
    url = far.redirects("/here", "/there", status)
    assert (await client().fetch(url, limit_bytes=LIMIT, accept=PICTURES)).content == JPEG_BYTES


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0177.0.0.1"]
)
async def test_a_redirect_to_a_private_address_is_refused(far, client, host):
    url = far.redirects("/here", f"https://{host}/latest/meta-data")
    assert await refusal(client(), url) is Refusal.ADDRESS
    assert len(far.asked) == 1


async def test_a_redirect_to_another_port_of_this_machine_is_refused(far, client):
    for location in ("http://127.0.0.1:5432/", "http://localhost/"):
        assert await refusal(client(), far.redirects("/here", location)) is Refusal.SCHEME


async def test_three_redirects_are_followed_and_a_fourth_is_not(far, client):
    far.gives("/4", JPEG_BYTES)
    for number in range(4):
        far.redirects(f"/{number}", f"/{number + 1}")
    downloads = client()
    base = f"http://127.0.0.1:{far.port}"
    assert (await downloads.fetch(f"{base}/1", limit_bytes=LIMIT, accept=PICTURES)).media_type == JPEG
    assert await refusal(downloads, f"{base}/0") is Refusal.REDIRECT


async def test_a_redirect_that_leads_to_itself_ends(far, client):
    assert await refusal(client(), far.redirects("/here", "/here")) is Refusal.REDIRECT
    assert len(far.asked) == 4


async def test_a_redirect_without_a_place_is_refused(far, client):
    assert await refusal(client(), far.gives("/here", b"", status=302)) is Refusal.REDIRECT


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%lo"]
)
async def test_a_name_of_a_private_address_is_refused(far, client, address, pauses):
    names = Names([address])
    assert await refusal(client(resolver=names), f"https://vendor.example:{far.port}/a") is Refusal.ADDRESS
    assert names.asked == ["vendor.example"]
    assert pauses == []
    assert far.asked == []


async def test_a_name_with_public_and_private_addresses_gets_no_socket_at_all(client, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("workers.downloads.client.open_public_socket", opened.append)
    names = Names(["8.8.8.8", "10.0.0.1"])
    assert await refusal(client(resolver=names), "https://vendor.example/a") is Refusal.ADDRESS
    assert opened == []


async def test_a_resolver_that_nobody_guards_still_gets_no_private_socket(far, client, monkeypatch):
    """The guard at the socket stands alone, should what comes before it fail."""
    monkeypatch.setattr("workers.downloads.client.PublicResolver", lambda resolver: resolver)
    for addresses in (["127.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["::1", "127.0.0.1"]):
        downloads = client(resolver=Names(addresses))
        assert await refusal(downloads, f"https://vendor.example:{far.port}/a") is Refusal.ADDRESS
    assert far.asked == []


async def test_a_name_that_is_public_at_first_and_private_later_gains_nothing(client, pauses, monkeypatch):
    opened: list[str] = []

    def unreachable(address_info):
        open_public_socket(address_info).close()
        opened.append(address_info[4][0])
        raise OSError("the open internet is not asked by tests")

    monkeypatch.setattr("workers.downloads.client.open_public_socket", unreachable)
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    assert await refusal(client(resolver=names), "https://vendor.example/a") is Refusal.ADDRESS
    assert names.asked == ["vendor.example", "vendor.example"]
    assert opened == ["8.8.8.8"]
    assert pauses == [1.0]


async def test_a_body_without_an_end_is_cut_off(far, client):
    gone = asyncio.Event()

    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(JPEG_BYTES)
        finally:
            gone.set()

    assert await refusal(client(), far.on("/a", pour)) is Refusal.TOO_LARGE
    await asyncio.wait_for(gone.wait(), 5)


async def raw_answer(
    far_bytes: bytes, *, hold: asyncio.Event | None = None
) -> tuple[asyncio.Server, int, asyncio.Event]:
    """A far side that sends these bytes to whoever connects, and then hangs up, or holds on until told."""
    hung_up = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(far_bytes)
        if hold is not None:
            await hold.wait()
        writer.close()
        hung_up.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1], hung_up


async def test_an_announced_length_over_the_limit_is_refused_before_the_body(client):
    hold = asyncio.Event()
    server, port, _ = await raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", hold=hold)
    async with server:
        downloads = client(allowed_hosts=frozenset({("127.0.0.1", port)}))
        assert await refusal(downloads, f"http://127.0.0.1:{port}/") is Refusal.TOO_LARGE
        hold.set()


async def test_a_length_that_promises_more_than_comes_is_a_failure(client, pauses):
    server, port, _ = await raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + JPEG_BYTES)
    async with server:
        downloads = client(allowed_hosts=frozenset({("127.0.0.1", port)}))
        assert await failure(downloads, f"http://127.0.0.1:{port}/") is Failure.CONNECTION
    assert pauses == [1.0, 4.0]


async def test_a_length_that_promises_less_than_comes_brings_no_more_than_promised(client):
    server, port, _ = await raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + bytes(LIMIT * 20))
    async with server:
        downloads = client(allowed_hosts=frozenset({("127.0.0.1", port)}))
        with pytest.raises((DownloadRefused, DownloadFailed)):
            await downloads.fetch(f"http://127.0.0.1:{port}/", limit_bytes=LIMIT, accept=PICTURES)


async def test_silence_between_two_bytes_is_a_timeout(far, client, pauses):
    let_go = asyncio.Event()

    async def stall(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(JPEG_BYTES)
        await let_go.wait()
        return response

    downloads = client(timeouts=Timeouts(connect=5, stall=0.05, total=60))
    assert await failure(downloads, far.on("/a", stall)) is Failure.TIMEOUT
    assert pauses == [1.0, 4.0]
    let_go.set()


async def test_a_trickle_that_never_stalls_ends_with_the_total_time(far, client):
    dripped = 0

    async def drip(request: web.Request) -> web.StreamResponse:
        nonlocal dripped
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"\xff")
            dripped += 1
            await asyncio.sleep(0)

    downloads = client(timeouts=Timeouts(connect=5, stall=5, total=0.1), pauses=())
    assert await failure(downloads, far.on("/a", drip)) is Failure.TIMEOUT
    assert 1 < dripped < LIMIT


async def test_a_server_that_never_answers_is_a_timeout(client):
    hold = asyncio.Event()
    server, port, _ = await raw_answer(b"", hold=hold)
    async with server:
        downloads = client(
            allowed_hosts=frozenset({("127.0.0.1", port)}),
            timeouts=Timeouts(connect=5, stall=0.05, total=60),
            pauses=(),
        )
        assert await failure(downloads, f"http://127.0.0.1:{port}/") is Failure.TIMEOUT
        hold.set()


async def test_a_compressed_bomb_is_refused_without_being_unpacked(far, client):
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < LIMIT
    url = far.gives("/a", bomb, headers={"Content-Encoding": "gzip"})
    assert await refusal(client(), url) is Refusal.ENCODED


async def test_a_page_that_calls_itself_a_picture_is_refused(far, client):
    url = far.gives("/a", b"<!doctype html><title>Sign in</title>" + bytes(500), content_type="image/jpeg")
    assert await refusal(client(), url) is Refusal.WRONG_TYPE


async def test_a_type_that_was_not_asked_for_is_refused(far, client):
    assert await refusal(client(), far.gives("/a", b"PK\x03\x04" + bytes(500))) is Refusal.WRONG_TYPE


async def test_no_bytes_at_all_are_refused(far, client):
    assert await refusal(client(), far.gives("/a", b"")) is Refusal.EMPTY


@pytest.mark.parametrize("status", [204, 206, 300, 304, 400, 401, 403, 410, 451])
async def test_a_status_that_stays_is_final(far, client, pauses, status):
    assert await refusal(client(), far.gives("/a", b"", status=status)) in (Refusal.STATUS, Refusal.EMPTY)
    assert len(far.asked) == 1
    assert pauses == []


@pytest.mark.parametrize("status", [404, 408, 425, 429, 500, 502, 503, 504])
async def test_a_status_that_may_pass_is_tried_three_times_with_growing_pauses(far, client, pauses, status):
    assert await failure(client(), far.gives("/a", b"no", status=status)) is Failure.STATUS
    assert len(far.asked) == 3
    assert pauses == [1.0, 4.0]


async def test_a_picture_that_comes_at_the_third_try_is_taken(far, client):
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=503) if len(far.asked) < 3 else web.Response(body=JPEG_BYTES)

    found = await client().fetch(far.on("/a", answer), limit_bytes=LIMIT, accept=PICTURES)
    assert found.content == JPEG_BYTES


async def test_nobody_listening_is_a_failure(client):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        downloads = client(allowed_hosts=frozenset({("127.0.0.1", port)}))
        assert await failure(downloads, f"http://127.0.0.1:{port}/") is Failure.CONNECTION


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 No\r\n\r\n", b"HTTP/1.1 rubbish\r\n\r\n", b""])
async def test_no_trace_of_an_error_carries_the_signature_of_a_link(client, answer):
    server, port, _ = await raw_answer(answer)
    link = f"http://127.0.0.1:{port}/a?signature=precious"  # not in the call: a traceback shows its lines
    downloads = client(allowed_hosts=frozenset({("127.0.0.1", port)}))
    async with server:
        with pytest.raises(DownloadFailed) as failed:
            await downloads.fetch(link, limit_bytes=LIMIT, accept=PICTURES)
    assert "precious" not in "".join(traceback.format_exception(failed.value))


async def test_after_closing_nothing_is_tried_again(far, client, pauses):
    reached, let_go = asyncio.Event(), asyncio.Event()

    async def wait(_: web.Request) -> web.StreamResponse:
        reached.set()
        await let_go.wait()
        return web.Response(body=JPEG_BYTES)

    downloads = client()
    under_way = asyncio.create_task(failure(downloads, far.on("/a", wait)))
    await reached.wait()
    await downloads.aclose()
    assert await under_way is Failure.CONNECTION
    assert await failure(downloads, far.gives("/b", JPEG_BYTES)) is Failure.CONNECTION
    assert pauses == []
    let_go.set()


async def test_a_large_file_goes_to_the_disk_and_is_never_in_memory(far, client, tmp_path):
    piece = bytes(256 * 1024)

    async def pour(request):
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(struct.pack("<Q", 2) + b"{}")
        for _ in range(160):
            await response.write(piece)
        await response.write_eof()
        return response

    url, path = far.on("/weights", pour), tmp_path / "weights"
    tracemalloc.start()
    tracemalloc.reset_peak()
    await client(bytes_in_memory=4 * 2**20).fetch_to_file(
        url, path, limit_bytes=64 * 2**20, accept=frozenset({SAFETENSORS})
    )
    assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    tracemalloc.stop()
    assert path.stat().st_size == 10 + 160 * len(piece)


async def test_a_file_is_held_to_the_same_rules(far, client, tmp_path):
    cases = {
        far.gives("/html", b"<html></html>"): Refusal.WRONG_TYPE,
        far.gives("/empty", b""): Refusal.EMPTY,
        far.gives("/large", struct.pack("<Q", 2) + b"{}" + bytes(LIMIT)): Refusal.TOO_LARGE,
        far.redirects("/away", "http://127.0.0.1:1/weights"): Refusal.SCHEME,
        "http://10.0.0.1/weights": Refusal.SCHEME,
    }
    for url, code in cases.items():
        with pytest.raises(DownloadRefused) as refused:
            await client().fetch_to_file(url, tmp_path / "weights", limit_bytes=LIMIT, accept=frozenset({SAFETENSORS}))
        assert refused.value.code is code, url


async def test_a_file_that_broke_off_is_fetched_anew_from_its_beginning(far, client, tmp_path):
    whole = struct.pack("<Q", 2) + b"{}" + bytes(3000)
    tries = []

    async def answer(_):
        tries.append(1)
        return web.Response(status=503) if len(tries) == 1 else web.Response(body=whole)

    path = tmp_path / "weights"
    url = far.on("/weights", answer)
    await client().fetch_to_file(url, path, limit_bytes=LIMIT, accept=frozenset({SAFETENSORS}))
    assert path.read_bytes() == whole
