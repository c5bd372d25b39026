"""What the bot tells about itself: name, descriptions, commands and menu button, by language."""

from typing import Literal

from sandbox.stand_in.journal import Journal
from sandbox.telegram.wire import JsonObject

About = Literal["name", "description", "short_description"]


class Profile:
    """The bot's account and its texts."""

    def __init__(self, bot_id: int, username: str, first_name: str, journal: Journal) -> None:
        self._journal = journal
        self._bot_id = bot_id
        self._username = username
        self._first_name = first_name
        self._settings: dict[str, JsonObject] = {
            record["setting"]: record["value"] for record in journal.read("profile")
        }
        self.is_logged_out = False

    def user(self) -> JsonObject:
        """Return the bot as the Bot API's User."""
        return {
            "id": self._bot_id,
            "is_bot": True,
            "first_name": self.about("name", "") or self._first_name,
            "username": self._username,
        }

    def me(self) -> JsonObject:
        """Return the bot as getMe tells it."""
        return {
            **self.user(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "supports_guest_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }

    def about(self, what: About, language: str) -> str:
        """Return a text in a language, or in no particular one; empty where there is none."""
        for key in (f"{what}:{language}", f"{what}:"):
            if key in self._settings:
                return str(self._settings[key]["text"])
        return self._first_name if what == "name" else ""

    def set_about(self, what: About, language: str, text: str) -> None:
        """Set a text for a language; an empty one removes it."""
        self._set(f"{what}:{language}", {"text": text} if text else None)

    def commands(self, scope: JsonObject, language: str) -> list[JsonObject]:
        """Return the commands set for exactly that scope and language."""
        return list(self._settings.get(_commands_key(scope, language), {}).get("commands", []))

    def set_commands(self, scope: JsonObject, language: str, commands: list[JsonObject]) -> None:
        """Set the commands of a scope and language; none removes them."""
        self._set(_commands_key(scope, language), {"commands": commands} if commands else None)

    def commands_for(self, person_id: int, language: str) -> list[JsonObject]:
        """Return the commands that a person sees in the private chat (BotCommandScope's order)."""
        for scope in ({"type": "chat", "chat_id": person_id}, {"type": "all_private_chats"}, {"type": "default"}):
            for code in (language, ""):
                if commands := self.commands(scope, code):
                    return commands
        return []

    def menu_button(self, chat_id: int | None) -> JsonObject:
        """Return the menu button of a chat, or the default one."""
        for key in (f"menu_button:{chat_id}", "menu_button:None"):
            if key in self._settings:
                return self._settings[key]
        return {"type": "default"}

    def set_menu_button(self, chat_id: int | None, button: JsonObject) -> None:
        """Set the menu button of a chat, or the default one."""
        self._set(f"menu_button:{chat_id}", button)

    def _set(self, setting: str, value: JsonObject | None) -> None:
        if value is None:
            self._settings.pop(setting, None)
            self._journal.forget("profile", setting)
        else:
            self._settings[setting] = value
            self._journal.put("profile", setting, {"setting": setting, "value": value})


def _commands_key(scope: JsonObject, language: str) -> str:
    return f"commands:{scope['type']}:{scope.get('chat_id', '')}:{scope.get('user_id', '')}:{language}"
