"""The bot's account and texts, and what it may know of a chat."""

import re

from sandbox.telegram.messages import without_reply
from sandbox.telegram.profile import About
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.links import WrongLink, web_app_link
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_LIMITS: dict[About, int] = {"name": 64, "description": 512, "short_description": 120}
_COMMANDS_LIMIT = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION_LIMIT = 256
_LANGUAGE = re.compile(r"([a-z]{2})?")
_DEFAULT_SCOPE: JsonObject = {"type": "default"}
_OF_GROUPS = frozenset({"chat_administrators", "chat_member"})


async def get_me(world: World, parameters: JsonObject) -> Json:
    """Tell who the bot is."""
    return world.profile.me()


async def get_chat(world: World, parameters: JsonObject) -> Json:
    """Tell what the bot may know of a private chat."""
    person = world.people.addressed(parameters["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full: JsonObject = {
        **person.chat(),
        "accent_color_id": person.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }
    if person.username and not person.is_deactivated:
        full["active_usernames"] = [person.username]
    if pinned := world.chats.of(person.id).pinned():
        full["pinned_message"] = without_reply(pinned.wire)
    return full


async def get_chat_member(world: World, parameters: JsonObject) -> Json:
    """Tell how the bot or the person stands in their private chat."""
    person = world.people.addressed(parameters["chat_id"])
    bot = world.profile.user()
    if parameters["user_id"] == bot["id"]:
        if person.has_blocked:
            return {"user": bot, "status": "kicked", "until_date": 0}
        return {"user": bot, "status": "member"}
    if parameters["user_id"] == person.id:
        return {"user": person.user(), "status": "member"}
    raise bad_request("PARTICIPANT_ID_INVALID")


async def get_chat_member_count(world: World, parameters: JsonObject) -> Json:
    """Tell how many are in a private chat: the person and the bot."""
    world.people.addressed(parameters["chat_id"])
    return 2


async def get_user_profile_photos(world: World, parameters: JsonObject) -> Json:
    """List a person's profile photos: nobody here has one."""
    if world.people.find(parameters["user_id"]) is None:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


def _set_about(world: World, what: About, parameters: JsonObject) -> bool:
    text = parameters.get(what, "")
    if len(text) > _LIMITS[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    world.profile.set_about(what, _language(parameters), text)
    return True


async def set_my_name(world: World, parameters: JsonObject) -> Json:
    """Change the bot's name in a language."""
    return _set_about(world, "name", parameters)


async def get_my_name(world: World, parameters: JsonObject) -> Json:
    """Tell the bot's name in a language."""
    return {"name": world.profile.about("name", _language(parameters))}


async def set_my_description(world: World, parameters: JsonObject) -> Json:
    """Change the text of an empty chat."""
    return _set_about(world, "description", parameters)


async def get_my_description(world: World, parameters: JsonObject) -> Json:
    """Tell the text of an empty chat."""
    return {"description": world.profile.about("description", _language(parameters))}


async def set_my_short_description(world: World, parameters: JsonObject) -> Json:
    """Change the text of the bot's profile."""
    return _set_about(world, "short_description", parameters)


async def get_my_short_description(world: World, parameters: JsonObject) -> Json:
    """Tell the text of the bot's profile."""
    return {"short_description": world.profile.about("short_description", _language(parameters))}


async def set_my_commands(world: World, parameters: JsonObject) -> Json:
    """Change the command menu of a scope and language."""
    commands = parameters["commands"]
    if len(commands) > _COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    named: list[JsonObject] = []
    for command in commands:
        name, description = command["command"].removeprefix("/"), command["description"]
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= _DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        named.append({**command, "command": name})
    world.profile.set_commands(_scope(world, parameters), _language(parameters), named)
    return True


async def get_my_commands(world: World, parameters: JsonObject) -> Json:
    """Tell the commands set for exactly one scope and language."""
    return world.profile.commands(_scope(world, parameters), _language(parameters))


async def delete_my_commands(world: World, parameters: JsonObject) -> Json:
    """Remove the commands of a scope and language."""
    world.profile.set_commands(_scope(world, parameters), _language(parameters), [])
    return True


async def set_chat_menu_button(world: World, parameters: JsonObject) -> Json:
    """Change the menu button of one chat, or of all."""
    button = parameters.get("menu_button", {"type": "default"})
    if button["type"] == "web_app":
        if not button["text"]:
            raise bad_request("menu button text must be non-empty")
        try:
            web_app_link(button["web_app"]["url"])
        except WrongLink as reason:
            raise bad_request(f"menu button Web App {reason}") from reason
    world.profile.set_menu_button(_private_chat(world, parameters), button)
    return True


async def get_chat_menu_button(world: World, parameters: JsonObject) -> Json:
    """Tell the menu button of a chat."""
    return world.profile.menu_button(_private_chat(world, parameters))


def _private_chat(world: World, parameters: JsonObject) -> int | None:
    chat_id = parameters.get("chat_id")
    return None if chat_id is None else world.people.addressed(chat_id).id


def _language(parameters: JsonObject) -> str:
    code: str = parameters.get("language_code", "")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("LANG_CODE_INVALID")
    return code


def _scope(world: World, parameters: JsonObject) -> JsonObject:
    scope: JsonObject = parameters.get("scope", _DEFAULT_SCOPE)
    if scope["type"] in _OF_GROUPS:
        world.people.addressed(scope["chat_id"])
        raise bad_request("can't use specified scope in private chats")
    if scope["type"] == "chat":
        # One chat may be named in several ways, and its commands are the same.
        return {"type": "chat", "chat_id": world.people.addressed(scope["chat_id"]).id}
    return scope
