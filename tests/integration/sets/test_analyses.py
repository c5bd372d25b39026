import asyncio
import io
import signal
import sys
import time
from datetime import timedelta

import pytest
from PIL import Image

from repository.photo_analyses import AnalysisState
from services.errors import AnalysisNotFound, BadCursor, FileNotFound
from services.photos.analyses import MAX_ATTEMPTS, figures_of
from services.photos.verdicts import VerdictCode
from tests.conftest import ROOT, within
from tests.integration.sets.conftest import Collecting, ToldEyes, blurred, good_figures, selfie
from workers.analyse import INTERVAL, Analyser
from workers.eyes.errors import EyesFailed, UnreadablePhoto
from workers.eyes.eyes import Eyes

NO_LEASE = timedelta(0)


async def ended(house: Collecting) -> list[tuple[str, str | None]]:
    """State and error of every analysis."""
    rows = await house.db.reading.fetch("""SELECT state, error_code FROM "PhotoAnalysis" ORDER BY requested_at""")
    return [(row["state"], row["error_code"]) for row in rows]


async def test_every_photo_gets_exactly_one_verdict_from_two_workers(house: Collecting):
    person, set_id = await house.started()
    both = [house.analyser(), house.analyser()]
    photos = asyncio.gather(*(house.add(person, set_id, number, place=number) for number in range(20)))
    await photos
    await house.look_at_all(*both)
    view = await house.sets.view(person, set_id)
    assert [photo.verdict.code if photo.verdict else None for photo in view.photos] == [VerdictCode.GOOD] * 20
    assert sorted(house.eyes.looked.values()) == [1] * 20
    assert (view.waiting, view.needs.good, view.needs.is_enough) == (0, 20, True)
    assert view.set.revision == 40, "each photo told its set twice: when it came, and when it was seen"
    assert [photo.file.file_id for photo in await house.sets.good_photos(set_id)] == [
        photo.file.file_id for photo in view.photos
    ]


async def test_what_was_seen_comes_back_as_it_was(house: Collecting):
    person, set_id = await house.started(photos=1)
    house.eyes.see = lambda _: good_figures(1)
    await house.look_at_all()
    (photo,) = (await house.sets.view(person, set_id)).photos
    assert photo.figures is not None
    assert photo.figures.without_embedding() == good_figures(1).without_embedding()
    assert photo.figures.embedding == pytest.approx(good_figures(1).embedding, abs=1e-6)


async def test_the_fewest_photos_are_those_of_the_limit(house: Collecting):
    person, set_id = await house.started(photos=3)
    await house.limit("training_photos_min", 4)
    seen = iter([good_figures(1), blurred(2), good_figures(3)])
    house.eyes.see = lambda _: next(seen)
    await house.look_at_all()
    view = await house.sets.view(person, set_id)
    assert (view.needs.good, view.needs.to_minimum) == (2, 2)
    assert len(await house.sets.good_photos(set_id)) == 2
    assert {photo.verdict.code for photo in view.photos if photo.verdict} == {VerdictCode.GOOD, VerdictCode.BLURRED}


async def test_a_ring_has_a_photo_looked_at_at_once(house: Collecting, deadline):
    person, set_id = await house.started()
    looking = asyncio.create_task(house.serve(house.analyser()))
    while not (await house.redis.pubsub_numsub(house.doorbell.analyses_channel))[0][1]:
        pass
    asked_at = time.monotonic()
    await house.add(person, set_id, 1)
    await within(deadline, house.eyes.looking)
    assert time.monotonic() - asked_at < INTERVAL / 2
    looking.cancel()


async def test_without_a_ring_a_photo_is_found_all_the_same(house: Collecting, deadline):
    person, set_id = await house.started()
    looking = asyncio.create_task(house.analyser().run())  # nobody listens
    await house.add(person, set_id, 1)
    await within(deadline, house.eyes.looking)
    looking.cancel()


async def test_a_verdict_rings_for_the_card(house: Collecting, deadline):
    await house.started(photos=1)
    async with house.redis.pubsub(ignore_subscribe_messages=True) as bell:
        await bell.subscribe(house.doorbell.cards_channel)
        while not (await house.redis.pubsub_numsub(house.doorbell.cards_channel))[0][1]:
            pass
        await house.look_at_all()
        async with asyncio.timeout(deadline):
            async for _ in bell.listen():
                break


