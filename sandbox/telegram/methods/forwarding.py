"""Sending messages again: forwarded with their origin, or copied as the bot's own."""

import secrets

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.media import CAPTIONED, KINDS, caption_fields
from sandbox.telegram.messages import post_as_bot, recipient
from sandbox.telegram.methods.editing import message_ids
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_LIMIT = 100
COPIED = (
    *("text", "entities", "link_preview_options", *KINDS, "location", "venue", "contact"),
    *("caption", "caption_entities", "show_caption_above_media", "has_media_spoiler"),
)


async def forward_message(world: World, parameters: JsonObject) -> Json:
    """Send a message again, with its origin."""
    person = recipient(world, parameters)
    return _forward(world, person, _source(world, parameters, "forward"), parameters, {}).wire


async def copy_message(world: World, parameters: JsonObject) -> Json:
    """Send a message's content again, as the bot's own; a caption may be replaced."""
    person = recipient(world, parameters)
    content = _copied(_source(world, parameters, "copy"))
    if "caption" in parameters and CAPTIONED & content.keys():
        content = {**_without_caption(content), **caption_fields(parameters)}
    return {"message_id": post_as_bot(world, person, content, parameters).message_id}


async def forward_messages(world: World, parameters: JsonObject) -> Json:
    """Forward up to a hundred messages; those that are not there are skipped, albums stay albums."""
    person = recipient(world, parameters)
    sources = _sources(world, parameters)
    groups = _new_groups(sources)
    return [{"message_id": _forward(world, person, source, parameters, groups).message_id} for source in sources]


async def copy_messages(world: World, parameters: JsonObject) -> Json:
    """Copy up to a hundred messages; those that are not there or cannot be copied are skipped."""
    person = recipient(world, parameters)
    sources = [source for source in _sources(world, parameters) if any(name in source.wire for name in COPIED)]
    groups = _new_groups(sources)
    copied: list[JsonObject] = []
    for source in sources:
        content = {**_copied(source), **_in_group(source, groups)}
        if parameters.get("remove_caption"):
            content = _without_caption(content)
        copied.append({"message_id": post_as_bot(world, person, content, parameters).message_id})
    return copied


def _forward(
    world: World, person: Person, source: StoredMessage, parameters: JsonObject, groups: dict[str, str]
) -> StoredMessage:
    content = {name: source.wire[name] for name in (*COPIED, "invoice") if name in source.wire}
    if not content:
        raise bad_request("the message can't be forwarded")
    origin = {"type": "user", "date": source.wire["date"], "sender_user": source.wire["from"]}
    content["forward_origin"] = source.wire.get("forward_origin") or origin
    content.update(_in_group(source, groups))
    again = {**parameters, "reply_markup": _forwarded_keyboard(world, source)}
    is_payable = source.bill is not None and not source.wire["invoice"]["start_parameter"]
    return post_as_bot(world, person, content, again, pays=is_payable, bill=source.bill if is_payable else None)


def _forwarded_keyboard(world: World, source: StoredMessage) -> JsonObject | None:
    """Return what a forwarded message keeps of its keyboard: an invoice its Pay button, or a link to the bot."""
    invoice = source.wire.get("invoice")
    if invoice is None or source.bill is None:
        return None
    text = source.wire["reply_markup"]["inline_keyboard"][0][0]["text"]
    if start := invoice["start_parameter"]:
        link = f"https://t.me/{world.profile.user()['username']}?start={start}"
        return {"inline_keyboard": [[{"text": text, "url": link}]]}
    return {"inline_keyboard": [[{"text": text, "pay": True}]]}


def _copied(source: StoredMessage) -> JsonObject:
    content = {name: source.wire[name] for name in COPIED if name in source.wire}
    if not content:
        raise bad_request("the message can't be copied")
    return content


def _without_caption(content: JsonObject) -> JsonObject:
    return {name: value for name, value in content.items() if "caption" not in name}


def _new_groups(sources: list[StoredMessage]) -> dict[str, str]:
    """Return a new album's id for each album of which at least two messages are there."""
    albums = [source.wire["media_group_id"] for source in sources if "media_group_id" in source.wire]
    return {album: str(secrets.randbelow(10**16) + 10**16) for album in albums if albums.count(album) > 1}


def _in_group(source: StoredMessage, groups: dict[str, str]) -> JsonObject:
    group = groups.get(source.wire.get("media_group_id", ""))
    return {"media_group_id": group} if group else {}


def _source(world: World, parameters: JsonObject, purpose: str) -> StoredMessage:
    person = world.people.addressed(parameters["from_chat_id"])
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    _check_protection(message)
    return message


def _sources(world: World, parameters: JsonObject) -> list[StoredMessage]:
    person = world.people.addressed(parameters["from_chat_id"])
    wanted = message_ids(parameters, _LIMIT)
    if wanted != sorted(set(wanted)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    messages = world.chats.of(person.id).messages
    found = [messages[message_id] for message_id in wanted if message_id in messages]
    if not found:
        raise bad_request("there are no messages to forward")
    for message in found:
        _check_protection(message)
    return found


def _check_protection(message: StoredMessage) -> None:
    if message.wire.get("has_protected_content"):
        raise bad_request("message has protected content and can't be forwarded")
