"""Pinning messages at the top of a chat."""

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.messages import post_as_bot, recipient, without_reply
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World


async def pin_chat_message(world: World, parameters: JsonObject) -> Json:
    """Pin a message; the chat shows a line about it. Several may be pinned, the newest of them is on top."""
    person = recipient(world, parameters)
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request("message to pin not found")
    if message.is_pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    _set(world, message, True)
    post_as_bot(world, person, {"pinned_message": without_reply(message.wire)}, {})
    return True


async def unpin_chat_message(world: World, parameters: JsonObject) -> Json:
    """Unpin a message, or the one on top where none is named."""
    person = recipient(world, parameters)
    chat = world.chats.of(person.id)
    message_id = parameters.get("message_id")
    message = chat.pinned() if message_id is None else chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to unpin not found")
    if not message.is_pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    _set(world, message, False)
    return True


async def unpin_all_chat_messages(world: World, parameters: JsonObject) -> Json:
    """Unpin all messages of a chat."""
    person = recipient(world, parameters)
    for message in list(world.chats.of(person.id).messages.values()):
        if message.is_pinned:
            _set(world, message, False)
    return True


def _set(world: World, message: StoredMessage, is_pinned: bool) -> None:
    message.is_pinned = is_pinned
    world.chats.keep(message)
