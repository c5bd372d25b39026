"""Webhooks: one call for each result, again when it was not taken, and the faults that strike them."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

pytestmark = pytest.mark.asyncio


class Customer:
    """A customer's webhook; `refusals` calls are answered with 503 first."""

    def __init__(self) -> None:
        self.url = ""
        self.refusals = 0
        self.heard: asyncio.Queue[dict] = asyncio.Queue()

    async def hook(self, request: Request) -> Response:
        if self.refusals:
            self.refusals -= 1
            return Response(status_code=503)
        await self.heard.put(await request.json())
        return Response(status_code=204)

    async def hears(self) -> dict:
        async with asyncio.timeout(5):
            return (await self.heard.get())["data"][0]


@pytest.fixture
async def customer(serve):
    one = Customer()
    async with serve(Starlette(routes=[Route("/hook", one.hook, methods=["POST"])])) as url:
        one.url = f"{url}/hook"
        yield one


async def test_each_result_is_told_once(vendor, order, customer):
    task = order(numberResults=2, webhookURL=customer.url, deliveryMethod="async")
    await vendor.post(task)
    told = [await customer.hears() for _ in range(2)]
    assert {item["taskUUID"] for item in told} == {task["taskUUID"]}
    assert len({item["imageURL"] for item in told}) == 2


async def test_a_call_that_is_not_taken_comes_again(vendor, order, customer):
    customer.refusals = 1
    await vendor.post(order(webhookURL=customer.url))
    assert (await customer.hears())["status"] == "success"


async def test_a_webhook_comes_twice_late_or_never(vendor, order, customer):
    await vendor.fault("webhook_never")
    await vendor.post(order(webhookURL=customer.url))
    await vendor.fault("webhook_twice")
    twice = order(webhookURL=customer.url)
    await vendor.post(twice)
    assert [(await customer.hears())["taskUUID"] for _ in range(2)] == [twice["taskUUID"]] * 2
    await vendor.fault("webhook_late", seconds=0.05)
    late = order(webhookURL=customer.url)
    await vendor.post(late)
    assert (await customer.hears())["taskUUID"] == late["taskUUID"]
    assert await vendor.struck() == {"webhook_never": 1, "webhook_twice": 1, "webhook_late": 1}


async def test_a_failure_is_told_too(vendor, order, customer):
    await vendor.fault("fail_task", code="inferenceError")
    await vendor.post(order(webhookURL=customer.url, deliveryMethod="async"))
    assert (await customer.hears())["error"]["code"] == "inferenceError"
