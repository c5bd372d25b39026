"""Pictures that lie at a vendor end in the storage whole, checked and labelled, or not at all."""

import asyncio
import io
import tracemalloc

import numpy as np
import pytest
from aiohttp import web
from PIL import Image
from structlog.testing import capture_logs

from services.orders import UpscaleOrder
from services.storage import Storage
from tests.integration.outputs.conftest import Counter, FullDisk, given, painted
from tests.unit.downloads.conftest import FarSide
from workers.backends.base import BackendUnreachable, Picture, Remote
from workers.outputs import AT_ONCE, MAX_PICTURE_BYTES
from workers.results.notes import read_note

HTML = b"<!doctype html><title>Sign in</title>"


async def test_what_was_fetched_is_stored_with_a_thumbnail_and_a_note_that_tells_of_nobody(counter, far, check):
    secret_words = b"Ann Smith, 12 Garden Road, made with somebody's key"
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = secret_words.decode(), "Ann Smith"
    kept = await counter.store(given(far, painted(exif=exif, comment=secret_words)))
    (file,) = kept.files
    assert (kept.blocked, kept.spoilt) == (0, 0)
    assert (file.width, file.height, file.media_type, file.seed) == (320, 256, "image/jpeg", 11)
    assert sorted(await counter.keys()) == sorted(file.keys)
    stored = await counter.storage.get(file.storage_key)
    assert (len(stored), check.seen) == (file.size_bytes, check.seen[:1])
    assert Image.open(io.BytesIO(await counter.storage.get(file.thumbnail_key))).size == (320, 256)
    note = read_note(stored)
    assert (note.prompt, note.negative_prompt, note.seed) == ("a fox in the snow", "rain", 11)
    assert (note.model, note.backend) == ("runware:100@1", "runware")
    assert b"Ann" not in stored
    assert b"signature" not in stored


async def test_nothing_that_could_tell_who_asks_is_sent_for_it(counter, far):
    await counter.store(given(far, painted()))
    (request,) = far.asked
    assert not {"authorization", "cookie", "referer"} & {name.lower() for name in request.headers}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
async def test_every_format_of_a_vendor_is_taken_whatever_the_vendor_calls_it(counter, far, file_format):
    kept = await counter.store(given(far, painted(file_format=file_format), content_type="application/octet-stream"))
    stored = await counter.storage.get(kept.files[0].storage_key)
    assert Image.open(io.BytesIO(stored)).size == (320, 256)
    assert read_note(stored).seed == 11


async def test_several_come_in_order_each_with_its_own_seed(counter, far):
    outputs = [given(far, painted(320, 256 + 64 * n), f"/{n}", seed=n) for n in range(4)]
    kept = await counter.store(*outputs)
    assert [file.seed for file in kept.files] == [0, 1, 2, 3]
    assert len(await counter.keys()) == 8


async def test_a_picture_of_another_shape_gets_the_size_that_was_ordered(counter, far):
    kept = await counter.store(given(far, painted(1024, 1024)), given(far, painted(128, 128), "/small"))
    assert [(file.width, file.height) for file in kept.files] == [(320, 256), (128, 128)]
    for file in kept.files:
        assert Image.open(io.BytesIO(await counter.storage.get(file.storage_key))).size == (file.width, file.height)


async def test_an_enlarged_picture_keeps_its_own_size_and_has_no_words(counter, far):
    order = UpscaleOrder(file_id="00000000-0000-4000-8000-000000000001")
    kept = await counter.store(given(far, painted(640, 512)), order=order)
    assert (kept.files[0].width, kept.files[0].height) == (640, 512)
    assert read_note(await counter.storage.get(kept.files[0].storage_key)).prompt == ""


def spoilt(far: FarSide, how: str) -> Remote:
    """An output of no use."""
    picture = painted(640, 640)
    match how:
        case "broken":
            return given(far, picture[: len(picture) // 2])
        case "html":
            return given(far, HTML, content_type="image/jpeg")
        case "zero bytes":
            return given(far, b"", content_type="image/jpeg")
        case "wrong type":
            return given(far, b"MZ" + bytes(500), content_type="image/jpeg")
        case "gif":
            return given(far, painted(file_format="GIF"))
        case "solid":
            return given(far, b"glTF" + bytes(500))
        case "gone" | "refused":
            return given(far, b"no", status=410 if how == "gone" else 403)
        case "too large":
            return given(far, bytes(MAX_PICTURE_BYTES + 1))
        case "private from the start":
            return Remote("http://10.0.0.1:9/output", 1)
        case "no address":
            return Remote("not an address", 1)
        case location:
            return Remote(far.redirects("/output", location), 1)


@pytest.mark.parametrize("is_last_try", [False, True])
@pytest.mark.parametrize(
    "how",
    [
        *("broken", "html", "zero bytes", "wrong type", "gif", "solid", "gone", "refused", "too large"),
        *("private from the start", "no address", "file:///etc/passwd", "/output", ""),
        *(
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1:9/x",
            "https://10.0.0.1/x",
            "https://[fe80::1]/x",
        ),
    ],
)
async def test_what_is_no_picture_is_counted_as_spoilt_and_leaves_nothing(counter, far, check, how, is_last_try):
    with capture_logs() as lines:
        kept = await counter.store(spoilt(far, how), is_last_try=is_last_try)
    assert (kept.files, kept.blocked, kept.spoilt) == ((), 0, 1)
    assert (await counter.keys(), check.seen) == ([], [])
    (line,) = [line for line in lines if line["event"] == "output.spoilt"]
    assert line["code"]
    assert "signature" not in str(lines)


async def test_what_is_spoilt_spoils_none_of_the_others(counter, far):
    outputs = [given(far, painted(), f"/{n}", seed=n) for n in range(2)]
    kept = await counter.store(outputs[0], given(far, HTML), outputs[1])
    assert ([file.seed for file in kept.files], kept.spoilt) == ([0, 1], 1)


async def test_what_cannot_be_fetched_now_is_tried_again_and_nothing_is_left_until_then(counter, far):
    outputs = (given(far, painted(), "/first"), given(far, b"", "/second", status=503))
    with pytest.raises(BackendUnreachable):
        await counter.store(*outputs)
    assert await counter.keys() == []
    assert len([asked for asked in far.asked if asked.path == "/second"]) == 3
    kept = await counter.store(*outputs, is_last_try=True)
    assert (len(kept.files), kept.spoilt) == (1, 1)


async def test_an_end_in_the_middle_is_no_end_of_the_picture(counter, far):
    picture = painted()

    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(picture))})
        await answer.prepare(request)
        await answer.write(picture[:1000])
        request.transport.abort()
        return answer

    with pytest.raises(BackendUnreachable):
        await counter.store(Remote(far.on("/output", cut), 1))
    assert await counter.keys() == []


