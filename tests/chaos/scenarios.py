"""For each durable write a way to make the house come to it, at a moment when a death there matters.

A scenario brings a person to the point, arms it right before it is due, and does what leads over it. What a write
means decides how: some come with every order, some need a vendor that fails, a worker that fell silent, a Telegram
that refuses.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from config.failpoints import Write
from tests.chaos.house import LEASE_SECONDS, WORKERS, ChaosHouse, wait_until
from tests.chaos.people import Customer, Message, Wish, newest_button
from tests.conftest import ROOT

LONG_ENOUGH = 3.0
"""Seconds that a job takes where something must happen meanwhile: some heartbeats, the end of a lease."""
VERY_LONG = 15.0
"""Seconds that a job takes where a bot must die and come back meanwhile, or a chat find an idle moment."""
STRIKE_WITHIN = 90.0
"""Seconds for a step on the way to the point, on a machine that has much else to do."""
LOOKS_WHILE_SICK = 4
"""Times that workers hear of a vendor that it is unwell; the one that dies at the first must not be the only one."""
TRIES = 12
"""For a point that is reached by chance: each try comes to it more often than not."""


class Kind(StrEnum):
    """What is ordered."""

    TEXT = "text_to_image"
    IMAGE = "image_to_image"


class Side(StrEnum):
    """Where the process dies."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Stage:
    """A house with one person in front of it, and the point at which a process is to die."""

    house: ChaosHouse
    customer: Customer
    kind: Kind
    write: Write
    side: Side
    deaths: int = 0
    """Of all processes, when the point was armed."""

    @property
    def point(self) -> Path:
        """The file that arms it."""
        return self.house.failpoints / f"{self.write.value}.{self.side.value}"

    @property
    def has_struck(self) -> bool:
        """Whether a process came to it."""
        return not self.point.exists()

    def arm(self) -> None:
        """The next process that comes to the point dies."""
        self.deaths = self.house.deaths
        self.point.touch()

    def wish(self, pictures: int = 1) -> Wish:
        """An order that nobody else has made."""
        words = (
            f"a lighthouse {self.write.value} {self.side.value} {self.customer.user_id}-{len(self.customer.pressed)}"
        )
        return Wish(words.replace(".", " "), pictures, from_photo=self.kind is Kind.IMAGE)

    def order(self, pictures: int = 1) -> None:
        """Order, through whatever deaths."""
        wish = self.wish(pictures)
        assert self.customer.order(wish), f"{wish.words} could not be ordered"

    def order_long(self, seconds: float = LONG_ENOUGH) -> UUID:
        """Order something that takes a while; returns the task, which a worker has by then given to the vendor."""
        self.house.break_vendor("slow_job", seconds=seconds)
        self.order()
        task_id = self.newest_task()
        self.wait_for_row("""SELECT 1 FROM "VendorCall" WHERE task_id = $1 AND state = 'sent'""", task_id)
        return task_id

    def newest_task(self) -> UUID:
        """The person's last order."""
        query = """SELECT task_id FROM "Task" WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1"""
        found = self.wait_for_row(query, self.customer.user_id)
        return UUID(str(found))

    def wait_for_row(self, query: str, *values: object) -> object:
        """The first value of the first row that a query finds."""
        return wait_until(lambda: self.ask(query, *values), STRIKE_WITHIN, query)

    def ask(self, query: str, *values: object) -> object:
        """The first value that a query finds, or None."""

        async def ask() -> object:
            connection = await asyncpg.connect(self.house.database_dsn)
            try:
                return await connection.fetchval(query, *values)
            finally:
                await connection.close()

        return asyncio.run(ask())

    def without_workers(self, meanwhile: Callable[[], None]) -> None:
        """Do something while no worker lives; then arm, and let them up."""
        for worker in WORKERS:
            self.house.parts[worker].hold_down()
        try:
            meanwhile()
            self.arm()
        finally:
            for worker in WORKERS:
                self.house.parts[worker].let_up()


Scenario = Callable[[Stage], None]


