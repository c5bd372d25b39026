"""What a person sends and changes in the chat: texts, media, places, contacts, forwarded messages, edits."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from sandbox.telegram.call import read_multipart
from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.media import CAPTIONED, KINDS, caption_fields, media_content
from sandbox.telegram.messages import post_as_person, with_known_people, without_reply
from sandbox.telegram.methods.forwarding import COPIED
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import ByMessage, Edit, Forward, Said, active_person, message_in, read_body
from sandbox.telegram.text.formatting import format_caption, format_message
from sandbox.telegram.wire import JsonObject, Upload, present
from sandbox.telegram.world import World

_ALBUM_LIMIT = 10
_FIELDS = frozenset({"caption", "reply_to", "duration"})
_ALONE = frozenset({"voice", "video_note", "sticker", "animation"})


class SendingRoutes:
    """`/sim/users/{id}/messages`, `/forward`, `/edit` and `/delete`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: Request) -> Response:
        """POST …/messages: JSON `{text}`, `{contact}` or `{location}`; multipart media (several make an album).

        With `edit`, a message_id, the text takes the place of that own message's.
        """
        person = active_person(self._world, request)
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            sent = await self._send_media(person, content_type, await request.body())
        else:
            said = await read_body(request, Said)
            if said.edit is None:
                sent = [say(self._world, person, said)]
            else:
                sent = [self._edit(person, Edit(message_id=said.edit, text=said.text))]
        return self._sent(person, sent)

    async def forward(self, request: Request) -> Response:
        """POST …/forward: send a message of this chat, or of another person's (`from_user`), to the bot."""
        person = active_person(self._world, request)
        wanted = await read_body(request, Forward)
        source_chat = person if wanted.from_user is None else self._world.people.find(wanted.from_user)
        if source_chat is None:
            raise bad_request("there is no such person to forward from")
        source = message_in(self._world, source_chat, wanted.message_id)
        content = {name: source.wire[name] for name in COPIED if name in source.wire}
        if not content:
            raise bad_request("the message can't be forwarded")
        content["forward_origin"] = source.wire.get("forward_origin") or self._origin(source, wanted.hidden)
        return self._sent(person, [post_as_person(self._world, person, content)])

    async def edit(self, request: Request) -> Response:
        """POST …/edit: change the text or caption of an own message; the bot gets edited_message."""
        person = active_person(self._world, request)
        return self._sent(person, [self._edit(person, await read_body(request, Edit))])

    def _edit(self, person: Person, wanted: Edit) -> StoredMessage:
        message = message_in(self._world, person, wanted.message_id)
        if message.from_bot or "forward_origin" in message.wire:
            raise bad_request("only an own message can be edited")
        if wanted.text is not None and "text" in message.wire:
            text, entities = format_message(wanted.text, None, None)
            changed: JsonObject = {"text": text, **({"entities": entities} if entities else {})}
            dropped = {"entities"}
        elif wanted.caption is not None and CAPTIONED & message.wire.keys():
            changed, dropped = caption_fields({"caption": wanted.caption}), {"caption", "caption_entities"}
        else:
            raise bad_request("the message has no such text to edit")
        kept = {name: value for name, value in message.wire.items() if name not in dropped}
        message.wire = {**kept, **changed, "edit_date": self._world.now()}
        self._world.chats.keep(message)
        self._world.updates.add(edited_message=message.wire)
        return message

    async def delete(self, request: Request) -> Response:
        """POST …/delete: delete a message for both; the bot is not told."""
        person = active_person(self._world, request)
        message = message_in(self._world, person, (await read_body(request, ByMessage)).message_id)
        self._world.chats.delete(person.id, message.message_id)
        return self._sent(person, [message])

    @staticmethod
    def _origin(source: StoredMessage, is_hidden: bool) -> JsonObject:
        """Tell whose message it is, or only the name of who hides it."""
        sender = source.wire["from"]
        if is_hidden:
            name = " ".join(filter(None, (sender["first_name"], sender.get("last_name"))))
            return {"type": "hidden_user", "date": source.wire["date"], "sender_user_name": name}
        return {"type": "user", "date": source.wire["date"], "sender_user": sender}

    async def _send_media(self, person: Person, content_type: str, body: bytes) -> list[StoredMessage]:
        fields, uploads = await read_multipart(content_type, body)
        if unknown := {name for name, _ in fields} - _FIELDS | {name for name, _ in uploads} - set(KINDS):
            raise bad_request(f"unknown parts: {', '.join(sorted(unknown))}")
        if not 1 <= len(uploads) <= _ALBUM_LIMIT:
            raise bad_request(f"from one to ten parts of {', '.join(KINDS)} are wanted")
        kinds = {name for name, _ in uploads}
        if len(uploads) > 1 and (kinds & _ALONE or (len(kinds) > 1 and kinds != {"photo", "video"})):
            raise bad_request("these cannot share an album: photos and videos can, files with files, music with music")
        given = dict(fields)
        contents = await self._contents(uploads, given)
        if "reply_to" in given:
            contents[0].update(_reply(self._world, person, _number(given, "reply_to")))
        if len(contents) > 1:
            group_id = str(secrets.randbelow(10**16) + 10**16)
            contents = [{"media_group_id": group_id, **content} for content in contents]
        return [post_as_person(self._world, person, content) for content in contents]

    async def _contents(self, uploads: list[tuple[str, Upload]], given: dict[str, str]) -> list[JsonObject]:
        """Return the fields of each message; as in Telegram, an album's caption stands on its first item."""
        caption = given.get("caption")
        format_caption(caption, None, None)
        described: JsonObject = {"duration": _number(given, "duration")} if "duration" in given else {}
        return [
            await media_content(
                self._world.files, kind, upload, {**described, **({"caption": caption} if place == 0 else {})}
            )
            for place, (kind, upload) in enumerate(uploads)
        ]

    def _sent(self, person: Person, messages: list[StoredMessage]) -> Response:
        ids = [message.message_id for message in messages]
        return answer({"message_ids": ids, "version": self._world.chats.of(person.id).version}, 201)


def say(world: World, person: Person, said: Said) -> StoredMessage:
    """Send what a person says without a file: a text, a contact or a place."""
    content: JsonObject = _reply(world, person, said.reply_to) if said.reply_to is not None else {}
    if said.text is not None:
        text, entities = format_message(said.text, None, None)
        content |= {"text": text, **({"entities": entities} if entities else {})}
    elif said.contact is not None:
        content["contact"] = present(**said.contact.model_dump())
        if said.contact.user_id is not None:
            world.people.meet(said.contact.user_id)
    elif said.location is not None:
        content["location"] = present(**said.location.model_dump())
    else:
        raise bad_request("say text, contact or location")
    return post_as_person(world, person, with_known_people(world, content))


def _reply(world: World, person: Person, message_id: int) -> JsonObject:
    return {"reply_to_message": without_reply(message_in(world, person, message_id).wire)}


def _number(given: dict[str, str], name: str) -> int:
    if not given[name].isdecimal():
        raise bad_request(f"{name} must be a number")
    return int(given[name])
