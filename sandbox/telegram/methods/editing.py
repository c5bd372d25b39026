"""Changing and deleting messages of the bot.

A bot's own messages can be edited for ever (TDLib's `can_edit_message`, "Updating messages"); deleting ends after two
days.
"""

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.keyboards import inline_keyboard
from sandbox.telegram.media import CAPTIONED, KINDS, caption_fields, media_content
from sandbox.telegram.messages import own_message, recipient, with_known_people
from sandbox.telegram.methods.media import EDITABLE_KINDS
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.formatting import format_message
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_DELETABLE_SECONDS = 48 * 3600
_DELETE_LIMIT = 100
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")


async def edit_message_text(world: World, parameters: JsonObject) -> Json:
    """Replace a text and its keyboard."""
    if "rich_message" in parameters:
        raise bad_request("the sandbox does not speak rich_message")
    text, entities = format_message(
        parameters.get("text", ""), parameters.get("parse_mode"), parameters.get("entities")
    )
    _, message = own_message(world, parameters)
    if "text" not in message.wire:
        raise bad_request("there is no text in the message to edit")
    replaced: JsonObject = {"text": text, **({"entities": entities} if entities else {})}
    if options := parameters.get("link_preview_options"):
        replaced["link_preview_options"] = options
    return _replace(world, message, ("text", "entities", "link_preview_options"), replaced, parameters)


async def edit_message_caption(world: World, parameters: JsonObject) -> Json:
    """Replace a caption and the keyboard."""
    caption = caption_fields(parameters)
    _, message = own_message(world, parameters)
    if not CAPTIONED & message.wire.keys():
        raise bad_request("there is no caption in the message to edit")
    return _replace(world, message, _CAPTION, caption, parameters)


async def edit_message_media(world: World, parameters: JsonObject) -> Json:
    """Replace a message's medium, caption and keyboard."""
    item = parameters["media"]
    if item["type"] not in EDITABLE_KINDS:
        raise bad_request(f'can\'t parse InputMedia: type "{item["type"]}" is unsupported')
    _, message = own_message(world, parameters)
    if not {*EDITABLE_KINDS, "text"} & message.wire.keys():
        raise bad_request("message media can't be edited")
    if "media_group_id" in message.wire:
        if item["type"] == "animation":
            raise bad_request("message content type can't be used in an album")
        is_visual = item["type"] in ("photo", "video")
        if item["type"] not in message.wire and not (is_visual and {"photo", "video"} & message.wire.keys()):
            raise bad_request("can't change media type in the album")
    content = await media_content(world.files, item["type"], item["media"], item)
    dropped = (*KINDS, "text", "entities", "link_preview_options", *_CAPTION, "has_media_spoiler")
    return _replace(world, message, dropped, content, parameters)


async def edit_message_reply_markup(world: World, parameters: JsonObject) -> Json:
    """Replace or remove the keyboard alone."""
    _, message = own_message(world, parameters)
    return _replace(world, message, (), {}, parameters)


async def delete_message(world: World, parameters: JsonObject) -> Json:
    """Delete a message; in a private chat a person's too."""
    person = recipient(world, parameters)
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    _check_age(world, message)
    world.chats.delete(person.id, message.message_id)
    return True


async def delete_messages(world: World, parameters: JsonObject) -> Json:
    """Delete up to a hundred messages; those that are not there are skipped, one that is too old refuses all."""
    wanted = message_ids(parameters, _DELETE_LIMIT)
    person = recipient(world, parameters)
    messages = world.chats.of(person.id).messages
    found = [messages[message_id] for message_id in dict.fromkeys(wanted) if message_id in messages]
    for message in found:
        _check_age(world, message)
    for message in found:
        world.chats.delete(person.id, message.message_id)
    return True


def message_ids(parameters: JsonObject, limit: int) -> list[int]:
    """Return the list of message ids of a call; refuses none, too many and impossible ones."""
    wanted: list[int] = parameters["message_ids"]
    if not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > limit:
        raise bad_request("too many message identifiers specified")
    if any(message_id <= 0 for message_id in wanted):
        raise bad_request("invalid message identifier specified")
    return wanted


def _replace(
    world: World, message: StoredMessage, dropped: tuple[str, ...], content: JsonObject, parameters: JsonObject
) -> JsonObject:
    """Put new content and keyboard into a message; refuses a change that changes nothing."""
    before = {name: value for name, value in message.wire.items() if name != "edit_date"}
    after = {name: value for name, value in before.items() if name not in (*dropped, "reply_markup")}
    after.update(with_known_people(world, content))
    # As in Telegram, an edit that names no keyboard removes it.
    keyboard = inline_keyboard(parameters.get("reply_markup"), pays="invoice" in before)
    if keyboard is not None:
        after["reply_markup"] = keyboard
    if after == before:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    message.wire = {**after, "edit_date": world.now()}
    world.chats.keep(message)
    return message.wire


def _check_age(world: World, message: StoredMessage) -> None:
    if world.now() - int(message.wire["date"]) > _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
