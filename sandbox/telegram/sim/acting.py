"""What a person does in the chat: writes, sends pictures and files, presses buttons, pays."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.call import read_multipart
from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.keyboards import find_button
from sandbox.telegram.media import media_content
from sandbox.telegram.messages import post_as_person
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import Pay, Press, Text, person_of, read_body
from sandbox.telegram.stars import Payment
from sandbox.telegram.text.formatting import format_caption, format_message
from sandbox.telegram.wire import JsonObject, Upload
from sandbox.telegram.world import World

_ALBUM_LIMIT = 10
_CHECKOUT_SECONDS = 10.0


class ActingRoutes:
    """`/sim/users/{id}/…`: the person's hands."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: Request) -> Response:
        """POST …/messages: a text as JSON, or photos (several make an album), files and a caption as multipart."""
        person = self._free_person(request)
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            sent = await self._send_media(person, content_type, await request.body())
        else:
            wanted = await read_body(request, Text)
            sent = [self._send_text(person, wanted)]
        ids = [message.message_id for message in sent]
        return answer({"message_ids": ids, "version": self._world.chats.of(person.id).version}, 201)

    async def press(self, request: Request) -> Response:
        """POST …/press: press a button and wait shortly for the bot's answer to it."""
        person = self._free_person(request)
        wanted = await read_body(request, Press)
        message = self._message(person, wanted.message_id)
        if wanted.data is None and (on_keyboard := find_button(message.reply_keyboard, None, wanted.text)):
            self._send_text(person, Text(text=on_keyboard["text"]))
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

    async def pay(self, request: Request) -> Response:
        """POST …/pay: pay an invoice as Telegram does: pre-checkout, and if the bot agrees the payment."""
        person = self._free_person(request)
        wanted = await read_body(request, Pay)
        message = self._message(person, wanted.message_id)
        invoice = message.wire.get("invoice")
        if invoice is None or message.invoice_payload is None:
            raise bad_request("the message is no invoice")
        bill: JsonObject = {
            "currency": invoice["currency"],
            "total_amount": invoice["total_amount"],
            "invoice_payload": message.invoice_payload,
        }
        query_id = self._world.checkouts.ask()
        self._world.updates.add(pre_checkout_query={"id": query_id, "from": person.user(), **bill})
        agreed = await self._world.checkouts.answer_to(query_id, _CHECKOUT_SECONDS)
        if agreed is None:
            return answer({"paid": False, "error_message": "the bot did not answer the pre-checkout in 10 seconds"})
        if not agreed["ok"]:
            return answer({"paid": False, "error_message": agreed["error_message"]})
        return answer({"paid": True, "error_message": None, **self._take_money(person, message, bill)})

    def _take_money(self, person: Person, invoice: StoredMessage, bill: JsonObject) -> JsonObject:
        charge_id = f"sandbox_{secrets.token_urlsafe(24)}"
        amount, payload = bill["total_amount"], bill["invoice_payload"]
        self._world.payments.add(Payment(charge_id, person.id, bill["currency"], amount, payload, self._world.now()))
        invoice.charge_id = charge_id
        self._world.chats.keep(invoice)
        charges = {"telegram_payment_charge_id": charge_id, "provider_payment_charge_id": f"{person.id}_{charge_id}"}
        receipt = post_as_person(self._world, person, {"successful_payment": {**bill, **charges}})
        return {"message_id": receipt.message_id, "telegram_payment_charge_id": charge_id}

    def _send_text(self, person: Person, wanted: Text) -> StoredMessage:
        text, entities = format_message(wanted.text, None, None)
        content: JsonObject = {"text": text, **({"entities": entities} if entities else {})}
        if wanted.reply_to is not None:
            replied = self._message(person, wanted.reply_to).wire
            content["reply_to_message"] = {k: v for k, v in replied.items() if k != "reply_to_message"}
        return post_as_person(self._world, person, content)

    async def _send_media(self, person: Person, content_type: str, body: bytes) -> list[StoredMessage]:
        fields, uploads = await read_multipart(content_type, body)
        if unknown := {name for name, _ in (*fields, *uploads)} - {"photo", "document", "caption"}:
            raise bad_request(f"unknown parts: {', '.join(sorted(unknown))}")
        if not 1 <= len(uploads) <= _ALBUM_LIMIT:
            raise bad_request("from one to ten photo or document parts are wanted")
        kinds = {name for name, _ in uploads}
        if len(kinds) > 1:
            raise bad_request("photos and documents cannot share an album")
        caption = dict(fields).get("caption")
        contents = await self._contents(uploads, caption)
        if len(contents) > 1:
            group_id = str(secrets.randbelow(10**16) + 10**16)
            contents = [{"media_group_id": group_id, **content} for content in contents]
        return [post_as_person(self._world, person, content) for content in contents]

    async def _contents(self, uploads: list[tuple[str, Upload]], caption: str | None) -> list[JsonObject]:
        """Return the fields of each message; as in Telegram, an album's caption stands on its first item."""
        format_caption(caption, None, None)
        return [
            await media_content(self._world.files, kind, upload, {"caption": caption} if place == 0 else {})
            for place, (kind, upload) in enumerate(uploads)
        ]

    def _free_person(self, request: Request) -> Person:
        person = person_of(self._world, request)
        if person.has_blocked:
            raise Refusal(409, "Conflict: the person has blocked the bot; unblock it first")
        return person

    def _message(self, person: Person, message_id: int) -> StoredMessage:
        message = self._world.chats.of(person.id).messages.get(message_id)
        if message is None:
            raise bad_request("the chat has no such message")
        return message
