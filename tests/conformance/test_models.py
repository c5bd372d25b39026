"""Personal models: a training where a backend trains, a registration where it serves what was trained elsewhere."""

import asyncio
import http.server
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.offers import Offer, OfferedLora
from services.orders import (
    PERSONAL_LORA,
    LoraSource,
    LoraUse,
    RegisterOrder,
    StepOrder,
    SubjectClass,
    TaskKind,
    TrainingCaption,
    TrainOrder,
)
from tests.conformance.asking import PATIENCE, ended, finished, followed, words
from tests.conformance.candidates import VENDORS, Candidate
from tests.conformance.conftest import Bench
from tests.conformance.stand_ins import QUESTIONS, ReplicateStandIn, StandIn, Trouble
from workers.backends.base import (
    Backend,
    BackendCall,
    BackendUnreachable,
    ErrorKind,
    Failed,
    Finished,
    NeverHeard,
    Progress,
    StillRunning,
    Unknown,
)
from workers.downloads import Downloads
from workers.weights import CheckedLora, bring
from workers.weights.safetensors import Array, written

LONG_AGO = timedelta(minutes=10)
of_vendors = pytest.mark.parametrize("candidate", VENDORS, indirect=True)
of_trainers = pytest.mark.parametrize("candidate", ["preview", "replicate"], indirect=True)
of_replicate = pytest.mark.parametrize("candidate", ["replicate"], indirect=True)
HALVES = {
    "layer.lora_A.weight": Array("F16", (4, 8), bytes(64)),
    "layer.lora_B.weight": Array("F16", (8, 4), bytes(64)),
}


@pytest.fixture(scope="session")
def weights_url() -> Iterator[str]:
    """Where a vendor fetches a LoRA of ours."""
    content = written(HALVES, {})

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/lora.safetensors"
        server.shutdown()


@pytest.fixture
def order(candidate: Candidate, weights_url: str) -> TrainOrder | RegisterOrder:
    """What this backend can do for a personal model; each time of another model."""
    if (PERSONAL_LORA, TaskKind.REGISTER) in candidate.models:
        return RegisterOrder(
            backend=candidate.name,
            model_id=7,
            version=1,
            trigger_word="zxkq",
            weights_url=weights_url,
            weights_sha256=secrets.token_hex(32),
        )
    captions = tuple(TrainingCaption(file_id=uuid4(), words=f"zxkq woman, photo {number}") for number in range(4))
    return TrainOrder(
        model_id=7, version=1, trigger_word="zxkq", subject_class=SubjectClass.WOMAN, photos=captions, steps=200
    )


def old_call(bench: Bench, order: StepOrder) -> BackendCall:
    return bench.call(order, prepared_at=datetime.now(UTC) - LONG_AGO)


async def found_end(backend: Backend, call: BackendCall) -> Finished | Failed:
    answer = await backend.resolve(call)
    assert isinstance(answer, StillRunning | Finished | Failed), answer
    return await ended(backend, answer.ref) if isinstance(answer, StillRunning) else answer


async def brought(answer: Finished, bench: Bench, folder: Path) -> CheckedLora:
    """The weights of a training as the house takes them in."""
    assert answer.trained is not None
    downloads = Downloads(frozenset({bench.stand_in.place}) if bench.stand_in is not None else frozenset())
    try:
        return await bring(answer.trained, downloads, folder)
    finally:
        await downloads.aclose()


def is_whole(answer: Finished, order: StepOrder) -> bool:
    if isinstance(order, RegisterOrder):
        return bool(answer.served_as) and answer.trained is None
    return answer.trained is not None and bool(answer.trained.url) != bool(answer.trained.content)


async def test_a_model_is_made_and_nothing_else_comes(
    backend: Backend, bench: Bench, candidate: Candidate, order: StepOrder
) -> None:
    assert backend.supports(order, candidate.offer(order))
    answer = finished(await bench.made(backend, order))
    assert is_whole(answer, order)
    assert (answer.outputs, answer.blocked) == ((), 0)


async def test_without_an_offer_nothing_is_trained_or_registered(backend: Backend, order: StepOrder) -> None:
    assert not backend.supports(order, None)


async def test_nobody_registers_a_model_that_is_meant_for_another(
    backend: Backend, candidate: Candidate, weights_url: str
) -> None:
    order = RegisterOrder(
        backend="another", model_id=1, version=1, trigger_word="zxkq", weights_url=weights_url, weights_sha256="00"
    )
    assert not backend.supports(order, Offer(candidate.name, "flux1d", "", 0, (), 0))


