"""The matrix of crashes: a process dies right before and right after every durable write, and nobody loses anything.

Each scenario brings a house to one point, where a process kills itself; the keeper starts it again, and once all is
quiet the same end conditions hold as after a storm.
"""

from dataclasses import dataclass

import httpx
import pytest

from config.failpoints import Write
from tests.chaos.books_scenarios import (
    compare_the_books,
    pay_unheard,
    report_a_day,
    tamper_with_a_balance,
    tell_the_admins,
    unfreeze,
)
from tests.chaos.collecting_scenarios import (
    BY_THEMSELVES,
    agree,
    ask_for_a_look,
    begin_a_set,
    claim_a_card,
    describe_the_model,
    discard_a_set,
    look_at_a_photo,
    look_for_long,
    lose_the_eyes,
    send_a_photo,
    show_a_card,
    track_a_card,
    withdraw,
)
from tests.chaos.house import Houses, wait_until
from tests.chaos.invariants import assert_end_conditions, settle_down
from tests.chaos.model_scenarios import (
    delete_a_model,
    leave_a_copy_at_a_vendor,
    leave_a_set_for_long,
    rename_a_model,
)
from tests.chaos.people import Customer
from tests.chaos.refund_scenarios import (
    decide_a_case,
    give_back,
    give_back_at_telegram,
    give_back_while_telegram_is_away,
)
from tests.chaos.scenarios import (
    STRIKE_WITHIN,
    Kind,
    Scenario,
    Side,
    Stage,
    ask_for_an_invoice,
    ban,
    be_forbidden,
    be_rewarded,
    choose_a_language,
    clear_an_account,
    come_to_the_wake_of_the_bot,
    come_to_the_wake_of_workers,
    delete_a_picture,
    deliver_slowly,
    end_before_it_is_shown,
    erase_everything,
    fail_at_the_vendor,
    fail_to_deliver,
    fall_silent,
    get_an_invitation,
    grant_admin,
    hear_of_a_vendor,
    lose_the_task_at_the_end,
    make_a_promo_code,
    mark_a_picture,
    meet,
    order,
    order_a_pack,
    order_several,
    pay,
    redeem_a_promo_code,
    resume,
    run_for_a_while,
    stop,
    wait_too_long,
    watch_it_being_made,
)
from tests.chaos.training_scenarios import train_a_model

QUIET_WITHIN = 90.0
"""Seconds after a death until everything must be done and told."""


@dataclass(frozen=True)
class Way:
    """How a write is come to, with which orders, and how the order may end."""

    scenario: Scenario
    kinds: tuple[Kind, ...] = (Kind.TEXT, Kind.IMAGE)
    endings: tuple[str, ...] = ("completed",)
    greeted: bool = True
    """Whether the person has spoken with the bot before."""


