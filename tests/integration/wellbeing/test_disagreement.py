"""Workers that see a backend differently: one state in /health, one event in the owner's log, no flicker."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from arq import ArqRedis

from config.failpoints import Write
from repository.admin_events import AdminEventRepository
from services.backend_words import STALE_AFTER, BackendHealth, BackendWords, Word
from tests.integration.wellbeing.conftest import (
    KNOWN_WITHIN,
    LASTING,
    NAMESPACE,
    PASSING,
    WELL,
    WORDS,
    Moody,
    noted,
    seen,
)
from workers.wellbeing import BACKEND_DOWN, name_of_this_process

DEAD = "elsewhere:1:dead"
WAITING_FOR_A_TURN = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
ROUNDS = 20
"""So often each of two workers speaks, while it is watched that what the house says stays."""


@pytest.fixture
def words(arq: ArqRedis) -> BackendWords:
    """What the workers say, for a test to read, or to say in the name of one that dies."""
    return BackendWords(arq, NAMESPACE)


async def grow_old(arq: ArqRedis, worker: str) -> None:
    """Let a worker's words have been said so long ago that nobody believes them any more."""
    for field, kept in (await arq.hgetall(WORDS)).items():
        if field.decode().endswith(f"@{worker}"):
            said_at, _, word = kept.decode().partition(" ")
            await arq.hset(WORDS, field, f"{float(said_at) - STALE_AFTER:.3f} {word}")


@pytest.mark.parametrize("moods", [(WELL, LASTING), (LASTING, WELL)])
async def test_one_workers_wrong_key_is_the_backends_state_until_it_is_mended(at_work, check, events, words, moods):
    workers = [Moody(health_now=health) for health in moods]
    async with at_work(*workers):
        await seen(check, "preview", available=False, detail="wrong key (1 of 2 workers)")
        (faulty,) = [worker for worker, word in (await words.read())["preview"].items() if word.is_lasting]
        (first,) = await noted(events, 1, closed=False, details={"reason": "wrong key", "workers": [faulty]})
        for _ in range(ROUNDS):
            for worker in workers:
                await worker.asked_again(1)
                assert (await check.ask()).backends["preview"].detail == "wrong key (1 of 2 workers)"
        assert await events.get_latest(limit=10) == [first]
        workers[moods.index(LASTING)].health_now = WELL
        await seen(check, "preview", available=True, detail="fine")
        await noted(events, 1, closed=True)


@pytest.mark.parametrize("how", [{"is_unreachable": True}, {"health_now": PASSING}])
async def test_a_worker_that_alone_sees_a_passing_fault_does_not_make_the_backend_down(at_work, check, events, how):
    well, cut_off = Moody(), Moody(**how)
    async with at_work(well):
        await seen(check, "preview", available=True, detail="fine")
        async with at_work(cut_off):
            partly = await seen(check, "preview", available=True, detail=f"fine (1 of 2 workers: {said_by(cut_off)})")
            for _ in range(ROUNDS):
                for worker in (well, cut_off):
                    await worker.asked_again(1)
                    assert (await check.ask()).backends["preview"] == partly
            assert await events.get_latest(limit=10) == []
        await seen(check, "preview", available=True, detail="fine")


def said_by(cut_off: Moody) -> str:
    return "does not answer: no route" if cut_off.is_unreachable else cut_off.health_now.detail


async def test_a_passing_fault_that_every_worker_sees_makes_it_down_until_one_sees_it_well(at_work, check, events):
    one, other = Moody(), Moody()
    async with at_work(one, other):
        await seen(check, "preview", available=True, detail="fine")
        one.health_now = PASSING
        await seen(check, "preview", available=True, detail="fine (1 of 2 workers: no answer)")
        other.health_now = PASSING
        await seen(check, "preview", available=False, detail="no answer")
        await noted(events, 1, closed=False, details={"reason": "no answer"})
        one.health_now = WELL
        await seen(check, "preview", available=True)
        await noted(events, 1, closed=True)


async def test_eight_workers_that_see_it_go_at_once_write_one_event_each_time(at_work, events):
    workers = [Moody() for _ in range(8)]
    async with at_work(*workers):
        for count in (1, 2, 3):
            for worker in workers:
                worker.health_now = LASTING
            await noted(events, count, closed=False, details={"reason": "wrong key"})
            for worker in workers:
                worker.health_now = WELL
            await noted(events, count, closed=True)
        for worker in workers:
            await worker.asked_again(3)
        assert len(await events.get_latest(limit=10)) == 3


async def test_the_word_of_a_worker_that_died_counts_until_it_is_stale_and_is_then_removed(
    at_work, check, events, words, arq
):
    await words.say(DEAD, {"preview": Word(False, "wrong key", is_lasting=True)})
    async with at_work(Moody()):
        await seen(check, "preview", available=False)
        await noted(events, 1, closed=False)
        await grow_old(arq, DEAD)
        await seen(check, "preview", available=True, detail="fine")
        await noted(events, 1, closed=True)
        async with asyncio.timeout(KNOWN_WITHIN):
            while len(await arq.hkeys(WORDS)) > 1:
                assert (await check.ask()).backends["preview"].available
        assert DEAD not in (await words.read())["preview"]


async def test_a_stale_good_word_does_not_hide_that_every_living_worker_sees_it_down(
    at_work, check, events, words, arq
):
    await words.say(DEAD, {"preview": Word(True, "fine")})
    async with at_work(Moody(health_now=PASSING)):
        await seen(check, "preview", available=True, detail="fine (1 of 2 workers: no answer)")
        await grow_old(arq, DEAD)
        await seen(check, "preview", available=False, detail="no answer")
        await noted(events, 1, closed=False, details={"reason": "no answer"})


async def test_stale_words_that_nobody_has_removed_yet_are_not_believed(check, words, arq):
    await words.say(DEAD, {"preview": Word(True, "fine")})
    await words.say("here:2:alive", {"preview": Word(False, "no answer")})
    await grow_old(arq, DEAD)
    assert (await check.ask()).backends["preview"] == BackendHealth(False, "no answer", "no answer")
    await grow_old(arq, "here:2:alive")
    assert (await check.ask()).backends == {}


async def test_words_of_an_earlier_version_are_passed_over_and_removed(at_work, check, arq):
    await arq.hset(WORDS, "runware", '{"available": true, "detail": "connected", "at": 1}')
    assert (await check.ask()).backends == {}
    async with at_work(Moody()):
        await seen(check, "preview", available=True, detail="fine")
        assert b"runware" not in await arq.hkeys(WORDS)


async def test_what_is_written_is_true_at_the_writers_turn_not_when_it_queued_for_it(at_work, check, events, database):
    moody = Moody()
    async with AsyncExitStack() as turn:
        tx = await turn.enter_async_context(database.transaction(Write.ADMIN_EVENT))
        await AdminEventRepository(tx).take_turn(BACKEND_DOWN, "preview")
        async with at_work(moody):
            moody.health_now = PASSING
            async with asyncio.timeout(KNOWN_WITHIN):
                while not await tx.fetchval(WAITING_FOR_A_TURN):
                    assert await events.get_latest(limit=10) == []
            moody.health_now = WELL
            await seen(check, "preview", available=True)
            await turn.aclose()
            await moody.asked_again(5)
            assert await events.get_latest(limit=10) == []


def test_every_process_has_a_name_of_its_own_however_often_its_number_is_used():
    assert name_of_this_process() != name_of_this_process()