def meet(stage: Stage) -> None:
    """Somebody's first word: answered, were it without the words about the gift."""
    stage.arm()
    stage.customer.person.say("/start")
    assert stage.customer.look_for(lambda chat: newest_button(chat, ""), STRIKE_WITHIN), "no answer came"


def choose_a_language(stage: Stage) -> None:
    """Settings, Русский."""
    person = stage.customer.person
    person.say("/settings")
    settings = person.wait_for_button("Русский")
    stage.arm()
    person.press(settings, "Русский")


def mark_a_picture(stage: Stage) -> None:
    """A heart under a picture."""
    stage.order()
    message, data = _button(stage, "fav:")
    stage.arm()
    stage.customer.press(message, data)
    stage.wait_for_row('SELECT 1 FROM "File" WHERE user_id = $1 AND favorite_at IS NOT NULL', stage.customer.user_id)


def delete_a_picture(stage: Stage) -> None:
    """A picture is deleted: its row, then its bytes; the person clears the chat as well."""
    stage.order()
    for step in ("pic:", "ask:"):
        stage.customer.press(*_button(stage, step))
    message, data = _button(stage, "del:")
    stage.arm()
    stage.customer.press(message, data)
    stage.wait_for_row(
        """SELECT 1 WHERE NOT EXISTS (SELECT FROM "File" WHERE user_id = $1 AND kind = 'output')""",
        stage.customer.user_id,
    )
    stage.customer.deleted.add(stage.newest_task())
    stage.customer.person.clear()


def erase_everything(stage: Stage) -> None:
    """`/delete_me`, both questions."""
    stage.customer.person.say("/delete_me")
    stage.customer.press(*_button(stage, "erask"))
    message, data = _button(stage, "erase:")
    stage.arm()
    stage.customer.press(message, data)
    reference = data.split(":")[1]
    stage.wait_for_row('SELECT 1 FROM "Erasure" WHERE reference = $1 AND completed_at IS NOT NULL', reference)
    assert stage.ask('SELECT count(*) FROM "User" WHERE user_id = $1', stage.customer.user_id) == 0
    receipt = stage.customer.look_for(
        lambda chat: [message for message in chat if reference in (message["text"] or "")], STRIKE_WITHIN
    )
    assert receipt, "no receipt came"


def ask_for_an_invoice(stage: Stage) -> None:
    """/buy and a press on what is sold."""
    stage.customer.person.say("/buy")
    message, data = _button(stage, "buy:")
    stage.arm()
    stage.customer.press(message, data)
    _invoice(stage)


def pay(stage: Stage) -> None:
    """An invoice is paid: the bot dies over Telegram's word of it, and hears it again."""
    stage.customer.person.say("/buy")
    stage.customer.press(*_button(stage, "buy:"))
    bill = _invoice(stage)
    stage.arm()
    paying = {"message_id": bill["message_id"]}
    answer = stage.customer.person.client.post(f"/sim/users/{stage.customer.user_id}/pay", json=paying)
    assert answer.json()["paid"], answer.text
    stage.wait_for_row('SELECT 1 FROM "Payment" WHERE user_id = $1', stage.customer.user_id)
    thanks = stage.customer.look_for(
        lambda chat: [message for message in chat if "Thank you!" in (message["text"] or "")], STRIKE_WITHIN
    )
    assert thanks, "nobody thanked for the payment"
    assert stage.ask('SELECT count(*) FROM "Payment" WHERE user_id = $1', stage.customer.user_id) == 1
    in_books = """SELECT count(*) FROM "LedgerEntry" WHERE kind = 'payment' AND payment_id IN
        (SELECT payment_id FROM "Payment" WHERE user_id = $1)"""
    assert stage.ask(in_books, stage.customer.user_id) == 1


def grant_admin(stage: Stage) -> None:
    """An operator makes somebody an admin, and once more after the death."""
    stage.arm()
    _run_through_a_death(stage, "admin")
    assert stage.ask('SELECT is_admin FROM "User" WHERE user_id = $1', stage.customer.user_id)


