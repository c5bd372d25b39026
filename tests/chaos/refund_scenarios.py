"""The ways to what refunds write: a purchase first, then its money back by a press, by an admin, by Telegram."""

from tests.chaos.house import wait_until
from tests.chaos.people import Message, newest_button
from tests.chaos.scenarios import STRIKE_WITHIN, Stage

LEASE_OVER = 60.0
"""Seconds for an end that may have to wait for the lease of a bot that died."""


def give_back(stage: Stage) -> None:
    """/paysupport, both presses; Telegram gives the money back."""
    _buy(stage)
    _ask(stage)
    message, data = _button(stage, "refyes:")
    stage.arm()
    stage.customer.press(message, data)
    _see_it_done(stage)


def give_back_while_telegram_is_away(stage: Stage) -> None:
    """The same, and Telegram fails at first."""
    stage.house.break_telegram(method="refundStarPayment", error_code=502)
    give_back(stage)


def decide_a_case(stage: Stage) -> None:
    """A purchase of long ago: an admin, who is the person themselves here, presses Refund."""
    _buy(stage)
    made_old = """UPDATE "Payment" SET date = date - interval '60 days' WHERE user_id = $1 RETURNING 1"""
    stage.ask(made_old, stage.customer.user_id)
    payment_id = stage.ask('SELECT payment_id FROM "Payment" WHERE user_id = $1', stage.customer.user_id)
    stage.ask(
        """
        INSERT INTO "Refund" (payment_id, origin, state) VALUES ($1, 'self', 'case') RETURNING refund_id
        """,
        payment_id,
    )
    stage.ask('UPDATE "User" SET is_admin = TRUE WHERE user_id = $1 RETURNING 1', stage.customer.user_id)
    stage.customer.person.say("/admin_cases")
    message, data = _button(stage, "refcase:")
    stage.arm()
    stage.customer.press(message, data)
    _see_it_done(stage)


def give_back_at_telegram(stage: Stage) -> None:
    """Telegram gives the money back by itself, and says so until it is heard."""
    charge = _buy(stage)
    stage.arm()
    answer = stage.customer.person.client.post(
        f"/sim/users/{stage.customer.user_id}/refund", json={"telegram_payment_charge_id": charge}
    )
    assert answer.is_success, answer.text
    _see_it_done(stage)


def _buy(stage: Stage) -> str:
    """The first product on offer; returns Telegram's charge."""
    stage.customer.person.say("/buy")
    stage.customer.press(*_button(stage, "buy:"))
    bill = stage.customer.look_for(
        lambda chat: next((message for message in reversed(chat) if message.get("invoice")), None), STRIKE_WITHIN
    )
    assert bill is not None, "no invoice came"
    answer = stage.customer.person.client.post(
        f"/sim/users/{stage.customer.user_id}/pay", json={"message_id": bill["message_id"]}
    ).json()
    assert answer["paid"], answer
    stage.wait_for_row('SELECT 1 FROM "Payment" WHERE user_id = $1', stage.customer.user_id)
    return str(answer["telegram_payment_charge_id"])


def _ask(stage: Stage) -> None:
    stage.customer.person.say("/paysupport")
    stage.customer.press(*_button(stage, "refund:"))


def _see_it_done(stage: Stage) -> None:
    """The money is back once, the tokens are gone, the person has heard of it once."""
    user_id = stage.customer.user_id
    done = """SELECT 1 FROM "Refund" JOIN "Payment" p USING (payment_id)
        WHERE p.user_id = $1 AND state = 'done'"""
    wait_until(lambda: stage.ask(done, user_id), LEASE_OVER, "the end of the refund")
    taken = """SELECT sum(l.amount) FROM "LedgerEntry" l JOIN "Payment" p USING (payment_id)
        WHERE p.user_id = $1 AND l.kind IN ('refund', 'refund_debt')"""
    bought = 'SELECT sum(tokens) FROM "Payment" WHERE user_id = $1'
    assert stage.ask(taken, user_id) == stage.ask(bought, user_id)
    told = """SELECT count(*) FROM "Notification" WHERE user_id = $1 AND kind = 'refund_done'"""
    assert stage.ask(told, user_id) == 1


def _button(stage: Stage, prefix: str) -> tuple[Message, str]:
    """The newest button of this kind, once there is one."""
    found = stage.customer.look_for(lambda chat: newest_button(chat, prefix), STRIKE_WITHIN)
    assert found is not None, f"no button {prefix}"
    return found