async def test_a_claim_that_never_ends_is_taken_over_and_its_late_word_counts_for_nothing(house: Collecting):
    person, set_id = await house.started(photos=1)
    (lost,) = await house.analyses.claim(NO_LEASE, 5)
    (taken,) = await house.analyses.claim(timedelta(seconds=60), 5)
    assert (taken.analysis_id, lost.attempt, taken.attempt) == (lost.analysis_id, 1, 2)
    assert await house.analyses.claim(timedelta(seconds=60), 5) == [], "its lease still runs"
    assert not await house.analyses.finish(lost, blurred(1))
    assert not await house.analyses.fail(lost, "unreadable")
    await house.analyses.let_go(lost, NO_LEASE)
    assert await house.analyses.finish(taken, good_figures(1))
    assert not await house.analyses.finish(taken, blurred(1)), "there is one verdict"
    view = await house.sets.view(person, set_id)
    assert view.photos[0].verdict is not None
    assert view.photos[0].verdict.is_good
    assert view.set.revision == 2


async def test_two_workers_never_claim_the_same_photo(house: Collecting):
    await house.started(photos=10)
    claims = await asyncio.gather(*(house.analyses.claim(timedelta(seconds=60), 3) for _ in range(6)))
    claimed = [claim.analysis_id for found in claims for claim in found]
    assert (len(claimed), len(set(claimed))) == (10, 10)


@pytest.mark.parametrize(
    "point", ["analysis.claim.before", "analysis.claim.after", "analysis.close.before", "analysis.close.after"]
)
async def test_a_worker_killed_in_the_middle_costs_no_verdict(
    house: Collecting, database_dsn, redis_dsn, tmp_path, point
):
    person, set_id = await house.started(photos=4)
    (tmp_path / "points").mkdir()
    (tmp_path / "points" / point).touch()
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.sets.dying_worker"),
        *(database_dsn, redis_dsn, tmp_path / "points", house.folder.as_uri()),
        cwd=ROOT,
    )
    assert await worker.wait() == -signal.SIGKILL
    await house.look_at_all()
    view = await house.sets.view(person, set_id)
    assert [photo.verdict is not None and photo.verdict.is_good for photo in view.photos] == [True] * 4
    assert await ended(house) == [("done", None)] * 4
    assert view.set.revision == 8, "each photo told its set once of its verdict"


async def test_a_photo_that_kills_every_worker_counts_as_not_looked_at(house: Collecting):
    person, set_id = await house.started(photos=1)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert [claim.attempt for claim in await house.analyses.claim(NO_LEASE, 1)] == [attempt]
    assert await house.analyses.claim(NO_LEASE, 1) == []
    assert await house.analyses.give_up_hopeless() == 1
    assert await house.analyses.give_up_hopeless() == 0
    (photo,) = (await house.sets.view(person, set_id)).photos
    assert (photo.verdict, photo.error_code, photo.is_waiting) == (None, "not_looked_at", False)
    assert (await house.sets.view(person, set_id)).set.revision == 2


async def test_a_photo_that_kills_every_worker_takes_no_other_with_it(house: Collecting):
    person, set_id = await house.started(photos=2)
    deadly, good = [photo.file.file_id for photo in (await house.sets.view(person, set_id)).photos]
    for _ in range(MAX_ATTEMPTS - 1):
        assert {claim.file_id for claim in await house.analyses.claim(NO_LEASE, 2)} == {deadly, good}
    assert [claim.file_id for claim in await house.analyses.claim(timedelta(minutes=1), 2)] == [deadly]
    assert await house.analyses.claim(NO_LEASE, 2) == [], "the worker with the last attempt may yet be killed"
    await house.db.reading.execute("""UPDATE "PhotoAnalysis" SET lease_until = now() - interval '1 second'""")
    (claim,) = await house.analyses.claim(NO_LEASE, 2)
    assert claim.file_id == good
    await house.analyses.finish(claim, good_figures())
    assert await house.analyses.give_up_hopeless() == 1
    assert sorted(await ended(house), key=str) == [("done", None), ("failed", "not_looked_at")]


async def test_eyes_that_fail_are_given_another_try_and_after_the_third_the_photo_was_not_looked_at(house: Collecting):
    await house.started(photos=1)
    house.eyes.faults = [EyesFailed("died")] * (MAX_ATTEMPTS - 1)
    await house.look_at_all()
    assert await ended(house) == [("done", None)]
    assert house.eyes.looked.total() == MAX_ATTEMPTS

    await house.started(200, photos=1)
    house.eyes.faults = [EyesFailed("died")] * MAX_ATTEMPTS
    await house.look_at_all()
    assert await ended(house) == [("done", None), ("failed", "not_looked_at")]


