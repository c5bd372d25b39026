"""What goes wrong on the wire or at the vendor, and what is said of it."""

import asyncio
import traceback
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.replicate.vendor import (
    DEV,
    ESRGAN,
    PRICE,
    TOKEN,
    Vendor,
    call_for,
    enlarge,
    made,
    offer,
    restyle,
    sent,
    told,
    words,
)
from workers.backends.base import BackendUnreachable, ErrorKind, Failed, Finished, VendorRef

MARGIN = 3.0
"""Seconds within which a refusal must be told: no retry may outlive our patience."""


@pytest.mark.parametrize(
    ("fault", "kind", "code", "is_lasting"),
    [
        ({"kind": "wrong_token"}, ErrorKind.OURS, "wrong_key", True),
        ({"kind": "no_balance"}, ErrorKind.OURS, "no_balance", True),
        ({"kind": "rate_limited", "retry_after": 60}, ErrorKind.VENDOR, "rate_limited", False),
    ],
)
async def test_a_refusal_says_at_once_that_nothing_was_created(
    vendor: Vendor, fault: dict[str, Any], kind: ErrorKind, code: str, is_lasting: bool
) -> None:
    await vendor.fault(**fault, where="create")
    order = words()
    async with asyncio.timeout(MARGIN):
        answer = await vendor.backend().submit(call_for(order), order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting, answer.cost_microusd) == (kind, code, is_lasting, 0)
    assert await vendor.ledger() == []


async def test_inputs_that_the_model_refuses_are_the_orders_fault(vendor: Vendor) -> None:
    order = words()
    answer = await vendor.backend().submit(call_for(order, offer(steps=40)), order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (ErrorKind.ORDER, "refused_input")
    assert "num_inference_steps" in answer.message


async def test_a_model_that_does_not_exist_is_our_fault(vendor: Vendor) -> None:
    order = words()
    for name in ("nobody/nothing", "nobody/nothing:" + "0" * 64):
        answer = await vendor.backend().submit(call_for(order, offer(name)), order)
        assert isinstance(answer, Failed)
        assert answer.code in ("unknown_model", "refused_input")


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("server_error", ErrorKind.VENDOR, "unreachable"),
        ("html_answer", ErrorKind.VENDOR, "unreachable"),
        ("rate_limited", ErrorKind.VENDOR, "rate_limited"),
        ("wrong_token", ErrorKind.OURS, "wrong_key"),
    ],
)
async def test_a_model_is_not_called_unknown_where_its_version_could_not_be_asked_for(
    vendor: Vendor, plain_photo: bytes, fault: str, kind: ErrorKind, code: str
) -> None:
    await vendor.fault(fault, where="models")
    order = enlarge(factor=2)
    answer = await vendor.backend().submit(call_for(order, offer(ESRGAN), plain_photo), order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code) == (kind, code)
    assert await vendor.ledger() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lose_answer"},
        {"kind": "hang"},
        {"kind": "cut_body", "where": "create"},
        {"kind": "server_error", "status": 500, "where": "create"},
        {"kind": "server_error", "status": 503, "where": "create"},
        {"kind": "html_answer", "where": "create"},
    ],
)
async def test_a_lost_answer_to_a_creation_leaves_it_unknown(vendor: Vendor, fault: dict[str, Any]) -> None:
    await vendor.fault(**fault)
    order = words()
    with pytest.raises(BackendUnreachable):
        async with asyncio.timeout(MARGIN):
            await vendor.backend(write_patience=0.5).submit(call_for(order), order)
    posts = [asked for asked in await vendor.requests() if asked["method"] == "POST"]
    assert len(posts) == 1  # nothing is sent a second time behind our back


async def test_where_no_connection_comes_about_nothing_was_created(vendor: Vendor) -> None:
    order = words()
    answer = await vendor.backend(url="http://127.0.0.1:9").submit(call_for(order), order)
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.code, answer.is_lasting) == (ErrorKind.VENDOR, "unreachable", False)


