"""Races that a storm has found once, made to happen every time."""

import httpx

from tests.chaos.invariants import assert_end_conditions, settle_down
from tests.chaos.people import Customer, Wish

QUIET_WITHIN = 60.0


def test_a_progress_message_that_is_noted_while_its_order_is_delivered_goes_away(houses, selfie):
    """Make's own edit takes three seconds, the task less than one, its delivery five."""
    with houses.visit() as house, httpx.Client(base_url=house.sandbox_url, timeout=60) as client:
        customer = Customer(house.new_person(client, "Ann"), "race", selfie)
        houses.customers.append(customer)
        customer.greet()
        wish = Wish("a lighthouse in a race")
        card = customer.compose(wish)
        assert card is not None
        house.break_telegram(method="editMessageText", delay=3)
        house.break_telegram(method="sendPhoto", delay=5)
        assert customer.make(wish, card)
        settle_down(house, QUIET_WITHIN)
        assert_end_conditions(house, houses.customers)