@of_trainers
async def test_what_a_training_brings_is_a_lora(
    backend: Backend, bench: Bench, order: StepOrder, tmp_path: Path
) -> None:
    lora = await brought(finished(await bench.made(backend, order)), bench, tmp_path)
    assert lora.rank >= 4
    assert lora.path.stat().st_size == lora.size_bytes


async def test_pictures_are_made_with_the_model(
    backend: Backend,
    bench: Bench,
    candidate: Candidate,
    order: StepOrder,
    stand_in: StandIn | None,
    tmp_path: Path,
) -> None:
    answer = finished(await bench.made(backend, order))
    weights = {}
    if backend.reads_weights:
        name = "own-model"
        weights[name] = (await brought(answer, bench, tmp_path)).path.read_bytes()
    else:
        name = answer.served_as or (answer.trained.vendor_id if answer.trained is not None else "")
    portrait = words(model="runware:101@1", loras=(LoraUse(source=LoraSource.PERSONAL, id=7),))
    offer = candidate.offer(portrait)
    assert offer is not None
    called = f"zxkq woman, {offer.words}"
    offer = Offer(offer.backend, offer.vendor_id, called, offer.steps, (OfferedLora(name, 1.0),), 1)
    assert backend.supports(portrait, offer)
    made = finished(await bench.made(backend, portrait, bench.call(portrait, offer=offer, weights=weights)))
    assert len(made.outputs) == 1
    assert stand_in is None or stand_in.prompts()[-1] == called, "the vendor is told whom it shows, word for word"


async def test_progress_never_falls_and_the_end_comes_last_and_once(
    backend: Backend, bench: Bench, stand_in: StandIn | None, order: StepOrder
) -> None:
    if stand_in is not None:
        stand_in.settings(seconds=2.5)
    told = await bench.told(backend, order)
    percents = [item.percent for item in told[:-1] if isinstance(item, Progress)]
    assert len(percents) == len(told) - 1 >= 2
    assert percents == sorted(set(percents))
    assert isinstance(told[-1], Finished)


@of_vendors
@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.BUSY])
async def test_a_failure_is_the_vendors_and_the_next_one_is_made(
    backend: Backend, bench: Bench, vendor: StandIn, order: StepOrder, trouble: Trouble
) -> None:
    vendor.fault_with_models(trouble)
    answer = await bench.made(backend, order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.is_lasting, answer.cost_microusd) == (ErrorKind.VENDOR, False, 0)
    assert is_whole(finished(await bench.made(backend, order)), order)


@of_vendors
async def test_an_empty_purse_is_ours_to_fill(
    backend: Backend, bench: Bench, vendor: StandIn, order: StepOrder
) -> None:
    vendor.settings(balance=0)
    call = bench.call(order)
    answer = await backend.submit(call, order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.OURS, "no_balance", True)
    assert vendor.taken(call.call_id) == 0


@of_vendors
async def test_a_wrong_key_is_ours_to_mend(bench: Bench, vendor: StandIn, order: StepOrder) -> None:
    backend = bench.open(key="not-the-key-at-all")
    call = bench.call(order)
    answer = await backend.submit(call, order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.OURS, "wrong_key", True)
    assert isinstance(await backend.resolve(call), Unknown)
    assert vendor.taken(call.call_id) == 0


@of_trainers
async def test_photos_that_cannot_be_read_are_the_orders_fault(
    backend: Backend, candidate: Candidate, order: StepOrder
) -> None:
    answer = await backend.submit(candidate.call(order, b"this is no photo"), order)
    last = answer if isinstance(answer, Failed) else await ended(backend, answer)
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.ORDER, "unreadable_photo")


async def test_of_a_call_that_was_never_sent_nobody_has_heard(bench: Bench, order: StepOrder) -> None:
    call = old_call(bench, order)
    backend = bench.open()
    assert isinstance(await backend.resolve(call), NeverHeard)
    assert is_whole(finished(await bench.made(backend, order, call)), order)
    assert bench.stand_in is None or bench.stand_in.taken(call.call_id) == 1


@of_vendors
async def test_a_call_that_may_still_be_on_its_way_is_not_free_to_be_sent_again(bench: Bench, order: StepOrder) -> None:
    assert isinstance(await bench.open(arrival=60).resolve(bench.call(order)), Unknown)


