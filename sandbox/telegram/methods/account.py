"""The bot's account and texts, and what it may know of a chat."""

from sandbox.telegram.profile import About
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_LIMITS: dict[About, int] = {"name": 64, "description": 512, "short_description": 120}
_COMMANDS_LIMIT = 100
_DEFAULT_SCOPE: JsonObject = {"type": "default"}


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
    if person.username:
        full["active_usernames"] = [person.username]
    return full


def _set_about(world: World, what: About, parameters: JsonObject) -> bool:
    text = parameters.get(what, "")
    if len(text) > _LIMITS[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    world.profile.set_about(what, parameters.get("language_code", ""), text)
    return True


async def set_my_name(world: World, parameters: JsonObject) -> Json:
    """Change the bot's name in a language."""
    return _set_about(world, "name", parameters)


async def get_my_name(world: World, parameters: JsonObject) -> Json:
    """Tell the bot's name in a language."""
    return {"name": world.profile.about("name", parameters.get("language_code", ""))}


async def set_my_description(world: World, parameters: JsonObject) -> Json:
    """Change the text of an empty chat."""
    return _set_about(world, "description", parameters)


async def get_my_description(world: World, parameters: JsonObject) -> Json:
    """Tell the text of an empty chat."""
    return {"description": world.profile.about("description", parameters.get("language_code", ""))}


async def set_my_short_description(world: World, parameters: JsonObject) -> Json:
    """Change the text of the bot's profile."""
    return _set_about(world, "short_description", parameters)


async def get_my_short_description(world: World, parameters: JsonObject) -> Json:
    """Tell the text of the bot's profile."""
    return {"short_description": world.profile.about("short_description", parameters.get("language_code", ""))}


async def set_my_commands(world: World, parameters: JsonObject) -> Json:
    """Change the command menu of a scope and language."""
    commands = parameters["commands"]
    if len(commands) > _COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name = command["command"].removeprefix("/")
        if not (1 <= len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name.islower()):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile.set_commands(_scope(world, parameters), parameters.get("language_code", ""), commands)
    return True


async def get_my_commands(world: World, parameters: JsonObject) -> Json:
    """Tell the commands set for exactly one scope and language."""
    return world.profile.commands(_scope(world, parameters), parameters.get("language_code", ""))


async def delete_my_commands(world: World, parameters: JsonObject) -> Json:
    """Remove the commands of a scope and language."""
    world.profile.set_commands(_scope(world, parameters), parameters.get("language_code", ""), [])
    return True


def _scope(world: World, parameters: JsonObject) -> JsonObject:
    scope: JsonObject = parameters.get("scope", _DEFAULT_SCOPE)
    if scope["type"] == "chat":
        world.people.addressed(scope["chat_id"])
    return scope


async def set_chat_menu_button(world: World, parameters: JsonObject) -> Json:
    """Change the menu button of one chat, or of all."""
    world.profile.set_menu_button(parameters.get("chat_id"), parameters.get("menu_button", {"type": "default"}))
    return True


async def get_chat_menu_button(world: World, parameters: JsonObject) -> Json:
    """Tell the menu button of a chat."""
    return world.profile.menu_button(parameters.get("chat_id"))