async def test_an_unreadable_photo_is_said_to_be_so_at_once(house: Collecting):
    person, set_id = await house.started(photos=1)
    house.eyes.faults = [UnreadablePhoto("rubbish")]
    await house.look_at_all()
    (photo,) = (await house.sets.view(person, set_id)).photos
    assert (photo.error_code, house.eyes.looked.total()) == ("unreadable", 1)


async def test_an_error_nobody_thought_of_does_not_keep_other_photos_from_being_looked_at(house: Collecting):
    await house.started(photos=3)
    house.eyes.faults = [RuntimeError("nobody thought of it")]
    await house.look_at_all(house.analyser(lease=timedelta(milliseconds=50)))
    assert await ended(house) == [("done", None)] * 3


async def test_a_storage_that_is_away_for_longer_than_all_attempts_costs_no_photo_its_verdict(house: Collecting):
    await house.started(photos=1)
    photos = [path for path in house.folder.rglob("*.jpg") if "thumb" not in path.name]
    for photo in photos:
        photo.rename(photo.with_suffix(".aside"))
        photo.symlink_to(photo)  # whoever opens it gets an error, and no word of its being gone
    looking = asyncio.create_task(house.look_at_all(house.analyser(lease=timedelta(milliseconds=20))))
    await asyncio.wait({looking}, timeout=5 * INTERVAL / 2)
    assert not looking.done()
    for photo in photos:
        photo.unlink()
        photo.with_suffix(".aside").rename(photo)
    await looking
    assert await ended(house) == [("done", None)]


async def test_a_photo_removed_while_it_is_looked_at_leaves_nothing(house: Collecting, deadline):
    person, set_id = await house.started(photos=2)
    house.eyes.gate = asyncio.Event()
    looking = asyncio.create_task(house.look_at_all())
    await within(deadline, house.eyes.looking)
    first = (await house.sets.view(person, set_id)).photos[0].file
    await house.sets.remove_photo(person, set_id, first.file_id)
    house.eyes.gate.set()
    await looking
    view = await house.sets.view(person, set_id)
    assert [photo.verdict is not None and photo.verdict.is_good for photo in view.photos] == [True]
    assert await house.rows() == {"sets": 1, "photos": 1, "analyses": 1, "files": 1, "noted": 0}
    assert view.set.revision == 4, "two came, one went, one was seen"


async def test_removals_and_verdicts_of_the_same_photos_at_once_never_stand_in_each_others_way(house: Collecting):
    person, set_id = await house.started(photos=20)
    claimed = await house.analyses.claim(timedelta(seconds=60), 20)
    seen = [house.analyses.finish(claim, good_figures(number)) for number, claim in enumerate(claimed)]
    gone = [house.sets.remove_photo(person, set_id, claim.file_id) for claim in claimed]
    outcomes = await asyncio.gather(*(each for pair in zip(seen, gone, strict=True) for each in pair))
    assert set(outcomes) <= {True, False, None}
    assert await house.rows() == {"sets": 1, "photos": 0, "analyses": 0, "files": 0, "noted": 0}


async def test_verdicts_and_a_discarded_set_at_once_never_stand_in_each_others_way(house: Collecting):
    person, set_id = await house.started(photos=20)
    claimed = await house.analyses.claim(timedelta(seconds=60), 20)
    seen = [house.analyses.finish(claim, good_figures(number)) for number, claim in enumerate(claimed)]
    await asyncio.gather(*seen[:10], house.sets.discard(person, set_id), *seen[10:])
    assert await house.rows() == {"sets": 0, "photos": 0, "analyses": 0, "files": 0, "noted": 0}


async def test_a_worker_that_stops_ends_what_it_can_and_leaves_the_rest_to_others(house: Collecting, deadline):
    await house.started(photos=3)
    house.eyes.gate = asyncio.Event()
    analyser = house.analyser()
    looking = asyncio.create_task(house.serve(analyser))
    await within(deadline, house.eyes.looking)
    await analyser.close(timedelta(0))
    looking.cancel()
    assert await ended(house) == [("waiting", None)] * 3
    await house.look_at_all(house.analyser(ToldEyes()))  # no lease is waited for
    assert await ended(house) == [("done", None)] * 3