@of_vendors
@pytest.mark.parametrize("trouble", [Trouble.ANSWER_LOST, Trouble.SILENCE])
async def test_a_call_whose_answer_was_lost_is_found_by_the_next_process(
    bench: Bench, vendor: StandIn, order: StepOrder, trouble: Trouble
) -> None:
    vendor.fault_with_models(trouble)
    call = old_call(bench, order)
    with suppress(BackendUnreachable):
        await bench.open().submit(call, order)
    assert is_whole(finished(await found_end(bench.open(), call)), order)
    assert vendor.taken(call.call_id) == 1


@of_replicate
@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("refuse", "account.get"),
        ("lose_answer", "models.create"),
        ("refuse", "models.get"),
        ("cut_body", "files.upload"),
        ("lose_answer", "files.upload"),
        ("refuse", "trainings.create"),
        ("cut_body", "trainings.create"),
    ],
)
async def test_a_crash_at_any_step_of_the_handing_over_leads_to_one_training(
    bench: Bench, vendor: StandIn, order: StepOrder, kind: str, where: str
) -> None:
    assert isinstance(vendor, ReplicateStandIn)
    vendor.fault_at(kind, where)
    call = old_call(bench, order)
    with suppress(BackendUnreachable):
        await bench.open().submit(call, order)
    second = bench.open()
    answer = await second.resolve(call)
    if isinstance(answer, NeverHeard):
        assert is_whole(finished(await bench.made(second, order, call)), order)
    else:
        assert is_whole(finished(await found_end(second, call)), order)
    assert vendor.taken(call.call_id) == 1


async def test_a_call_that_runs_is_found_running_and_its_end_stays(
    bench: Bench, backend: Backend, order: StepOrder
) -> None:
    if bench.stand_in is not None:
        bench.stand_in.settings(seconds=1.0)
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    assert await backend.resolve(call) == StillRunning(ref)
    last = await ended(backend, ref)
    assert is_whole(finished(last), order)
    assert await backend.resolve(call) == last


@of_vendors
async def test_the_next_process_hears_the_same_end(bench: Bench, vendor: StandIn, order: StepOrder) -> None:
    vendor.settings(seconds=1.0)
    call = bench.call(order)
    first, second = bench.open(), bench.open()
    ref = await bench.sent(first, order, call)
    assert await second.resolve(call) == StillRunning(ref)
    last, told = await asyncio.gather(ended(second, ref), ended(first, ref))
    assert last == told
    assert await bench.open().resolve(call) == last
    assert vendor.taken(call.call_id) == 1


async def test_the_same_call_submitted_again_is_made_and_billed_once(
    bench: Bench, backend: Backend, order: StepOrder
) -> None:
    call = bench.call(order)
    first, second = await bench.sent(backend, order, call), await bench.sent(backend, order, call)
    assert first == second
    assert await ended(backend, first) == await ended(backend, second)
    assert bench.stand_in is None or bench.stand_in.taken(call.call_id) == 1


@of_vendors
@pytest.mark.parametrize(
    "trouble", [one for one in QUESTIONS if one is not Trouble.QUESTIONS_SLOW], ids=lambda trouble: trouble.name
)
async def test_questions_that_go_wrong_twice_only_delay_the_end(
    backend: Backend, bench: Bench, vendor: StandIn, order: StepOrder, trouble: Trouble
) -> None:
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    vendor.fault_with_models(trouble, times=2)
    assert is_whole(finished(await ended(backend, ref)), order)
    assert vendor.taken(call.call_id) == 1


async def test_a_cancelled_call_brings_no_model(
    backend: Backend, bench: Bench, stand_in: StandIn | None, order: StepOrder
) -> None:
    if stand_in is not None:
        stand_in.settings(seconds=3600)
    ref = await bench.sent(backend, order)
    following = asyncio.create_task(followed(backend, ref))
    await asyncio.sleep(0)
    await backend.cancel(ref)
    async with asyncio.timeout(PATIENCE):
        last = (await following)[-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.ORDER, "cancelled")


async def test_cancelling_a_call_that_has_ended_changes_nothing(
    backend: Backend, bench: Bench, order: StepOrder
) -> None:
    call = bench.call(order)
    ref = await bench.sent(backend, order, call)
    last = await ended(backend, ref)
    await backend.cancel(ref)
    assert await backend.resolve(call) == last == await ended(backend, ref)


async def test_what_lies_at_a_vendor_is_deleted_or_said_to_stay(
    backend: Backend, bench: Bench, order: StepOrder
) -> None:
    answer = finished(await bench.made(backend, order))
    name = answer.served_as or (answer.trained.vendor_id if answer.trained is not None else "") or "own-model"
    first, second = await backend.delete_copy("model", name), await backend.delete_copy("model", name)
    assert first == second == (bench.candidate.name != "runware")
