"""What a person does with messages: presses buttons, reacts, follows links, pays, stops a draft."""

import re
import secrets
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.invoices import Bill
from sandbox.telegram.keyboards import find_button
from sandbox.telegram.messages import post_as_person
from sandbox.telegram.methods.money import give_back
from sandbox.telegram.methods.reacting import is_reaction
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import (
    Contact,
    Follow,
    Location,
    Pay,
    Press,
    React,
    Refund,
    Said,
    active_person,
    message_in,
    person_of,
    read_body,
)
from sandbox.telegram.sim.sending import say
from sandbox.telegram.stars import Payment
from sandbox.telegram.wire import JsonObject
from sandbox.telegram.world import World

_CHECKOUT_SECONDS = 10.0
# "Deep linking".
_START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ActingRoutes:
    """`/sim/users/{id}/press`, `/react`, `/open`, `/pay`, `/refund` and `/stop`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def press(self, request: Request) -> Response:
        """POST …/press: press a button and wait shortly for the bot's answer to it."""
        person = active_person(self._world, request)
        wanted = await read_body(request, Press)
        message = message_in(self._world, person, wanted.message_id)
        if wanted.data is None and (below := find_button(message.reply_keyboard, None, wanted.text)):
            say(self._world, person, _said_by(person, below))
            return answer({"answered": False, "text": None, "show_alert": False, "url": None})
        button = find_button(message.wire.get("reply_markup"), wanted.data, wanted.text)
        if button is None:
            raise bad_request("the message has no such button")
        if "callback_data" not in button:
            raise bad_request("this button asks the bot nothing; its action is in the chat's buttons")
        query_id = self._world.presses.ask()
        self._world.updates.add(
            callback_query={
                "id": query_id,
                "from": person.user(),
                "message": message.wire,
                "chat_instance": str(person.id),
                "data": button["callback_data"],
            }
        )
        given = await self._world.presses.answer_to(query_id, wanted.timeout)
        told: JsonObject = {"text": None, "show_alert": False, "url": None, **(given or {})}
        return answer({"callback_query_id": query_id, "answered": given is not None, **told})

    async def react(self, request: Request) -> Response:
        """POST …/react: set the person's reaction on a message, or take it back (no emoji)."""
        person = active_person(self._world, request)
        wanted = await read_body(request, React)
        message = message_in(self._world, person, wanted.message_id)
        if wanted.emoji is not None and not is_reaction(wanted.emoji):
            raise bad_request("REACTION_INVALID")
        before, message.person_reaction = message.person_reaction, wanted.emoji
        if before != wanted.emoji:
            self._world.chats.keep(message)
            self._world.updates.add(
                message_reaction={
                    "chat": person.chat(),
                    "message_id": message.message_id,
                    "user": person.user(),
                    "date": self._world.now(),
                    "old_reaction": _reactions(before),
                    "new_reaction": _reactions(wanted.emoji),
                }
            )
        return answer({"version": self._world.chats.of(person.id).version})

    async def open(self, request: Request) -> Response:
        """POST …/open: follow a link to the bot, e.g. https://t.me/the_bot?start=ref_1, and press Start."""
        person = active_person(self._world, request)
        link = (await read_body(request, Follow)).link
        parts = urlsplit(link if "://" in link else f"https://{link}")
        username = str(self._world.profile.user()["username"])
        if parts.hostname != "t.me" or parts.path.strip("/").lower() != username.lower():
            raise bad_request(f"only links to https://t.me/{username} can be followed here")
        payload = parse_qs(parts.query).get("start", [""])[0]
        # As Telegram's clients do, an impossible payload is left away.
        text = f"/start {payload}" if _START_PAYLOAD.fullmatch(payload) else "/start"
        sent = say(self._world, person, Said(text=text))
        version = self._world.chats.of(person.id).version
        return answer({"message_ids": [sent.message_id], "version": version}, 201)

    async def stop(self, request: Request) -> Response:
        """POST …/stop: stop the draft that is shown; the bot gets stopped_message_generation."""
        person = active_person(self._world, request)
        chat = self._world.chats.of(person.id)
        draft = chat.shown_draft(self._world.clock())
        if draft is None or not draft["can_stop"]:
            raise bad_request("there is no draft that can be stopped")
        chat.stop_draft(draft)
        stopped = {"chat": person.chat(), "draft_id": draft["draft_id"]}
        self._world.updates.add(stopped_message_generation=stopped)
        return answer({"draft_id": draft["draft_id"], "version": chat.version})

    async def pay(self, request: Request) -> Response:
        """POST …/pay: pay an invoice or a link as Telegram does: pre-checkout, and if the bot agrees the payment."""
        person = active_person(self._world, request)
        wanted = await read_body(request, Pay)
        invoice: StoredMessage | None = None
        if wanted.link is not None:
            bill = self._world.invoices.find(wanted.link)
        elif wanted.message_id is not None:
            invoice = message_in(self._world, person, wanted.message_id)
            bill = invoice.bill
        else:
            raise bad_request("say message_id or link")
        if bill is None:
            raise bad_request("the message is no invoice" if invoice else "there is no such invoice link")
        query_id = self._world.checkouts.ask()
        self._world.updates.add(pre_checkout_query={"id": query_id, "from": person.user(), **bill.wire()})
        agreed = await self._world.checkouts.answer_to(query_id, _CHECKOUT_SECONDS)
        if agreed is None:
            return answer({"paid": False, "error_message": "the bot did not answer the pre-checkout in 10 seconds"})
        if not agreed["ok"]:
            return answer({"paid": False, "error_message": agreed["error_message"]})
        return answer({"paid": True, "error_message": None, **self._take_money(person, invoice, bill)})

    async def refund(self, request: Request) -> Response:
        """POST …/refund: Telegram gives a Star payment back without the bot's asking; the bot gets refunded_payment."""
        person = person_of(self._world, request)
        charge_id = (await read_body(request, Refund)).telegram_payment_charge_id
        told = give_back(self._world, person, charge_id)
        return answer({"message_id": told.message_id, "version": self._world.chats.of(person.id).version})

    def _take_money(self, person: Person, invoice: StoredMessage | None, bill: Bill) -> JsonObject:
        charge_id = f"sandbox_{secrets.token_urlsafe(24)}"
        now, period = self._world.now(), bill.subscription_period
        self._world.payments.add(
            Payment(charge_id, person.id, bill.currency, bill.amount, bill.payload, now, subscription_period=period)
        )
        if invoice is not None:
            invoice.charge_id = charge_id
            self._world.chats.keep(invoice)
        paid = {
            **bill.wire(),
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": f"{person.id}_{charge_id}",
        }
        if period:
            paid |= {"subscription_expiration_date": now + period, "is_recurring": True, "is_first_recurring": True}
        receipt = post_as_person(self._world, person, {"successful_payment": paid})
        return {"message_id": receipt.message_id, "telegram_payment_charge_id": charge_id}


def _said_by(person: Person, button: JsonObject) -> Said:
    """Return what a button below the chat makes its person say: its text, their number or their place."""
    if button.get("request_contact"):
        return Said(contact=Contact(phone_number=f"+{person.id}", first_name=person.first_name, user_id=person.id))
    if button.get("request_location"):
        return Said(location=Location(latitude=55.7558, longitude=37.6173))
    return Said(text=button["text"])


def _reactions(emoji: str | None) -> list[JsonObject]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
