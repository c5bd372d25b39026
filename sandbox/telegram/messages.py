"""Messages as both sides make them: the bot's with keyboards and replies, people's with an update for the bot."""

from typing import Any

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.keyboards import inline_keyboard, reply_keyboard
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request, blocked_by_user
from sandbox.telegram.wire import JsonObject
from sandbox.telegram.world import World


def recipient(world: World, parameters: JsonObject) -> Person:
    """Return the person a call writes to; refuses a stranger and who blocked the bot."""
    person = world.people.addressed(parameters["chat_id"])
    if person.has_blocked:
        raise blocked_by_user()
    return person


def post_as_bot(
    world: World, person: Person, content: JsonObject, parameters: JsonObject, **beyond: Any
) -> StoredMessage:
    """Put a message of the bot into a chat; `beyond` are the fields of `StoredMessage` that are not on the wire."""
    markup = parameters.get("reply_markup")
    keyboard = inline_keyboard(markup)
    replied = _replied_message(world, person, parameters)
    wire: JsonObject = {
        "message_id": world.chats.next_message_id(),
        "from": world.profile.user(),
        "chat": person.chat(),
        "date": world.now(),
        **content,
    }
    if replied is not None:
        wire["reply_to_message"] = {k: v for k, v in replied.wire.items() if k != "reply_to_message"}
    if parameters.get("protect_content"):
        wire["has_protected_content"] = True
    if effect := parameters.get("message_effect_id"):
        wire["effect_id"] = effect
    if keyboard is not None:
        wire["reply_markup"] = keyboard
    message = StoredMessage(wire, from_bot=True, reply_keyboard=reply_keyboard(markup), **beyond)
    world.chats.add(message)
    return message


def post_as_person(world: World, person: Person, content: JsonObject) -> StoredMessage:
    """Put a message of a person into the chat and queue its update; from now on the bot may write back."""
    message = StoredMessage(
        {
            "message_id": world.chats.next_message_id(),
            "from": person.user(),
            "chat": person.chat(),
            "date": world.now(),
            **content,
        },
        from_bot=False,
    )
    if not person.has_written:
        person.has_written = True
        world.people.keep(person)
    world.chats.add(message)
    world.updates.add(message=message.wire)
    return message


def own_message(world: World, parameters: JsonObject, purpose: str) -> tuple[Person, StoredMessage]:
    """Return the message of the bot that a call names by chat_id and message_id, and its reader.

    Refuses, in Telegram's words for the purpose ("edit", "delete" …), one that is not there or not the bot's.
    """
    if "inline_message_id" in parameters:
        raise bad_request(f"message to {purpose} not found")
    if "chat_id" not in parameters:
        raise bad_request("chat_id is empty")
    if "message_id" not in parameters:
        raise bad_request("message identifier is not specified")
    person = world.people.addressed(parameters["chat_id"])
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    if not message.from_bot:
        raise bad_request(f"message can't be {'edited' if purpose == 'edit' else purpose + 'd'}")
    return person, message


def _replied_message(world: World, person: Person, parameters: JsonObject) -> StoredMessage | None:
    reply: JsonObject = parameters.get("reply_parameters") or {
        "message_id": parameters.get("reply_to_message_id"),
        "allow_sending_without_reply": parameters.get("allow_sending_without_reply"),
    }
    if reply.get("message_id") is None:
        return None
    found = world.chats.of(person.id).messages.get(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found
