"""Reactions of the bot to messages."""

from sandbox.telegram.messages import recipient
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

# "ReactionTypeEmoji": the emoji that can be reactions.
_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
REACTIONS = frozenset(_EMOJI.split())
_VARIATION = "\ufe0f"


async def set_message_reaction(world: World, parameters: JsonObject) -> Json:
    """Set the bot's reaction on a message, or take it back. A bot has one reaction, of the free emoji."""
    reactions = parameters.get("reaction") or []
    for reaction in reactions:
        if reaction["type"] == "paid":
            raise bad_request("can't parse reaction types: invalid reaction type specified")
    person = recipient(world, parameters)
    message = world.chats.of(person.id).messages.get(parameters["message_id"])
    if message is None:
        raise bad_request("message to react not found")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    # A custom emoji is only for a message that has it already, or where an administrator allows it.
    if any(reaction["type"] != "emoji" or not is_reaction(reaction["emoji"]) for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    message.reaction = reactions[0]["emoji"] if reactions else None
    world.chats.keep(message)
    return True


def is_reaction(emoji: str) -> bool:
    """Tell whether an emoji can be a reaction."""
    return emoji.replace(_VARIATION, "") in REACTIONS