async def test_real_eyes_look_at_what_was_sent(house: Collecting):
    person, set_id = await house.started()
    wall = io.BytesIO()
    Image.effect_noise((640, 640), 40).convert("RGB").save(wall, "JPEG")
    await house.sets.add_photo(person, set_id, wall.getvalue(), source_key="training:1")
    eyes = Eyes()
    try:
        await house.look_at_all(Analyser(house.analyses, house.storage, eyes, lease=timedelta(seconds=60)))
    finally:
        await eyes.aclose()
    (photo,) = (await house.sets.view(person, set_id)).photos
    assert photo.verdict is not None
    assert photo.verdict.code is VerdictCode.NO_FACE


async def test_a_person_asks_for_an_analysis_once_and_reads_their_own_alone(house: Collecting, stranger):
    person, set_id = await house.started(photos=1)
    await house.person(200)
    file_id = (await house.sets.view(person, set_id)).photos[0].file.file_id
    asked = await asyncio.gather(*(house.analyses.request(person.user_id, file_id) for _ in range(5)))
    assert len({analysis.analysis_id for analysis in asked}) == 1
    await house.look_at_all()
    found = await house.analyses.own(person.user_id, asked[0].analysis_id)
    assert found.state is AnalysisState.DONE
    assert figures_of(found) is not None
    for attempt in (
        house.analyses.own(200, asked[0].analysis_id),
        house.analyses.own(person.user_id, stranger),
    ):
        with pytest.raises(AnalysisNotFound):
            await attempt
    with pytest.raises(FileNotFound):
        await house.analyses.request(200, file_id)
    assert (await house.analyses.list(200)).analyses == []


async def test_analyses_are_listed_page_by_page_newest_first_those_of_one_moment_too(house: Collecting):
    person, _ = await house.started(photos=7)
    await house.started(200, photos=2)
    await house.db.reading.execute("""UPDATE "PhotoAnalysis" SET requested_at = '2026-11-21 12:00:00.123456+00'""")
    found, cursor = [], None
    while True:
        page = await house.analyses.list(person.user_id, cursor, limit=3)
        found += page.analyses
        cursor = page.cursor
        if cursor is None:
            break
    ids = [analysis.analysis_id for analysis in found]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 7


@pytest.mark.parametrize("cursor", ["", ".", "1.", "x.1", "-1.00", "1" * 40 + "." + "0" * 8, "1.zz", "²." + "0" * 32])
async def test_a_cursor_that_is_none_of_ours_is_refused(house: Collecting, cursor):
    with pytest.raises(BadCursor):
        await house.analyses.list(1, cursor)


async def test_a_photo_whose_bytes_are_gone_is_unreadable(house: Collecting):
    person, set_id = await house.started(photos=1)
    file = (await house.sets.view(person, set_id)).photos[0].file
    await house.storage.delete(file.storage_key)
    await house.look_at_all()
    assert await ended(house) == [("failed", "unreadable")]
    assert not house.eyes.looked[selfie(0)]


async def test_a_photo_that_takes_long_costs_those_behind_it_no_attempt(house: Collecting, deadline):
    person, set_id = await house.started(photos=2)
    house.eyes.gate = asyncio.Event()
    first, second = house.analyser(lease=timedelta(seconds=0.5)), house.analyser(lease=timedelta(seconds=0.5))
    loops = [asyncio.create_task(first.run())]
    await within(deadline, house.eyes.looking)
    loops.append(asyncio.create_task(second.run()))
    async with asyncio.timeout(deadline):
        while not await house.count(
            """SELECT count(*) FROM "PhotoAnalysis" WHERE lease_until > requested_at + interval '2 seconds'"""
        ):
            pass
    assert await house.count("""SELECT max(attempt) FROM "PhotoAnalysis" """) == 1
    house.eyes.gate.set()
    for loop in loops:
        loop.cancel()
    await house.look_at_all(first)
    view = await house.sets.view(person, set_id)
    assert all(photo.verdict is not None and photo.verdict.is_good for photo in view.photos)
    assert sorted(house.eyes.looked.values()) == [1, 1]


async def test_an_attempt_that_is_over_holds_on_to_nothing(house: Collecting):
    await house.started(photos=1)
    (lost,) = await house.analyses.claim(NO_LEASE, 5)
    (taken,) = await house.analyses.claim(NO_LEASE, 5)
    await house.analyses.renew([lost], timedelta(seconds=60))
    (again,) = await house.analyses.claim(timedelta(seconds=60), 5)
    assert (taken.attempt, again.attempt) == (2, 3)
