"""What the preview backend promises beyond the protocol."""

import asyncio
import subprocess
import sys
from uuid import UUID, uuid4

from services.orders import ImageToImageOrder, TextToImageOrder
from tests.unit.preview.photos import portrait
from workers.backends.base import BackendCall, ErrorKind, Failed, Finished, NeverHeard, Progress
from workers.backends.preview import PreviewBackend
from workers.backends.preview.backend import REMEMBERED


def small(seed: int = 1) -> TextToImageOrder:
    return TextToImageOrder(prompt="Лес", width=256, height=256, seed=seed)


async def last_of(backend: PreviewBackend, order: TextToImageOrder | ImageToImageOrder, call: BackendCall) -> object:
    ref = await backend.submit(call, order)
    return [item async for item in backend.follow(ref)][-1]


async def test_a_call_behind_a_full_pool_is_cancelled_at_once() -> None:
    backend = PreviewBackend(parallel=1)
    long = ImageToImageOrder(file_id=UUID(int=1), style="oil", num_images=4)
    first = await backend.submit(BackendCall(uuid4(), {UUID(int=1): portrait()}), long)
    second = await backend.submit(BackendCall(uuid4()), small())
    await backend.cancel(second)
    told = [item async for item in backend.follow(second)]
    assert told[-1] == Failed(ErrorKind.ORDER, "cancelled", "stopped before the first picture")
    await backend.cancel(first)
    await backend.aclose()


async def test_a_stop_after_the_first_picture_hands_out_what_is_finished() -> None:
    backend = PreviewBackend(parallel=1)
    order = ImageToImageOrder(file_id=UUID(int=1), style="oil", num_images=4, seed=1)
    ref = await backend.submit(BackendCall(uuid4(), {UUID(int=1): portrait()}), order)
    told = []
    async for item in backend.follow(ref):
        told.append(item)
        if isinstance(item, Progress) and item.percent >= 43:  # the first of four ends at 43 %
            await backend.cancel(ref)
    assert isinstance(told[-1], Finished)
    assert 1 <= len(told[-1].outputs) < 4
    await backend.aclose()


async def test_the_event_loop_stays_free_while_it_paints() -> None:
    backend = PreviewBackend(parallel=1)
    order = ImageToImageOrder(file_id=UUID(int=1), style="oil", seed=1)
    painting = asyncio.create_task(last_of(backend, order, BackendCall(uuid4(), {UUID(int=1): portrait()})))
    turns = 0
    while not painting.done():
        await asyncio.sleep(0)
        turns += 1
    assert isinstance(await painting, Finished)
    assert turns > 100
    await backend.aclose()


async def test_only_the_last_ended_calls_are_remembered() -> None:
    backend = PreviewBackend(parallel=2)
    calls = [BackendCall(uuid4()) for _ in range(REMEMBERED + 2)]
    for number, call in enumerate(calls):
        await last_of(backend, small(number), call)
    assert isinstance(await backend.resolve(calls[0]), NeverHeard)
    assert isinstance(await backend.resolve(calls[-1]), Finished)
    await backend.aclose()


async def test_an_order_without_its_photo_is_our_fault() -> None:
    backend = PreviewBackend()
    order = ImageToImageOrder(file_id=UUID(int=1), style="studio")
    answer = await last_of(backend, order, BackendCall(uuid4()))
    assert isinstance(answer, Failed)
    assert answer.kind is ErrorKind.OURS
    await backend.aclose()


async def test_an_unknown_style_that_is_submitted_all_the_same_is_the_orders_fault() -> None:
    backend = PreviewBackend()
    answer = await last_of(backend, small().model_copy(update={"style": "unknown"}), BackendCall(uuid4()))
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.ORDER, "unsupported")
    await backend.aclose()


async def test_an_order_without_a_seed_takes_it_from_the_call() -> None:
    backend = PreviewBackend()
    order = small().model_copy(update={"seed": None})
    first, second = [await last_of(backend, order, BackendCall(UUID(int=number))) for number in (7, 8)]
    assert isinstance(first, Finished)
    assert isinstance(second, Finished)
    assert (first.outputs[0].seed, second.outputs[0].seed) == (7, 8)
    await backend.aclose()


async def test_a_closed_backend_is_not_available_and_takes_nothing() -> None:
    backend = PreviewBackend()
    await backend.aclose()
    assert not (await backend.health()).available
    answer = await last_of(backend, small(), BackendCall(uuid4()))
    assert isinstance(answer, Failed)
    assert answer.kind is ErrorKind.VENDOR


def test_an_idle_worker_carries_neither_numpy_nor_opencv() -> None:
    program = (
        "import sys; from workers.backends.preview import PreviewBackend; PreviewBackend();"
        "sys.exit(int(any(name in sys.modules for name in ('cv2', 'numpy'))))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
