"""Messages as both sides make them: the bot's with keyboards and replies, people's with an update for the bot."""

from typing import Any

from sandbox.telegram.chats import StoredMessage
from sandbox.telegram.keyboards import inline_keyboard, reply_keyboard
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request, blocked_by_user, user_is_deactivated
from sandbox.telegram.wire import JsonObject
from sandbox.telegram.world import World

# The effects that a bot may add ("message_effect_id"): 🔥 👍 👎 ❤ 🎉 💩.
EFFECTS = frozenset(
    {
        "5104841245755180586",
        "5107584321108051014",
        "5104858069142078462",
        "5159385139981059251",
        "5046509860389126442",
        "5046589136895476101",
    }
)
_NOT_SPOKEN = ("business_connection_id", "suggested_post_parameters", "ephemeral_message_parameters")


def recipient(world: World, parameters: JsonObject) -> Person:
    """Return the person a call writes to; refuses a stranger, a deleted account and who blocked the bot."""
    person = reachable(world, parameters)
    if person.has_blocked:
        raise blocked_by_user()
    return person


def reachable(world: World, parameters: JsonObject) -> Person:
    """Return the person whose chat a call changes; a block does not keep the bot from that, a deleted account does."""
    if parameters.get("business_connection_id"):
        raise bad_request("business connection not found")
    person = world.people.addressed(parameters["chat_id"])
    if person.is_deactivated:
        raise user_is_deactivated()
    return person


def post_as_bot(
    world: World, person: Person, content: JsonObject, parameters: JsonObject, *, pays: bool = False, **beyond: Any
) -> StoredMessage:
    """Put a message of the bot into a chat; `beyond` are the fields of `StoredMessage` that are not on the wire."""
    check_options(parameters)
    markup = parameters.get("reply_markup")
    keyboard, below = inline_keyboard(markup, pays=pays), reply_keyboard(markup)
    replied = _replied_message(world, person, parameters)
    wire: JsonObject = {
        "message_id": world.chats.next_message_id(),
        "from": world.profile.user(),
        "chat": person.chat(),
        "date": world.now(),
        **with_known_people(world, content),
    }
    if replied is not None:
        wire["reply_to_message"] = without_reply(replied.wire)
        if quote := (parameters.get("reply_parameters") or {}).get("quote"):
            wire["quote"] = {"text": quote, "position": _place_of_quote(replied, quote), "is_manual": True}
    if parameters.get("protect_content"):
        wire["has_protected_content"] = True
    if effect := parameters.get("message_effect_id"):
        wire["effect_id"] = effect
    if parameters.get("allow_paid_broadcast"):
        wire["is_paid_post"] = True
    if keyboard is not None:
        wire["reply_markup"] = keyboard
    message = StoredMessage(wire, from_bot=True, reply_keyboard=below, **beyond)
    world.chats.add(message)
    world.chats.of(person.id).drafts.clear()
    return message


def check_options(parameters: JsonObject) -> None:
    """Refuse what cannot be asked for in a private chat."""
    effect = parameters.get("message_effect_id")
    if effect and effect not in EFFECTS:
        raise bad_request("EFFECT_ID_INVALID")
    if parameters.get("message_thread_id") or parameters.get("direct_messages_topic_id"):
        raise bad_request("message thread not found")
    for name in _NOT_SPOKEN:
        if parameters.get(name):
            raise bad_request(f"the sandbox does not speak {name}")


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


def own_message(world: World, parameters: JsonObject) -> tuple[Person, StoredMessage]:
    """Return the message of the bot that an edit names by chat_id and message_id, and its reader.

    Refuses one that is not there, and one that is a person's, a forwarded one, or one with a keyboard below the chat.
    """
    if "chat_id" not in parameters and "message_id" not in parameters:
        if "inline_message_id" not in parameters:
            raise bad_request("message identifier is not specified")
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in parameters:
        raise bad_request("chat_id is empty")
    person = reachable(world, parameters)
    message = world.chats.of(person.id).messages.get(parameters.get("message_id", 0))
    if message is None:
        raise bad_request("message to edit not found")
    has_reply_keyboard = message.reply_keyboard is not None and "keyboard" in message.reply_keyboard
    if not message.from_bot or "forward_origin" in message.wire or has_reply_keyboard:
        raise bad_request("message can't be edited")
    return person, message


def with_known_people(world: World, content: JsonObject) -> JsonObject:
    """Return content whose mentions by id name the person in full; a mention of a stranger is plain text."""
    completed = dict(content)
    for name in ("entities", "caption_entities"):
        if not any(entity["type"] == "text_mention" for entity in content.get(name, ())):
            continue
        kept: list[JsonObject] = []
        for entity in content[name]:
            if entity["type"] != "text_mention":
                kept.append(entity)
            elif (person := world.people.find(entity["user"]["id"])) is not None and person.has_written:
                kept.append({**entity, "user": person.user()})
        completed[name] = kept
        if not kept:
            del completed[name]
    return completed


def without_reply(wire: JsonObject) -> JsonObject:
    """Return a message as another one quotes it: replies do not nest."""
    return {name: value for name, value in wire.items() if name != "reply_to_message"}


def _replied_message(world: World, person: Person, parameters: JsonObject) -> StoredMessage | None:
    reply: JsonObject = parameters.get("reply_parameters") or {
        "message_id": parameters.get("reply_to_message_id"),
        "allow_sending_without_reply": parameters.get("allow_sending_without_reply"),
    }
    if reply.get("message_id") is None:
        return None
    chat_id = reply.get("chat_id", person.id)
    source = person if chat_id == person.id else world.people.addressed(chat_id)
    found = world.chats.of(source.id).messages.get(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if found is not None and (quote := reply.get("quote")):
        _place_of_quote(found, quote)
    return found


def _place_of_quote(replied: StoredMessage, quote: str) -> int:
    text = replied.wire.get("text") or replied.wire.get("caption") or ""
    place = str(text).find(quote)
    if place < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return place