def ban(stage: Stage) -> None:
    """An operator shuts somebody out, and once more after the death."""
    stage.arm()
    _run_through_a_death(stage, "ban")
    assert stage.ask('SELECT banned_at FROM "User" WHERE user_id = $1', stage.customer.user_id)


def get_an_invitation(stage: Stage) -> None:
    """`/referral`: the link is made at the first look."""
    stage.arm()
    stage.customer.person.say("/referral")
    stage.wait_for_row('SELECT 1 FROM "User" WHERE user_id = $1 AND referral_code IS NOT NULL', stage.customer.user_id)
    stage.customer.person.say("/start")  # the code, a picture that no vendor made, gives way to the menu
    assert stage.customer.look_for(
        lambda chat: chat[-1]["from"] == "bot" and not any(message["photo"] for message in chat), STRIKE_WITHIN
    ), "the menu did not come"


def be_rewarded(stage: Stage) -> None:
    """A reward's time comes: some worker credits it, once."""
    stage.arm()
    reward_id = stage.ask(
        """
        INSERT INTO "ReferralReward" (account_id, kind, tokens, vests_at)
        SELECT account_id, 'share', 7, now() FROM "Account" WHERE user_id = $1 RETURNING reward_id
        """,
        stage.customer.user_id,
    )
    stage.wait_for_row("""SELECT 1 FROM "ReferralReward" WHERE reward_id = $1 AND state = 'vested'""", reward_id)
    credited = stage.ask('SELECT count(*) FROM "LedgerEntry" WHERE idempotency_key = $1', f"reward:{reward_id}")
    assert credited == 1


def make_a_promo_code(stage: Stage) -> None:
    """An admin makes a promo code, and hears that it is made."""
    _become_an_admin(stage)
    code = f"MADE-{stage.side.value.upper()}-{stage.customer.user_id}"
    stage.arm()
    stage.customer.person.say(f"/admin_promo {code} 5")
    stage.wait_for_row('SELECT 1 FROM "PromoCode" WHERE code = $1', code)
    stage.customer.person.wait_for_text(f"Promo code {code} is made")


def redeem_a_promo_code(stage: Stage) -> None:
    """`/promo CODE`: its tokens come once, and the person hears that they came."""
    code = f"REDEEM-{stage.side.value.upper()}-{stage.customer.user_id}"
    stage.ask('INSERT INTO "PromoCode" (code, tokens, uses_left) VALUES ($1, 5, 3) RETURNING code', code)
    stage.arm()
    stage.customer.person.say(f"/promo {code}")
    stage.wait_for_row('SELECT 1 FROM "PromoUse" WHERE code = $1', code)
    assert stage.ask('SELECT uses_left FROM "PromoCode" WHERE code = $1', code) == 2
    stage.customer.person.wait_for_text("You got 5 tokens")


def clear_an_account(stage: Stage) -> None:
    """An admin has looked at a flagged account."""
    _become_an_admin(stage)
    account_id = stage.ask('SELECT account_id FROM "Account" WHERE user_id = $1', stage.customer.user_id)
    subject = f"account {account_id}"
    stage.ask("""INSERT INTO "AdminEvent" (kind, subject) VALUES ('referral_flood', $1) RETURNING 1""", subject)
    stage.arm()
    stage.customer.person.say(f"/admin_clear_referrals {account_id}")
    stage.wait_for_row('SELECT 1 FROM "AdminEvent" WHERE subject = $1 AND closed_at IS NOT NULL', subject)


def order(stage: Stage) -> None:
    """An order from the first word to the press of Make; everything that every order writes lies on its way."""
    stage.arm()
    stage.order()


def order_several(stage: Stage) -> None:
    """An order of an album: the number is chosen on the card."""
    stage.arm()
    stage.order(pictures=3)