WAYS: dict[Write, Way] = {
    Write.PERSON_REGISTER: Way(meet, kinds=(Kind.TEXT,), greeted=False),
    Write.PERSON_LOCALE: Way(choose_a_language, kinds=(Kind.TEXT,)),
    Write.PERSON_BLOCKED_BOT: Way(be_forbidden),
    Write.PERSON_ADMIN: Way(grant_admin, kinds=(Kind.TEXT,)),
    Write.PERSON_BAN: Way(ban, kinds=(Kind.TEXT,)),
    Write.REFERRAL_CODE: Way(get_an_invitation, kinds=(Kind.TEXT,)),
    Write.REFERRAL_CLEAR: Way(clear_an_account, kinds=(Kind.TEXT,)),
    Write.REWARD_VEST: Way(be_rewarded, kinds=(Kind.TEXT,)),
    Write.PROMO_ADD: Way(make_a_promo_code, kinds=(Kind.TEXT,)),
    Write.PROMO_REDEEM: Way(redeem_a_promo_code, kinds=(Kind.TEXT,)),
    Write.PHOTO_STORE: Way(order, kinds=(Kind.IMAGE,)),
    Write.PHOTO_NOTE: Way(order, kinds=(Kind.IMAGE,)),
    Write.DRAFT_BEGIN: Way(order),
    Write.DRAFT_CHANGE: Way(order_several),
    Write.INVOICE_ADD: Way(ask_for_an_invoice, kinds=(Kind.TEXT,)),
    Write.PAYMENT_RECEIVE: Way(pay, kinds=(Kind.TEXT,)),
    Write.BOOKS_ROUND: Way(compare_the_books, kinds=(Kind.TEXT,)),
    Write.ACCOUNT_FREEZE: Way(tamper_with_a_balance, kinds=(Kind.TEXT,)),
    Write.ACCOUNT_UNFREEZE: Way(unfreeze, kinds=(Kind.TEXT,)),
    Write.STAR_NOTE: Way(pay_unheard, kinds=(Kind.TEXT,)),
    Write.NEWS_TOLD: Way(tell_the_admins, kinds=(Kind.TEXT,)),
    Write.REPORT_MAKE: Way(report_a_day, kinds=(Kind.TEXT,)),
    Write.REPORT_TOLD: Way(report_a_day, kinds=(Kind.TEXT,)),
    Write.TASK_REQUEST: Way(order),
    Write.TASK_CANCEL: Way(stop, endings=("cancelled",)),
    Write.TASK_CLAIM: Way(come_to_the_wake_of_workers),
    Write.TASK_RENEW: Way(run_for_a_while),
    Write.TASK_TELL: Way(resume),
    Write.TASK_HAND_BACK: Way(fail_at_the_vendor),
    Write.TASK_TAKE_BACK: Way(fall_silent),
    Write.TASK_GIVE_UP: Way(wait_too_long, endings=("failed",)),
    Write.TASK_END: Way(order_several),
    Write.CALL_PREPARE: Way(order),
    Write.CALL_SENT: Way(order),
    Write.CALL_CLOSE: Way(fail_at_the_vendor),
    Write.OUTPUT_STORE: Way(order_several),
    Write.WEIGHTS_STORE: Way(train_a_model, kinds=(Kind.TEXT,)),
    Write.TRAINING_KEEP: Way(train_a_model, kinds=(Kind.TEXT,)),
    Write.STEP_KEEP: Way(order_a_pack, kinds=(Kind.IMAGE,)),
    Write.ADMIN_EVENT: Way(hear_of_a_vendor, kinds=(Kind.TEXT,)),
    Write.FILE_ERASE: Way(lose_the_task_at_the_end),
    Write.NOTIFICATION_CLAIM: Way(come_to_the_wake_of_the_bot),
    Write.NOTIFICATION_RENEW: Way(deliver_slowly),
    Write.NOTIFICATION_ALBUM_SENT: Way(order_several),
    Write.NOTIFICATION_POSTPONE: Way(fail_to_deliver),
    Write.NOTIFICATION_CLOSE: Way(order),
    Write.FILE_TELEGRAM_ID: Way(order_several),
    Write.PICTURE_MARK: Way(mark_a_picture, kinds=(Kind.TEXT,)),
    Write.PICTURE_DELETE: Way(delete_a_picture, kinds=(Kind.TEXT,)),
    Write.ERASABLE_FORGET: Way(delete_a_picture, kinds=(Kind.TEXT,)),
    Write.ERASURE_REQUEST: Way(erase_everything, kinds=(Kind.TEXT,)),
    Write.ERASURE_ROWS: Way(erase_everything, kinds=(Kind.TEXT,)),
    Write.ERASURE_COMPLETE: Way(erase_everything, kinds=(Kind.TEXT,)),
    Write.MODEL_CHANGE: Way(rename_a_model, kinds=(Kind.TEXT,)),
    Write.MODEL_ERASE: Way(delete_a_model, kinds=(Kind.TEXT,)),
    Write.COPY_DOOM: Way(leave_a_copy_at_a_vendor, kinds=(Kind.TEXT,)),
    Write.COPY_CLAIM: Way(leave_a_copy_at_a_vendor, kinds=(Kind.TEXT,)),
    Write.COPY_CLOSE: Way(leave_a_copy_at_a_vendor, kinds=(Kind.TEXT,)),
    Write.PHOTOS_EXPIRE: Way(leave_a_set_for_long, kinds=(Kind.TEXT,)),
    Write.REFUND_REQUEST: Way(give_back, kinds=(Kind.TEXT,)),
    Write.REFUND_DECIDE: Way(decide_a_case, kinds=(Kind.TEXT,)),
    Write.REFUND_HONOUR: Way(give_back_at_telegram, kinds=(Kind.TEXT,)),
    Write.REFUND_CLAIM: Way(give_back, kinds=(Kind.TEXT,)),
    Write.REFUND_POSTPONE: Way(give_back_while_telegram_is_away, kinds=(Kind.TEXT,)),
    Write.REFUND_CLOSE: Way(give_back, kinds=(Kind.TEXT,)),
    Write.CONSENT_GIVE: Way(agree, kinds=(Kind.TEXT,)),
    Write.CONSENT_WITHDRAW: Way(withdraw, kinds=(Kind.TEXT,)),
    Write.SET_BEGIN: Way(begin_a_set, kinds=(Kind.TEXT,)),
    Write.SET_CHANGE: Way(describe_the_model, kinds=(Kind.TEXT,)),
    Write.SET_DISCARD: Way(discard_a_set, kinds=(Kind.TEXT,)),
    Write.TRAINING_PHOTO_ADD: Way(send_a_photo, kinds=(Kind.TEXT,)),
    Write.ANALYSIS_REQUEST: Way(ask_for_a_look, kinds=(Kind.TEXT,)),
    Write.ANALYSIS_CLAIM: Way(look_at_a_photo, kinds=(Kind.TEXT,)),
    Write.ANALYSIS_RENEW: Way(look_for_long, kinds=(Kind.TEXT,)),
    Write.ANALYSIS_CLOSE: Way(look_at_a_photo, kinds=(Kind.TEXT,)),
    Write.ANALYSIS_LET_GO: Way(lose_the_eyes, kinds=(Kind.TEXT,)),
    Write.CARD_TRACK: Way(track_a_card, kinds=(Kind.TEXT,)),
    Write.CARD_CLAIM: Way(claim_a_card, kinds=(Kind.TEXT,)),
    Write.CARD_SHOWN: Way(show_a_card, kinds=(Kind.TEXT,)),
    Write.PROGRESS_TRACK: Way(order),
    Write.PROGRESS_SHOWN: Way(watch_it_being_made),
    Write.PROGRESS_FORGET: Way(end_before_it_is_shown),
}
"""A way to every write."""

