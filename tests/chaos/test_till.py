"""The till sees what is wrong: each lie about a Star in turn."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.chaos.till import Charge, Reading, find_violations, find_violations_at_rest

BACK = datetime(2026, 1, 1, tzinfo=UTC)


def payment(number: int, stars: int = 200, **told: Any) -> dict[str, Any]:
    """A payment as it should be."""
    return {
        "payment_id": number,
        "amount": stars,
        "charge_id": f"charge {number}",
        "refunded_at": None,
        "mismatch": None,
        "state": None,
        "is_as_sold": True,
    } | told


def reading(*payments: dict[str, Any], **told: Any) -> Reading:
    """Three charges: kept, given back, and of somebody who is erased."""
    true = [payment(1), payment(2, 75, refunded_at=BACK, state="done"), payment(3, 600, charge_id=None)]
    charges = {"charge 1": Charge(200), "charge 2": Charge(75, is_given_back=True), "charge 3": Charge(600)}
    said: dict[str, Any] = {"wrong": [], "frozen": 0, "charges": charges, "booked": frozenset(charges)} | told
    return Reading(payments=payments or true, **said)


def test_true_books_are_quiet():
    assert list(find_violations_at_rest(reading())) == []


@pytest.mark.parametrize(
    ("books", "words"),
    [
        (reading(wrong=["the sum of all accounts is not zero: 1"]), "sum of all accounts"),
        (reading(frozen=1), "frozen"),
        (reading(payment(1), payment(4, charge_id="charge 1"), payment(2, 75), payment(3, 600)), "4 payments"),
        (reading(payment(1, 201), payment(2, 75), payment(3, 600)), "876 Stars are booked of 875"),
        (reading(payment(1), payment(2, 75), payment(3, 600, charge_id="invented")), "not in Telegram's list"),
        (reading(payment(1, state="done", refunded_at=BACK), payment(2, 75), payment(3, 600)), "Telegram has it"),
        (reading(payment(1, is_as_sold=False), payment(2, 75), payment(3, 600)), "did not bring what was sold"),
    ],
)
def test_what_must_not_be_for_a_moment_is_seen(books, words):
    assert words in "\n".join(find_violations(books))


@pytest.mark.parametrize(
    ("books", "words"),
    [
        (reading(payment(1), payment(2, 75), booked=frozenset({"charge 1", "charge 2"})), "charge 3 was never booked"),
        (reading(payment(1), payment(2, 75), payment(3, 600)), "charge 2 went back and was never taken back"),
        (
            reading(payment(1), payment(2, 75, charge_id=None, refunded_at=BACK), payment(3, 600, refunded_at=BACK)),
            "2 refunds over 675 Stars are booked, Telegram made 1 over 75",
        ),
    ],
)
def test_what_may_be_under_way_is_seen_once_nothing_is(books, words):
    assert list(find_violations(books)) == []
    assert words in "\n".join(find_violations_at_rest(books))