async def test_a_picture_that_never_ends_is_left_before_it_fills_the_memory(counter, far):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse()
        await answer.prepare(request)
        while sent < 10 * MAX_PICTURE_BYTES:
            await answer.write(b"\xff\xd8\xff\xe0" + bytes(256 * 1024))
            sent += 256 * 1024
        return answer

    tracemalloc.start()
    kept = await counter.store(Remote(far.on("/output", endless), 1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (kept.spoilt, await counter.keys()) == (1, [])
    assert peak < 3 * MAX_PICTURE_BYTES
    assert sent < 3 * MAX_PICTURE_BYTES


async def test_however_many_tasks_end_together_few_outputs_are_in_memory(counter, far):
    now = most = 0

    async def counted(_: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return web.Response(body=painted())

    url = far.on("/output", counted)
    kept = await asyncio.gather(*(counter.store(Remote(url, n), Remote(url, n)) for n in range(12)))
    assert sum(len(one.files) for one in kept) == 24
    assert most <= AT_ONCE


async def test_what_nobody_should_see_is_held_back_and_stored_nowhere(counter, far, check):
    check.is_to_block = lambda content: len(check.seen) == 2
    kept = await counter.store(*(given(far, painted(), f"/{n}", seed=n) for n in range(3)))
    assert ([file.seed for file in kept.files], kept.blocked, kept.spoilt) == ([0, 2], 1, 0)
    assert len(await counter.keys()) == 4


async def test_what_is_looked_at_is_what_is_stored_but_for_its_note(counter, far, check):
    kept = await counter.store(given(far, painted()))
    seen = Image.open(io.BytesIO(check.seen[0])).tobytes()
    stored = Image.open(io.BytesIO(await counter.storage.get(kept.files[0].storage_key)))
    assert stored.tobytes() == seen


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
async def test_noise_is_as_strong_as_ordered_and_the_same_for_the_same_seed(counter, far, file_format):
    out = io.BytesIO()
    Image.new("RGB", (320, 256), (128, 128, 128)).save(out, file_format)
    kept = await counter.store(*(given(far, out.getvalue()) for _ in range(2)), noise_level=0.1)
    first, second = [await counter.storage.get(file.storage_key) for file in kept.files]
    assert first == second
    pixels = np.asarray(Image.open(io.BytesIO(first)), np.float32)
    assert pixels.std() / 255 == pytest.approx(0.1, rel=0.1)
    assert kept.files[0].media_type == "image/jpeg"
    assert read_note(first).seed == 11


async def test_a_picture_of_our_own_painters_goes_the_same_way(counter, check):
    kept = await counter.store(Picture(painted(), "image/jpeg", 320, 256, 5), backend="preview")
    stored = await counter.storage.get(kept.files[0].storage_key)
    assert (read_note(stored).backend, read_note(stored).seed, len(check.seen)) == ("preview", 5, 1)


@pytest.mark.parametrize("room", [0, 1, 2, 3])
async def test_a_full_disk_leaves_no_half_of_anything(downloads, check, far, room):
    counter = Counter(Storage(FullDisk(room)), downloads, check)
    with pytest.raises(OSError, match="no space"):
        await counter.store(given(far, painted(), "/1"), given(far, painted(), "/2"))
    assert await counter.keys() == []


async def test_who_is_stopped_in_the_middle_leaves_nothing(counter, far):
    reached = asyncio.Event()

    async def waits(_: web.Request) -> web.StreamResponse:
        reached.set()
        await asyncio.Event().wait()
        return web.Response()

    storing = asyncio.create_task(counter.store(given(far, painted()), Remote(far.on("/waits", waits), 2)))
    await reached.wait()
    assert len(await counter.keys()) == 2
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    assert await counter.keys() == []


async def test_what_no_row_will_name_can_be_taken_back(counter, far):
    kept = await counter.store(given(far, painted(), "/1"), given(far, painted(), "/2"))
    await counter.discard(kept)
    assert await counter.keys() == []