MATRIX = [(write, side, kind) for write, way in WAYS.items() for kind in way.kinds for side in Side]

CROSSROADS = [
    (Write.PAYMENT_RECEIVE, Side.BEFORE, Kind.TEXT),
    (Write.PAYMENT_RECEIVE, Side.AFTER, Kind.TEXT),
    (Write.TASK_REQUEST, Side.AFTER, Kind.TEXT),
    (Write.CALL_PREPARE, Side.AFTER, Kind.TEXT),
    (Write.CALL_SENT, Side.BEFORE, Kind.IMAGE),
    (Write.TASK_END, Side.BEFORE, Kind.TEXT),
    (Write.TASK_END, Side.AFTER, Kind.TEXT),
    (Write.NOTIFICATION_ALBUM_SENT, Side.BEFORE, Kind.TEXT),
    (Write.NOTIFICATION_ALBUM_SENT, Side.AFTER, Kind.IMAGE),
    (Write.REFUND_CLOSE, Side.BEFORE, Kind.TEXT),
]
"""Where a crash would cost the most: money, a vendor's call, or an album."""


def test_every_durable_write_has_its_scenarios():
    assert set(WAYS) == set(Write)
    assert {(write, side) for write, side, _ in MATRIX} == {(write, side) for write in Write for side in Side}
    assert set(CROSSROADS) <= set(MATRIX)


@pytest.mark.parametrize(("write", "side", "kind"), CROSSROADS)
def test_a_death_at_a_crossroads_costs_nobody_anything(houses, selfie, write, side, kind):
    die_at(houses, selfie, write, side, kind)


@pytest.mark.long
@pytest.mark.parametrize(("write", "side", "kind"), [point for point in MATRIX if point not in CROSSROADS])
def test_a_death_at_any_durable_write_costs_nobody_anything(houses, selfie, write, side, kind):
    die_at(houses, selfie, write, side, kind)


def die_at(houses: Houses, selfie: bytes, write: Write, side: Side, kind: Kind) -> None:
    """Play a scenario, see that a process died at its point, and look at everything once it is quiet."""
    way = WAYS[write]
    with houses.visit() as house, httpx.Client(base_url=house.sandbox_url, timeout=60) as client:
        customer = Customer(house.new_person(client, "Ann"), f"{write.value} {side.value}", selfie)
        houses.customers.append(customer)
        if way.greeted:
            customer.greet()
        stage = Stage(house, customer, kind, write, side)
        way.scenario(stage)
        wait_until(lambda: stage.has_struck, STRIKE_WITHIN, f"a process at {stage.point.name}")
        if way.scenario not in (
            grant_admin,
            ban,
            train_a_model,
            *BY_THEMSELVES,
        ):  # an operator's command dies by itself
            wait_until(lambda: house.deaths > stage.deaths, STRIKE_WITHIN, f"the death at {stage.point.name}")
        house.make_peace()
        settle_down(house, QUIET_WITHIN)
        books = assert_end_conditions(house, houses.customers, about=f"after {stage.point.name} of {kind.value}")
        ended = {task["status"] for task in books.tasks.values() if task["user_id"] == customer.user_id}
        assert ended <= set(way.endings), f"after {stage.point.name} the order ended as {ended}"
