"""Webhooks: signed as the SDK checks it, by the events that were asked for, and wrong on demand."""

import json
from datetime import timedelta

import pytest
from replicate.webhook import InvalidSignatureError, InvalidTimestampError, Webhooks

pytestmark = pytest.mark.asyncio

DEV = "black-forest-labs/flux-dev"


async def make(vendor, listener, *events: str, model: str = DEV):
    return await vendor.sdk.models.predictions.async_create(
        model,
        {"prompt": "a fox", "megapixels": "0.25"},
        webhook=f"{listener.url}?call=1",
        webhook_events_filter=list(events),
        wait=20,
    )


async def test_a_webhook_carries_the_prediction_and_a_signature_that_the_sdk_accepts(vendor, listener):
    made = await make(vendor, listener, "completed")
    headers, body = await listener.next()
    secret = await vendor.sdk.webhooks.default.async_secret()
    Webhooks.validate(headers=headers, body=body, secret=secret, tolerance=60)
    told = json.loads(body)
    assert (told["id"], told["status"], told["output"]) == (made.id, "succeeded", made.output)


async def test_each_event_that_was_asked_for_is_told_in_order(vendor, listener):
    await make(vendor, listener, "start", "output", "logs", "completed")
    statuses = [json.loads((await listener.next())[1])["status"] for _ in range(6)]
    assert statuses == ["processing"] * 4 + ["succeeded"] * 2


async def test_only_the_end_is_told_again_to_a_server_that_refuses(vendor, listener):
    listener.answers = [500, 500, 200]
    await make(vendor, listener, "output", "completed")
    first, second, third = [await listener.next() for _ in range(2)] + [await _after_a_pause(vendor, listener)]
    assert first[0]["webhook-id"] != second[0]["webhook-id"] == third[0]["webhook-id"]


async def _after_a_pause(vendor, listener):
    while listener.got.empty():
        await vendor.settings(clock_advance=1)
    return await listener.next()


async def test_a_secret_can_be_set(vendor, listener):
    old = await vendor.sdk.webhooks.default.async_secret()
    await vendor.settings(webhook_secret="whsec_bmV3IHNlY3JldA==")
    await make(vendor, listener, "completed")
    headers, body = await listener.next()
    Webhooks.validate(headers=headers, body=body, secret=await vendor.sdk.webhooks.default.async_secret())
    with pytest.raises(InvalidSignatureError):
        Webhooks.validate(headers=headers, body=body, secret=old)
    refused = await vendor.http.post("/sim/settings", json={"webhook_secret": "short"})
    assert refused.status_code == 400


async def test_a_webhook_with_a_bad_signature(vendor, listener):
    await vendor.fault("webhook_bad_signature")
    await make(vendor, listener, "completed")
    headers, body = await listener.next()
    with pytest.raises(InvalidSignatureError):
        Webhooks.validate(headers=headers, body=body, secret=await vendor.sdk.webhooks.default.async_secret())


async def test_a_webhook_that_comes_twice_has_one_id(vendor, listener):
    await vendor.fault("webhook_twice")
    await make(vendor, listener, "completed")
    (first, _), (second, _) = await listener.next(), await listener.next()
    assert first["webhook-id"] == second["webhook-id"]


async def test_a_webhook_that_never_comes(vendor, listener):
    await vendor.fault("webhook_never")
    await make(vendor, listener, "completed")
    second = await make(vendor, listener, "completed")
    assert json.loads((await listener.next())[1])["id"] == second.id
    assert (await vendor.struck()) == {"webhook_never": 1}


async def test_a_webhook_that_comes_late_is_signed_for_its_time(vendor, listener):
    late = timedelta(hours=2).total_seconds()
    await vendor.fault("webhook_late", seconds=late)
    await make(vendor, listener, "completed")
    while not (await vendor.struck()):
        pass
    assert listener.got.empty()
    await vendor.settings(clock_advance=late)
    headers, body = await listener.next()
    secret = await vendor.sdk.webhooks.default.async_secret()
    Webhooks.validate(headers=headers, body=body, secret=secret)
    with pytest.raises(InvalidTimestampError):
        Webhooks.validate(headers=headers, body=body, secret=secret, tolerance=3600)


async def test_nothing_is_posted_to_another_machine(vendor):
    await vendor.sdk.models.predictions.async_create(
        DEV, {"prompt": "a fox", "megapixels": "0.25"}, webhook="https://example.com/hook", wait=20
    )
    deliveries = []
    while not any(delivery["event"] == "completed" for delivery in deliveries):
        deliveries = (await vendor.http.get("/sim/webhooks")).json()["deliveries"]
    assert {delivery["error"] for delivery in deliveries} == {"kept back: not this machine"}