def order_a_pack(stage: Stage) -> None:
    """Five photos of a theme: each is a step, and kept while the others go on."""
    stage.ask('UPDATE "Style" SET is_active = TRUE RETURNING 1')  # the looks of every theme are on offer
    card = stage.customer.compose_pack()
    assert card is not None, "no card of a pack came"
    stage.arm()
    assert stage.customer.make(Wish("a pack", pictures=5, from_photo=True, is_pack=True), card)


def hear_of_a_vendor(stage: Stage) -> None:
    """The vendor says that it is unwell, to one worker after the other, and then that it is well again."""
    stage.house.wait_for_the_living_alone()
    stage.house.break_vendor("sick", times=LOOKS_WHILE_SICK)
    stage.arm()
    stage.order()
    stage.wait_for_row('SELECT 1 FROM "AdminEvent" HAVING count(*) > 0 AND count(*) = count(closed_at)')


def come_to_the_wake_of_workers(stage: Stage) -> None:
    """An order waits while no worker lives: the first claim finds it."""
    stage.without_workers(stage.order)


def run_for_a_while(stage: Stage) -> None:
    """A job of some seconds: heartbeats."""
    stage.order_long()
    stage.arm()


def watch_it_being_made(stage: Stage) -> None:
    """A job long enough for its chat to come to rest: progress is shown in idle moments alone."""
    stage.order_long(VERY_LONG)
    stage.arm()


def stop(stage: Stage) -> None:
    """Stop: a running order where it is from words, a waiting one where it is from a photo."""
    if stage.kind is Kind.TEXT:
        stage.order_long(VERY_LONG)
        _press_stop(stage)
        return
    for worker in WORKERS:
        stage.house.parts[worker].hold_down()
    try:
        stage.order()
        _press_stop(stage)
        stage.wait_for_row("""SELECT 1 FROM "Task" WHERE task_id = $1 AND status = 'cancelled'""", stage.newest_task())
    finally:
        for worker in WORKERS:
            stage.house.parts[worker].let_up()


def fail_at_the_vendor(stage: Stage) -> None:
    """The vendor's job ends as failed: the call is closed, told of, and the task handed back."""
    stage.house.break_vendor("fail_job", failure_kind="vendor", failure_code="vendor_hiccup")
    stage.arm()
    stage.order()


def resume(stage: Stage) -> None:
    """A worker dies in the middle of a call: the next one asks what became of it, and tells."""
    if stage.kind is Kind.TEXT:
        fail_at_the_vendor(stage)
        return
    stage.order_long()
    stage.without_workers(lambda: None)  # the vendor goes on alone


def fall_silent(stage: Stage) -> None:
    """Every worker dies, and a lease runs out: the first sweep takes its task back."""
    task_id = stage.order_long()

    def meanwhile() -> None:
        stage.wait_for_row(
            """SELECT 1 FROM "Task" WHERE task_id = $1 AND status = 'running' AND lease_until < now()""", task_id
        )

    stage.without_workers(meanwhile)


def wait_too_long(stage: Stage) -> None:
    """An order waits for hours, by its own clock, and no worker comes: the sweep ends it."""

    def meanwhile() -> None:
        stage.order()
        stage.ask("""UPDATE "Task" SET expires_at = now() WHERE task_id = $1 RETURNING task_id""", stage.newest_task())

    stage.without_workers(meanwhile)


def lose_the_task_at_the_end(stage: Stage) -> None:
    """Somebody else takes a task over while its pictures are on their way: its worker erases what it has stored.

    Its heartbeat may hear of it first and let it drop the task before that; then it is tried again.
    """
    stage.arm()
    taken_over = """
        UPDATE "Task" SET attempt = attempt + 1
        WHERE user_id = $1 AND status = 'running'
          AND EXISTS (SELECT FROM "VendorCall" c WHERE c.task_id = "Task".task_id AND c.state = 'sent')
        RETURNING task_id
        """
    for _ in range(TRIES):
        wait_until(lambda: stage.ask(OPEN_TASKS, stage.customer.user_id) == 0, STRIKE_WITHIN, "the end of a try")
        if stage.has_struck:
            return
        stage.order()
        wait_until(
            lambda: stage.ask(taken_over, stage.customer.user_id) or stage.ask(OPEN_TASKS, stage.customer.user_id) == 0,
            STRIKE_WITHIN,
            "a running task",
        )


