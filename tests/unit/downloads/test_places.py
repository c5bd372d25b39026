"""Many downloads are wanted at once, and memory stays where it was set."""

import asyncio
import hashlib
import tracemalloc

import pytest
from aiohttp import web

from workers.downloads.media_types import JPEG
from workers.downloads.places import Places

MIB = 1024 * 1024
PIECE = b"\xff\xd8\xff\xe0" + bytes(64 * 1024 - 4)
TEN_MIB = 160


async def test_fifty_downloads_of_ten_megabytes_never_hold_more_than_was_set(far, client):
    at_once = most_at_once = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal at_once, most_at_once
        at_once += 1
        most_at_once = max(most_at_once, at_once)
        response = web.StreamResponse()
        response.content_length = TEN_MIB * len(PIECE)
        await response.prepare(request)
        for _ in range(TEN_MIB):
            await response.write(PIECE)
        at_once -= 1
        return response

    url = far.on("/a", pour)
    downloads = client(parallel=8, bytes_in_memory=44 * MIB)

    async def use() -> bytes:
        found = await downloads.fetch(url, limit_bytes=11 * MIB, accept=frozenset({JPEG}))
        return hashlib.sha256(found.content).digest()

    tracemalloc.start()
    try:
        digests = await asyncio.gather(*(use() for _ in range(50)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(digests) == 50
    assert set(digests) == {hashlib.sha256(PIECE * TEN_MIB).digest()}
    assert most_at_once == 4
    assert peak < 60 * MIB


async def test_no_more_than_the_places_are_ever_taken_and_all_are_served():
    places = Places(3, 1000)
    inside = most = served = 0

    async def visit() -> None:
        nonlocal inside, most, served
        async with places.hold(1):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            served += 1

    await asyncio.gather(*(visit() for _ in range(40)))
    assert (most, served) == (3, 40)


async def test_a_large_request_is_not_overtaken_by_small_ones():
    places = Places(10, 100)
    order: list[str] = []
    let_go = asyncio.Event()

    async def visit(name: str, size: int) -> None:
        async with places.hold(size):
            order.append(name)
            await let_go.wait()

    tasks = [asyncio.create_task(visit(name, size)) for name, size in (("first", 60), ("large", 90), ("small", 1))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == ["first"]
    let_go.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "large", "small"]


async def test_what_is_larger_than_all_the_room_gets_it_alone():
    places = Places(2, 100)
    async with places.hold(5000):
        waiting = asyncio.create_task(places.hold(1).__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


@pytest.mark.parametrize("granted_meanwhile", [False, True])
async def test_who_gives_up_waiting_takes_no_place_along(granted_meanwhile):
    places = Places(1, 100)
    first = places.hold(1)
    await first.__aenter__()
    waiting = asyncio.create_task(places.hold(1).__aenter__())
    await asyncio.sleep(0)
    if granted_meanwhile:
        await first.__aexit__(None, None, None)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    if not granted_meanwhile:
        await first.__aexit__(None, None, None)
    async with asyncio.timeout(5), places.hold(1):
        pass
