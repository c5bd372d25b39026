"""Sending texts, drafts, places and contacts, and saying that the bot is busy."""

from sandbox.telegram.messages import check_options, post_as_bot, recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.formatting import TEXT_LIMIT, format_message, format_text
from sandbox.telegram.text.links import WrongLink, checked_link
from sandbox.telegram.wire import Json, JsonObject, present
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


async def send_message(world: World, parameters: JsonObject) -> Json:
    """Send a text."""
    text, entities = format_message(parameters["text"], parameters.get("parse_mode"), parameters.get("entities"))
    person = recipient(world, parameters)
    content: JsonObject = {"text": text}
    if entities:
        content["entities"] = entities
    if options := parameters.get("link_preview_options"):
        _check_preview(options)
        content["link_preview_options"] = options
    return post_as_bot(world, person, content, parameters).wire


async def send_message_draft(world: World, parameters: JsonObject) -> Json:
    """Show a text that still grows: for thirty seconds, or until the bot's next message."""
    text, entities = format_text(parameters.get("text", ""), parameters.get("parse_mode"), parameters.get("entities"))
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    draft_id = parameters["draft_id"]
    if not draft_id:
        raise bad_request("RANDOM_ID_INVALID")
    check_options(parameters)
    person = recipient(world, parameters)
    world.chats.of(person.id).show_draft(
        draft_id,
        {
            "text": text,
            "entities": entities,
            "can_stop": bool(parameters.get("can_stop")),
            "keep_on_stop": bool(parameters.get("keep_on_stop")),
        },
        world.clock(),
    )
    return True


async def send_chat_action(world: World, parameters: JsonObject) -> Json:
    """Show for five seconds that the bot is typing, uploading …"""
    if parameters["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    person = recipient(world, parameters)
    world.chats.of(person.id).act(parameters["action"], world.now())
    return True


async def send_location(world: World, parameters: JsonObject) -> Json:
    """Send a point on the map."""
    content = {"location": _location(parameters)}
    return post_as_bot(world, recipient(world, parameters), content, parameters).wire


async def send_venue(world: World, parameters: JsonObject) -> Json:
    """Send a place with a name and an address."""
    venue = {"location": _location(parameters), "title": parameters["title"], "address": parameters["address"]}
    # Older clients look for a location ("Message.venue").
    content = {"venue": venue, "location": venue["location"]}
    return post_as_bot(world, recipient(world, parameters), content, parameters).wire


async def send_contact(world: World, parameters: JsonObject) -> Json:
    """Send a telephone number with a name."""
    for name in ("phone_number", "first_name"):
        if not parameters[name]:
            raise bad_request(f'parameter "{name}" is required')
    fields = ("phone_number", "first_name", "last_name", "vcard")
    content = {"contact": present(**{name: parameters.get(name) or None for name in fields})}
    return post_as_bot(world, recipient(world, parameters), content, parameters).wire


def _location(parameters: JsonObject) -> JsonObject:
    latitude, longitude = parameters["latitude"], parameters["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location specified")
    fields = ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
    extra = {name: parameters.get(name) for name in fields}
    return present(latitude=latitude, longitude=longitude, **extra)


def _check_preview(options: JsonObject) -> None:
    if url := options.get("url"):
        try:
            checked_link(url)
        except WrongLink as reason:
            raise bad_request(f"link preview {reason}") from reason