@pytest.mark.parametrize("kind", ["server_error", "html_answer", "cut_body", "lose_answer"])
async def test_a_photo_that_could_not_be_left_with_the_vendor_means_nothing_was_created(
    vendor: Vendor, photo: bytes, kind: str
) -> None:
    await vendor.fault(kind, where="upload")
    order = restyle(width=1024, height=1024)
    answer = await vendor.backend().submit(call_for(order, offer(DEV), photo), order)
    assert isinstance(answer, Failed)
    assert answer.kind is ErrorKind.VENDOR
    assert await vendor.ledger() == []


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "nsfw"}, ErrorKind.ORDER, "output_blocked"),
        ({"kind": "fail_task", "error": "CUDA out of memory " * 99}, ErrorKind.VENDOR, "vendor_failed"),
        ({"kind": "abort_task"}, ErrorKind.VENDOR, "aborted"),
        ({"kind": "output_null"}, ErrorKind.VENDOR, "expired"),
    ],
)
async def test_a_prediction_that_ends_badly_says_whose_fault_it_was(
    vendor: Vendor, fault: dict[str, Any], kind: ErrorKind, code: str
) -> None:
    await vendor.fault(**fault)
    failed = await made(vendor.backend(), words(), offer())
    assert isinstance(failed, Failed)
    assert (failed.kind, failed.code) == (kind, code)
    assert len(failed.message) <= 300
    assert failed.cost_microusd == (PRICE if code == "expired" else 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "server_error", "status": 503},
        {"kind": "html_answer"},
        {"kind": "lose_answer"},
        {"kind": "cut_body"},
        {"kind": "hang"},
        {"kind": "rate_limited", "retry_after": 0},
        {"kind": "wrong_token"},
    ],
)
async def test_a_follower_bears_answers_that_fail_for_a_while(vendor: Vendor, fault: dict[str, Any]) -> None:
    backend, order = vendor.backend(patience=0.3, lost_after=10), words()
    ref = await sent(backend, call_for(order), order)
    await vendor.fault(**fault, where="get", times=2)
    assert isinstance((await told(backend, ref))[-1], Finished)


async def test_a_follower_is_told_when_the_vendor_stays_away(vendor: Vendor) -> None:
    backend, order = vendor.backend(lost_after=0.5), words()
    ref = await sent(backend, call_for(order), order)
    await vendor.fault("server_error", where="get", times=1000)
    with pytest.raises(BackendUnreachable):
        await told(backend, ref)


async def test_a_vendor_that_asks_for_a_rest_is_there_and_is_not_waited_for(vendor: Vendor) -> None:
    backend = vendor.backend()
    await vendor.fault("rate_limited", where="account", retry_after=600)
    async with asyncio.timeout(MARGIN):
        assert (await backend.health()).available


async def test_a_prediction_that_the_vendor_knows_no_more_has_failed(vendor: Vendor) -> None:
    last = (await told(vendor.backend(), VendorRef(uuid4(), "nothing")))[-1]
    assert isinstance(last, Failed)
    assert (last.kind, last.code) == (ErrorKind.VENDOR, "forgotten")


async def test_health_tells_a_wrong_key_an_absent_vendor_and_an_empty_balance(vendor: Vendor) -> None:
    backend, order = vendor.backend(), words()
    assert (await backend.health()).available
    assert (await vendor.backend(token="r8_wrong").health()).detail == "wrong key"
    assert (await vendor.backend(url="http://127.0.0.1:9").health()).detail.startswith("down")
    await vendor.fault("no_balance")
    await backend.submit(call_for(order), order)
    health = await backend.health()
    assert (health.available, health.detail) == (False, "no balance")
    await sent(backend, call_for(order), order)
    assert (await backend.health()).available


async def test_no_error_tells_the_token(vendor: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    order = words()
    shown = []
    for fault in ("lose_answer", "server_error", "html_answer", "cut_body"):
        await vendor.fault(fault, where="create")
        try:
            await vendor.backend().submit(call_for(order), order)
        except BackendUnreachable as error:
            shown.append("".join(traceback.format_exception(error)))
    assert len(shown) == 4
    assert TOKEN not in "".join(shown) + caplog.text
