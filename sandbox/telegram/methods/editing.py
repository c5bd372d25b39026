"""Changing and deleting messages of the bot."""

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.keyboards import inline_keyboard
from sandbox.telegram.media import KINDS, caption_fields, media_content
from sandbox.telegram.messages import own_message
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.formatting import format_message
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_EDITABLE_SECONDS = 48 * 3600
_DELETE_LIMIT = 100
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")


async def edit_message_text(world: World, parameters: JsonObject) -> Json:
    """Replace a text and its keyboard."""
    _, message = own_message(world, parameters, "edit")
    if "text" not in parameters:
        raise bad_request("message text is empty")
    text, entities = format_message(parameters["text"], parameters.get("parse_mode"), parameters.get("entities"))
    if "text" not in message.wire:
        raise bad_request("there is no text in the message to edit")
    replaced = {"text": text, **({"entities": entities} if entities else {})}
    return _replace(world, message, ("text", "entities"), replaced, parameters)


async def edit_message_caption(world: World, parameters: JsonObject) -> Json:
    """Replace a caption and the keyboard."""
    _, message = own_message(world, parameters, "edit")
    if not any(kind in message.wire for kind in KINDS):
        raise bad_request("there is no caption in the message to edit")
    return _replace(world, message, _CAPTION, caption_fields(parameters), parameters)


async def edit_message_media(world: World, parameters: JsonObject) -> Json:
    """Replace a message's medium, caption and keyboard."""
    _, message = own_message(world, parameters, "edit")
    item = parameters["media"]
    if not any(kind in message.wire for kind in (*KINDS, "text")):
        raise bad_request("message can't be edited")
    content = await media_content(world.files, item["type"], item["media"], item)
    if "media_group_id" in message.wire and item["type"] not in message.wire:
        raise bad_request("message type can't be changed in an album")
    dropped = (*KINDS, "text", "entities", *_CAPTION, "has_media_spoiler")
    return _replace(world, message, dropped, content, parameters)


async def edit_message_reply_markup(world: World, parameters: JsonObject) -> Json:
    """Replace or remove the keyboard alone."""
    _, message = own_message(world, parameters, "edit")
    return _replace(world, message, (), {}, parameters)


async def delete_message(world: World, parameters: JsonObject) -> Json:
    """Delete a message; in a private chat a person's too."""
    person = world.people.addressed(parameters["chat_id"])
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if _is_too_old(world, message):
        raise bad_request("message can't be deleted for everyone")
    world.chats.delete(person.id, message.message_id)
    return True


async def delete_messages(world: World, parameters: JsonObject) -> Json:
    """Delete up to a hundred messages; those that are not there are skipped."""
    person = world.people.addressed(parameters["chat_id"])
    wanted = parameters["message_ids"]
    if not 1 <= len(wanted) <= _DELETE_LIMIT:
        raise bad_request("message identifiers are not specified" if not wanted else "too many message identifiers")
    for message_id in wanted:
        message = world.chats.of(person.id).messages.get(message_id)
        if message is not None and not _is_too_old(world, message):
            world.chats.delete(person.id, message_id)
    return True


def _replace(
    world: World, message: StoredMessage, dropped: tuple[str, ...], content: JsonObject, parameters: JsonObject
) -> JsonObject:
    """Put new content and keyboard into a message; refuses a change that changes nothing."""
    before = message.wire
    after = {name: value for name, value in before.items() if name not in (*dropped, "reply_markup")}
    after.update(content)
    # As in Telegram, an edit that names no keyboard removes it.
    if (keyboard := inline_keyboard(parameters.get("reply_markup"))) is not None:
        after["reply_markup"] = keyboard
    if after == before:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    message.wire = {**after, "edit_date": world.now()}
    world.chats.keep(message)
    return message.wire


def _is_too_old(world: World, message: StoredMessage) -> bool:
    return world.now() - int(message.wire["date"]) > _EDITABLE_SECONDS