def come_to_the_wake_of_the_bot(stage: Stage) -> None:
    """A task ends while no bot lives: the first look into the outbox finds what must be told."""
    task_id = stage.order_long()
    bot = stage.house.parts["bot"]
    bot.hold_down()
    try:
        stage.wait_for_row("""SELECT 1 FROM "Notification" WHERE task_id = $1 AND closed_at IS NULL""", task_id)
        stage.arm()
    finally:
        bot.let_up()


def deliver_slowly(stage: Stage) -> None:
    """Telegram takes its time with the picture: the lease of its delivery is renewed meanwhile."""
    _order_where_pictures(stage, delay=LEASE_SECONDS / 2)


def _order_where_pictures(stage: Stage, **fault: Any) -> None:
    """Order, with a fault at the next picture that is sent: the delivery's, for the card has been sent by then."""
    composed = stage.customer.compose(stage.wish())
    assert composed is not None, "no card came"
    stage.house.break_telegram(method="sendPhoto", **fault)
    stage.arm()
    assert stage.customer.make(stage.wish(), composed)


def fail_to_deliver(stage: Stage) -> None:
    """Telegram fails: the delivery is postponed."""
    _order_where_pictures(stage, error_code=502)


def be_forbidden(stage: Stage) -> None:
    """Telegram says that the person has blocked the bot. Nothing can be promised to them any more."""
    stage.customer.excused = True
    _order_where_pictures(stage, error_code=403)


def end_before_it_is_shown(stage: Stage) -> None:
    """The card turns into the progress message so slowly that the task is told to be over before that is noted."""
    composed = stage.customer.compose(stage.wish())
    assert composed is not None, "no card came"
    # A card of words is edited; beside a photo words are sent anew.
    method = "editMessageText" if stage.kind is Kind.TEXT else "sendMessage"
    stage.house.break_telegram(method=method, delay=LONG_ENOUGH)
    stage.arm()
    assert stage.customer.make(stage.wish(), composed)


def _button(stage: Stage, prefix: str) -> tuple[Message, str]:
    """The newest button of this kind, once there is one."""
    found = stage.customer.look_for(lambda chat: newest_button(chat, prefix), STRIKE_WITHIN)
    assert found is not None, f"no button {prefix}"
    return found


def _become_an_admin(stage: Stage) -> None:
    """From now on, past the operator's command."""
    stage.ask('UPDATE "User" SET is_admin = TRUE WHERE user_id = $1 RETURNING 1', stage.customer.user_id)


def _invoice(stage: Stage) -> Message:
    """The newest invoice, once there is one."""
    found = stage.customer.look_for(
        lambda chat: next((message for message in reversed(chat) if message.get("invoice")), None), STRIKE_WITHIN
    )
    assert found is not None, "no invoice came"
    return found


def _press_stop(stage: Stage) -> None:
    """Press the newest Stop, armed right before."""
    found = stage.customer.look_for(lambda chat: newest_button(chat, "stop:"))
    assert found is not None, "no Stop was offered"
    stage.arm()
    assert stage.customer.press(*found)


def _run_through_a_death(stage: Stage, action: str) -> None:
    """Run an operator's command that dies at the point, and then once more to its end."""
    command = [sys.executable, "-m", "tests.chaos.operating", action, str(stage.customer.user_id)]
    died = subprocess.run(command, cwd=ROOT, env=stage.house.environment, capture_output=True, check=False)
    assert died.returncode < 0, f"{action} did not die: {died.stderr.decode()}"
    subprocess.run(command, cwd=ROOT, env=stage.house.environment, capture_output=True, check=True)


OPEN_TASKS = """SELECT count(*) FROM "Task" WHERE user_id = $1 AND status IN ('queued', 'running')"""
