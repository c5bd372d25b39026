"""After a crash or a lost answer: what became of a call is asked of the vendor's list."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.integration.replicate.vendor import PATIENCE, PRICE, Vendor, call_for, offer, sent, told, words
from workers.backends.base import BackendUnreachable, Failed, Finished, NeverHeard, StillRunning, Unknown, VendorRef

LONG_AGO = timedelta(minutes=10)


async def test_a_call_whose_answer_was_lost_is_found_and_followed_and_made_once(vendor: Vendor) -> None:
    await vendor.fault("lose_answer")
    backend, order = vendor.backend(), words(num_images=2)
    call = call_for(order, offer(estimated_microusd=2 * PRICE))
    await vendor.settings(seconds=30)
    with pytest.raises(BackendUnreachable):
        await backend.submit(call, order)
    found = await backend.resolve(call)
    assert isinstance(found, StillRunning)
    await vendor.settings(clock_advance=31)
    finished = (await told(backend, found.ref))[-1]
    assert isinstance(finished, Finished)
    assert finished.cost_microusd == 2 * PRICE
    assert len(await vendor.ledger()) == 1


async def test_another_process_finds_the_call_running_and_then_ended(vendor: Vendor) -> None:
    order = words()
    call = call_for(order)
    await vendor.settings(seconds=30)
    ref = await sent(vendor.backend(), call, order)
    other = vendor.backend()
    assert await other.resolve(call) == StillRunning(ref)
    await vendor.settings(clock_advance=31)
    last = (await told(other, ref))[-1]
    assert await vendor.backend().resolve(call) == last


async def test_a_call_is_known_again_by_its_webhook_too(vendor: Vendor) -> None:
    backend = vendor.backend(webhook_url=lambda call_id: f"http://127.0.0.1:9/hook?call={call_id}")
    order = words()
    call = call_for(order)
    await vendor.settings(seconds=30)
    ref = await sent(backend, call, order)
    assert await vendor.backend().resolve(call) == StillRunning(ref)


async def test_what_was_never_sent_was_never_heard_of(vendor: Vendor) -> None:
    order = words()
    await sent(vendor.backend(), call_for(order), order)
    backend = vendor.backend(in_flight=timedelta(minutes=1))
    assert isinstance(await backend.resolve(call_for(order, prepared_at=datetime.now(UTC) - LONG_AGO)), NeverHeard)
    lists = [asked for asked in await vendor.requests() if asked["method"] == "GET"]
    assert len(lists) == 2  # one reading is not believed


async def test_what_may_still_be_on_its_way_is_unknown(vendor: Vendor) -> None:
    backend = vendor.backend(in_flight=timedelta(minutes=1))
    assert isinstance(await backend.resolve(call_for(words())), Unknown)


async def test_a_second_sending_counts_from_when_it_was_sent(vendor: Vendor) -> None:
    order = words()
    call = call_for(order, prepared_at=datetime.now(UTC) - LONG_AGO)
    backend = vendor.backend(in_flight=timedelta(minutes=1))
    assert isinstance(await backend.resolve(call), NeverHeard)
    await vendor.fault("list_lags", seconds=60)
    await vendor.fault("lose_answer")
    with pytest.raises(BackendUnreachable):
        await backend.submit(call, order)
    assert isinstance(await backend.resolve(call), Unknown)


async def test_a_list_that_lags_hides_nothing_for_good(vendor: Vendor) -> None:
    await vendor.fault("list_lags", seconds=60)
    await vendor.fault("lose_answer")
    order = words()
    call = call_for(order)
    backend = vendor.backend(in_flight=timedelta(seconds=90))
    with pytest.raises(BackendUnreachable):
        await backend.submit(call, order)
    assert isinstance(await backend.resolve(call), Unknown)
    await vendor.settings(clock_advance=61)
    assert isinstance(await backend.resolve(call), StillRunning | Finished)


async def test_an_aborted_prediction_breaks_no_list(vendor: Vendor) -> None:
    order = words()
    backend = vendor.backend()
    wanted = call_for(order)
    ref = await sent(backend, wanted, order)
    await vendor.fault("abort_task")
    aborted = call_for(order)
    aborted_ref = await sent(backend, aborted, order)
    await told(backend, aborted_ref)
    other = vendor.backend()
    assert isinstance(await other.resolve(wanted), StillRunning | Finished)
    gone = await other.resolve(aborted)
    assert isinstance(gone, Failed)
    assert gone.code == "aborted"
    assert (await told(other, ref))[-1] == await other.resolve(wanted)


async def test_a_call_is_found_below_the_first_page(vendor: Vendor) -> None:
    order = words()
    call = call_for(order)
    backend = vendor.backend(write_patience=PATIENCE)  # the last of so many waits for those before
    ref = await sent(backend, call, order)
    for _ in range(6):
        await asyncio.gather(*(sent(backend, call_for(order), order) for _ in range(20)))
    found = await vendor.backend().resolve(call)
    assert found == StillRunning(ref) or isinstance(found, Finished)


async def test_results_that_expired_are_told_with_what_they_cost(vendor: Vendor) -> None:
    order = words()
    call = call_for(order)
    backend = vendor.backend()
    await told(backend, await sent(backend, call, order))
    await vendor.settings(clock_advance=4000)
    gone = await backend.resolve(call)
    assert isinstance(gone, Failed)
    assert (gone.code, gone.cost_microusd) == ("expired", PRICE)


async def test_where_the_marks_are_removed_nobody_says_that_it_was_never_heard_of(vendor: Vendor) -> None:
    order = words()
    call = call_for(order)
    backend = vendor.backend()
    await told(backend, await sent(backend, call, order))
    await vendor.settings(clock_advance=4000)
    assert isinstance(await vendor.backend().resolve(call), Unknown)


@pytest.mark.parametrize("kind", ["server_error", "html_answer", "cut_body", "hang", "rate_limited", "wrong_token"])
async def test_a_list_that_cannot_be_read_leaves_it_unknown(vendor: Vendor, kind: str) -> None:
    await vendor.fault(kind, where="list")
    call = call_for(words(), prepared_at=datetime.now(UTC) - LONG_AGO)
    assert isinstance(await vendor.backend(patience=0.3).resolve(call), Unknown)


async def test_the_same_call_submitted_again_is_made_once(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    call = call_for(order)
    assert await sent(backend, call, order) == await sent(backend, call, order)
    assert len(await vendor.ledger()) == 1


async def test_a_cancelled_call_ends_and_says_whether_it_is_billed(vendor: Vendor) -> None:
    await vendor.settings(seconds=30)
    backend, order = vendor.backend(), words()
    ref = await sent(backend, call_for(order), order)
    following = aiter(backend.follow(ref))
    assert not (await backend.cancel(ref)).still_billed
    last = [item async for item in following][-1]
    assert isinstance(last, Failed)
    assert (last.code, last.cost_microusd) == ("cancelled", 0)


async def test_a_call_that_has_begun_is_billed_when_it_is_cancelled(vendor: Vendor) -> None:
    await vendor.settings(seconds=2)
    backend, order = vendor.backend(), words()
    ref = await sent(backend, call_for(order), order)
    following = aiter(backend.follow(ref))
    await anext(following)  # its logs have begun
    assert (await backend.cancel(ref)).still_billed
    last = [item async for item in following][-1]
    assert isinstance(last, Failed)
    assert (last.code, last.cost_microusd) == ("cancelled", PRICE)


async def test_cancelling_what_has_ended_or_never_was_changes_nothing(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    call = call_for(order)
    ref = await sent(backend, call, order)
    last = (await told(backend, ref))[-1]
    await backend.cancel(ref)
    assert await backend.resolve(call) == last
    assert not (await backend.cancel(VendorRef(uuid4(), "nothing"))).still_billed


async def test_the_vendors_own_deadline_is_not_the_persons_cancellation(vendor: Vendor) -> None:
    await vendor.settings(seconds=30)
    backend, order = vendor.backend(cancel_after=timedelta(seconds=5)), words()
    ref = await sent(backend, call_for(order), order)
    await vendor.settings(clock_advance=6)
    last = (await told(backend, ref))[-1]
    assert isinstance(last, Failed)
    assert last.code == "too_slow"
    assert last.cost_microusd == PRICE
