"""Asking for pictures: held once, queued once, or refused whole."""

import asyncio

import pytest

from repository.ledger import LedgerRepository
from repository.tasks import TaskStatus
from services.errors import Banned, KeyReused, NotEnoughTokens, NothingToMake, StyleNotFound
from services.orders import TextToImageOrder


async def test_a_request_holds_the_price_and_queues_a_task(house):
    person = await house.person()
    task = await house.generations.request(person, TextToImageOrder(prompt="a fox", num_images=2), key="a")
    assert task.status is TaskStatus.QUEUED
    assert task.price == 10
    assert await house.balance() == (20, 10, 0)


async def test_the_same_key_asked_fifty_times_at_once_makes_one_task(house):
    person = await house.person()
    order = TextToImageOrder(prompt="a fox")
    tasks = await asyncio.gather(*(house.generations.request(person, order, key="a") for _ in range(50)))
    assert len({task.task_id for task in tasks}) == 1
    assert await house.balance() == (25, 5, 0)


async def test_the_same_key_with_another_order_is_a_conflict(house):
    person = await house.person()
    await house.generations.request(person, TextToImageOrder(prompt="a fox"), key="a")
    with pytest.raises(KeyReused):
        await house.generations.request(person, TextToImageOrder(prompt="a cat"), key="a")
    assert await house.balance() == (25, 5, 0)


async def test_of_fifty_orders_for_the_last_tokens_only_those_that_are_paid_for_are_taken(house):
    person = await house.person()  # 30 tokens: six pictures

    async def ask(number: int) -> bool:
        try:
            await house.generations.request(person, TextToImageOrder(prompt="a fox"), key=f"k{number}")
        except NotEnoughTokens:
            return False
        return True

    taken = await asyncio.gather(*(ask(number) for number in range(50)))
    assert sum(taken) == 6
    assert await house.balance() == (0, 30, 0)
    assert await LedgerRepository(house.db.reading).find_gaps() == []


async def test_too_few_tokens_write_nothing_and_say_how_many_there_are(house):
    person = await house.person()
    await house.generations.request(person, TextToImageOrder(prompt="a", num_images=4), key="a")
    with pytest.raises(NotEnoughTokens) as refused:
        await house.generations.request(person, TextToImageOrder(prompt="b", num_images=4), key="b")
    assert refused.value.fields == {"price": 20, "tokens_left": 10}
    assert len(await house.tasks.open_tasks(person.user_id)) == 1
    # the key is free again: the same order goes through once there are tokens
    await house.generations.request(person, TextToImageOrder(prompt="b", num_images=2), key="b")


async def test_orders_that_cannot_be_made_are_refused_before_anything_is_held(house):
    person = await house.person()
    with pytest.raises(StyleNotFound):
        await house.generations.request(person, TextToImageOrder(prompt="x", style="no_such"), key="a")
    with pytest.raises(NothingToMake):
        await house.generations.request(person, TextToImageOrder(), key="b")
    await house.accounts.ban(person.user_id, True)
    banned = await house.accounts.get(person.user_id)
    with pytest.raises(Banned):
        await house.generations.request(banned, TextToImageOrder(prompt="x"), key="c")
    assert await house.balance() == (30, 0, 0)
