import asyncio
from datetime import timedelta

from tests.integration.sets.conftest import Collecting

LEASE = timedelta(seconds=60)


async def test_two_bots_at_once_share_the_stale_cards_between_them(house: Collecting):
    started = [await house.started(user_id, photos=1) for user_id in range(100, 120)]
    claims = await asyncio.gather(*(house.sets.claim_stale_cards(LEASE, 5) for _ in range(6)))
    cards = [card for found in claims for card in found]
    assert sorted(card.set_id for card in cards) == sorted(set_id for _, set_id in started)
    assert {card.user_id for card in cards} == {person.user_id for person, _ in started}
    assert {(card.revision, card.message_id, card.locale) for card in cards} == {(1, None, "en")}
    assert await house.sets.claim_stale_cards(LEASE, 5) == []


async def test_a_set_without_photos_has_a_card_too(house: Collecting):
    _, set_id = await house.started()
    (card,) = await house.sets.claim_stale_cards(LEASE, 5)
    assert (card.set_id, card.revision) == (set_id, 0)


async def test_a_card_that_shows_everything_is_left_alone_until_something_changes(house: Collecting):
    person, set_id = await house.started(photos=1)
    await house.sets.track_card(set_id, 77)
    (card,) = await house.sets.claim_stale_cards(LEASE, 5)
    assert card.message_id == 77
    await house.sets.card_shown(set_id, card.revision)
    assert await house.sets.claim_stale_cards(LEASE, 5) == []
    await house.add(person, set_id, 2)
    (card,) = await house.sets.claim_stale_cards(LEASE, 5)
    assert card.revision == 2


async def test_what_changed_while_a_card_was_shown_is_shown_next(house: Collecting):
    person, set_id = await house.started(photos=1)
    (card,) = await house.sets.claim_stale_cards(LEASE, 5)
    await house.add(person, set_id, 2)
    await house.sets.card_shown(set_id, card.revision)
    (again,) = await house.sets.claim_stale_cards(LEASE, 5)
    assert (card.revision, again.revision) == (1, 2)


async def test_the_card_of_a_bot_that_died_is_shown_by_another(house: Collecting):
    await house.started(photos=1)
    (lost,) = await house.sets.claim_stale_cards(timedelta(0), 5)
    assert await house.sets.claim_stale_cards(LEASE, 5) == [lost]


async def test_an_old_card_written_over_a_newer_one_is_put_right(house: Collecting):
    person, set_id = await house.started(photos=1)
    (slow,) = await house.sets.claim_stale_cards(timedelta(0), 5)
    await house.add(person, set_id, 2)
    (fast,) = await house.sets.claim_stale_cards(LEASE, 5)
    await house.sets.card_shown(set_id, fast.revision)
    await house.sets.card_shown(set_id, slow.revision)
    assert [card.revision for card in await house.sets.claim_stale_cards(LEASE, 5)] == [2]


async def test_nobody_is_shown_a_card_whom_the_bot_cannot_reach_or_whose_set_was_used(house: Collecting):
    gone, _ = await house.started(100, photos=1)
    await house.accounts.set_blocked_bot(gone.user_id, True)
    _, used = await house.started(200, photos=1)
    await house.use(used)
    await house.started(-5, photos=1)  # a web account
    assert await house.sets.claim_stale_cards(LEASE, 5) == []
    await house.accounts.set_blocked_bot(gone.user_id, False)
    assert [card.user_id for card in await house.sets.claim_stale_cards(LEASE, 5)] == [gone.user_id]
