"""People who buy tokens, spend them, want their money back, bring each other along and leave, while things break."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from tests.chaos.people import UNHEARD, Customer, Message, Wish, newest_button

PROMO_CODE = "BANK"
"""Everybody may use it once."""
LONGEST_PAUSE = 4.0
"""Seconds between two things that a person does."""
PAID_TWICE = 0.15
"""Share of the invoices that are paid once more: an old one may be."""
RECEIPT_WITHIN = 40.0
"""Seconds that somebody waits for the word that they are erased."""


@dataclass
class Patron(Customer):
    """A customer with Stars. What they did, as far as they saw it, stands in `did`."""

    did: Counter[str] = field(default_factory=Counter)
    charges: list[str] = field(default_factory=list)
    """What they paid since they were erased last, and did not ask Telegram to give back."""
    link: str | None = None
    """Their own, for others to follow."""

    def arrive(self, links: Sequence[str]) -> None:
        """The first word, by somebody's link where there is one; returns when the bot has answered."""
        if links:
            said = self._act("open", link=links[0]).raise_for_status().json()["message_ids"][0]
        else:
            said = self.person.say("/start")
        self.look_for(lambda chat: newest_button(_after(chat, said), "open:"))

    def show_link(self) -> None:
        """Ask for the own link."""
        said = self.person.say("/referral")
        self.link = self.look_for(lambda chat: next(map(_link_in, _after(chat, said)), None))

    def live(self, over: threading.Event, seed: float, patrons: Sequence["Patron"]) -> None:
        """Do one thing after the other until it is over; whose erasure was not confirmed in time leaves for good."""
        rng = random.Random(seed)
        ways: dict[Callable[[random.Random], bool], int] = {
            self.buy: 8,
            self.spend: 4,
            self.ask_refund: 3,
            self.redeem: 1,
            self.have_telegram_give_back: 1,
        }
        while not over.wait(rng.uniform(0, LONGEST_PAUSE)):
            if rng.random() < 0.03:
                if not self.erase_themselves():
                    return
                others = [patron.link for patron in patrons if patron.link and patron is not self]
                self.arrive(rng.sample(others, 1) if others and rng.random() < 0.7 else [])
                self.show_link()
                continue
            (way,) = rng.choices(list(ways), list(ways.values()))
            try:
                self.did[way.__name__ if way(rng) else f"{way.__name__} in vain"] += 1
            except UNHEARD:
                self.did[f"{way.__name__} unheard"] += 1

    def invoice(self, place: int = 0) -> int | None:
        """From /buy to an invoice over the offer in this place; returns its message, None where none comes."""
        said = self.person.say("/buy")
        offers = self.look_for(lambda chat: newest_button(_after(chat, said), "buy:"))
        if offers is None:
            return None
        message, _ = offers
        data = [b["data"] for row in message["buttons"] for b in row if (b.get("data") or "").startswith("buy:")]
        if not self.press(message, data[place % len(data)]):
            return None
        bill = self.look_for(lambda chat: next((m for m in _after(chat, said) if m.get("invoice")), None))
        return int(bill["message_id"]) if bill else None

    def pay(self, message_id: int) -> bool:
        """Pay an invoice; False where the bot did not agree, or not in time."""
        answer = self._act("pay", message_id=message_id).json()
        if answer.get("paid"):
            self.charges.append(answer["telegram_payment_charge_id"])
            self.did["paid"] += 1
        return bool(answer.get("paid"))

    def buy(self, rng: random.Random) -> bool:
        """One of the smaller products, now and then by the same invoice twice."""
        bill = self.invoice(rng.randrange(3))
        if bill is None:
            return False
        return all(self.pay(bill) for _ in range(2 if rng.random() < PAID_TWICE else 1))

    def spend(self, rng: random.Random) -> bool:
        """Order a picture, or a few."""
        return self.order(Wish.drawn(rng, self.name, rng.randrange(10**6)))

    def ask_refund(self, rng: random.Random) -> bool:
        """By /paysupport or from the payment's own screen, up to the last Yes."""
        if rng.random() < 0.5:
            said = self.person.say("/paysupport")
        else:
            said = self.person.say("/history_payments")
            if not self._press_next(said, "pay:"):
                return False
        return self._press_next(said, "refund:") and self._press_next(said, "refyes:")

    def redeem(self, rng: random.Random) -> bool:
        """A promo code, whether it was used before or not."""
        said = self.person.say(f"/promo {PROMO_CODE}")
        return self.look_for(lambda chat: next(iter(_from_bot(_after(chat, said))), None)) is not None

    def have_telegram_give_back(self, rng: random.Random) -> bool:
        """One of the own payments, without the bot's asking; one that went back before does not go back again."""
        if not self.charges:
            return False
        charge = self.charges.pop(rng.randrange(len(self.charges)))
        return self._act("refund", telegram_payment_charge_id=charge).is_success

    def erase_themselves(self) -> bool:
        """/delete_me, both presses; True once the receipt has come."""
        self.charges.clear()
        self.link = None
        try:
            said = self.person.say("/delete_me")
            asked = self._press_next(said, "erask") and self._press_next(said, "erase:")
        except UNHEARD:
            asked = False
        receipt = asked and self.look_for(
            lambda chat: next((m for m in _after(chat, said) if "DP-" in (m["text"] or "")), None), RECEIPT_WITHIN
        )
        self.did["erased" if receipt else "left"] += 1
        return bool(receipt)

    def _press_next(self, said: int, prefix: str) -> bool:
        found = self.look_for(lambda chat: newest_button(_after(chat, said), prefix))
        return found is not None and self.press(*found)

    def _act(self, action: str, **body: object) -> httpx.Response:
        return self.person.client.post(f"/sim/users/{self.user_id}/{action}", json=body)


def _after(chat: list[Message], message_id: int) -> list[Message]:
    return [message for message in chat if message["message_id"] > message_id]


def _from_bot(chat: list[Message]) -> list[Message]:
    return [message for message in chat if message["from"] == "bot"]


def _link_in(message: Message) -> str | None:
    links = [entity["url"] for entity in message["entities"] or [] if entity["type"] == "text_link"]
    return next((link for link in links if "start=ref_" in link), None)
