"""Sending texts, forwarding, copying, reacting, and saying that the bot is busy."""

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.media import KINDS, caption_fields
from sandbox.telegram.messages import post_as_bot, recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.formatting import format_message
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_COPIED = ("text", "entities", *KINDS, "caption", "caption_entities", "show_caption_above_media")


async def send_message(world: World, parameters: JsonObject) -> Json:
    """Send a text."""
    person = recipient(world, parameters)
    text, entities = format_message(parameters["text"], parameters.get("parse_mode"), parameters.get("entities"))
    content: JsonObject = {"text": text}
    if entities:
        content["entities"] = entities
    if options := parameters.get("link_preview_options"):
        content["link_preview_options"] = options
    return post_as_bot(world, person, content, parameters).wire


async def send_chat_action(world: World, parameters: JsonObject) -> Json:
    """Show for five seconds that the bot is typing, uploading …"""
    person = recipient(world, parameters)
    if parameters["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.chats.of(person.id).act(parameters["action"], world.now())
    return True


async def forward_message(world: World, parameters: JsonObject) -> Json:
    """Send a message again, with its origin."""
    person = recipient(world, parameters)
    source = _source(world, parameters, "forward")
    content = {name: source.wire[name] for name in (*_COPIED, "invoice") if name in source.wire}
    origin = {"type": "user", "date": source.wire["date"], "sender_user": source.wire["from"]}
    content["forward_origin"] = origin
    return post_as_bot(world, person, content, parameters, invoice_payload=source.invoice_payload).wire


async def copy_message(world: World, parameters: JsonObject) -> Json:
    """Send a message's content again, as the bot's own; a caption may be replaced."""
    person = recipient(world, parameters)
    source = _source(world, parameters, "copy")
    content = {name: source.wire[name] for name in _COPIED if name in source.wire}
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in parameters and "text" not in content:
        content.pop("caption_entities", None)
        content.update(caption_fields(parameters))
    return {"message_id": post_as_bot(world, person, content, parameters).message_id}


async def set_message_reaction(world: World, parameters: JsonObject) -> Json:
    """Set the bot's reaction on a message, or take it back."""
    person = recipient(world, parameters)
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request("message to react not found")
    reactions = parameters.get("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reaction = reactions[0].get("emoji") if reactions else None
    world.chats.keep(message)
    return True


def _source(world: World, parameters: JsonObject, purpose: str) -> StoredMessage:
    person = world.people.addressed(parameters["from_chat_id"])
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message
