"""The ways to what the bookkeeper, the admins' news and the daily report write."""

from tests.chaos.house import wait_until
from tests.chaos.people import newest_button
from tests.chaos.scenarios import STRIKE_WITHIN, Stage

NEWS_WITHIN = 120.0
"""Seconds: a minute may lie between two messages to the admins, and between two looks whether a day is over."""
TAMPER = 'UPDATE "User" SET tokens_left = tokens_left + $2 WHERE user_id = $1 RETURNING 1'


def compare_the_books(stage: Stage) -> None:
    """A round is due: the process dies as it takes it, or as it has taken it."""
    stage.arm()
    _make_due(stage)
    stage.wait_for_row(
        """SELECT 1 FROM "Reconciliation" WHERE kind = 'ledger' AND checked_at > now() - interval '5 s'"""
    )


def tamper_with_a_balance(stage: Stage) -> None:
    """A balance that no entry explains: its person is frozen. Put right at the end, as an owner would."""
    person = stage.customer.user_id
    stage.ask(TAMPER, person, 7)
    stage.arm()
    _wait_through_rounds(stage, 'SELECT frozen_at FROM "User" WHERE user_id = $1')
    stage.ask(TAMPER, person, -7)
    stage.ask('UPDATE "User" SET frozen_at = NULL WHERE user_id = $1 RETURNING 1', person)
    stage.ask("""UPDATE "AdminEvent" SET closed_at = now() WHERE kind = 'ledger_gap' RETURNING 1""")


def unfreeze(stage: Stage) -> None:
    """`/admin_unfreeze`, by an admin who is the person themselves here."""
    person = stage.customer.user_id
    stage.ask('UPDATE "User" SET frozen_at = now(), is_admin = TRUE WHERE user_id = $1 RETURNING 1', person)
    stage.arm()
    stage.customer.person.say(f"/admin_unfreeze {person}")
    stage.wait_for_row('SELECT 1 FROM "User" WHERE user_id = $1 AND frozen_at IS NULL', person)


def pay_unheard(stage: Stage) -> None:
    """A purchase: Telegram's list tells of it too."""
    stage.customer.person.say("/buy")
    found = stage.customer.look_for(lambda chat: newest_button(chat, "buy:"), STRIKE_WITHIN)
    assert found is not None, "nothing is sold"
    stage.customer.press(*found)
    bill = stage.customer.look_for(
        lambda chat: next((message for message in reversed(chat) if message.get("invoice")), None), STRIKE_WITHIN
    )
    assert bill is not None, "no invoice came"
    stage.arm()
    answer = stage.customer.person.client.post(
        f"/sim/users/{stage.customer.user_id}/pay", json={"message_id": bill["message_id"]}
    )
    assert answer.json()["paid"], answer.text
    _wait_through_rounds(
        stage,
        """SELECT 1 FROM "StarTransaction" JOIN "Payment" USING (payment_id)
           WHERE user_id = $1 AND verdict IN ('matched', 'recovered')""",
    )


def tell_the_admins(stage: Stage) -> None:
    """Something happens that an admin hears of."""
    _make_admin(stage)
    stage.arm()
    event = stage.ask(
        """INSERT INTO "AdminEvent" (kind, subject, closed_at) VALUES ('payment', 'x', now()) RETURNING event_id"""
    )
    told = 'SELECT told_at FROM "AdminEvent" WHERE event_id = $1'
    wait_until(lambda: stage.ask(told, event), NEWS_WITHIN, "the admins' news")
    assert stage.customer.look_for(
        lambda chat: [message for message in chat if "News" in (message["text"] or "")], STRIKE_WITHIN
    ), "the admin was not told"


def report_a_day(stage: Stage) -> None:
    """A day is over: counted, and told to an admin."""
    _make_admin(stage)
    stage.ask("""UPDATE "Installation" SET created_at = now() - interval '9 days' RETURNING 1""")
    stage.arm()
    stage.ask('DELETE FROM "DailyReport" RETURNING 1')
    told = 'SELECT 1 FROM "DailyReport" WHERE told_at IS NOT NULL'
    wait_until(lambda: stage.ask(told), NEWS_WITHIN, "the report")


def _make_admin(stage: Stage) -> None:
    stage.ask('UPDATE "User" SET is_admin = TRUE WHERE user_id = $1 RETURNING 1', stage.customer.user_id)


def _make_due(stage: Stage) -> None:
    stage.ask('UPDATE "Reconciliation" SET due_at = now() RETURNING 1')


def _wait_through_rounds(stage: Stage, found: str) -> None:
    """Let rounds follow each other without their pause until something is found about the person."""

    def look() -> object:
        _make_due(stage)
        return stage.ask(found, stage.customer.user_id)

    wait_until(look, STRIKE_WITHIN, found)
