"""The chat as a person sees it, as JSON: what tests assert on and the page draws."""

from sandbox.telegram.chats import Chat, StoredMessage
from sandbox.telegram.people import Person
from sandbox.telegram.wire import JsonObject, present
from sandbox.telegram.world import World

_ACTION_SECONDS = 5
_PREVIEW_LENGTH = 120
_SERVICE = ("successful_payment", "refunded_payment", "invoice", "pinned_message")
# As the Bot API tells them; the page draws them from that.
_PLACES = ("contact", "location", "venue")
_FILES = ("animation", "video", "document", "audio", "voice", "video_note", "sticker")


def view_chat(world: World, person: Person) -> JsonObject:
    """Return the whole chat, oldest message first, with the version it stands at."""
    chat = world.chats.of(person.id)
    return {
        **_around(world, person, chat),
        "messages": [_view_message(message) for message in chat.messages.values()],
    }


def view_changes(world: World, person: Person, after: int) -> JsonObject:
    """Return what changed in a chat since a version: messages new or edited, and ids of deleted ones."""
    chat = world.chats.of(person.id)
    return {
        **_around(world, person, chat),
        "messages": [_view_message(m) for m in chat.messages.values() if m.changed_at > after],
        "deleted": [message_id for version, message_id in chat.deleted if version > after],
    }


def view_person(world: World, person: Person) -> JsonObject:
    """Return a person as `/sim` tells of them."""
    return {
        **person.user(),
        "has_written": person.has_written,
        "blocked": person.has_blocked,
        "deactivated": person.is_deactivated,
        "version": world.chats.of(person.id).version,
        "last_message": _last_message(world.chats.of(person.id)),
    }


def count_unread(world: World, person: Person, seen: int) -> int:
    """Return how many of the bot's messages are newer than the one that the person saw last."""
    unread = 0
    for message in reversed(world.chats.of(person.id).messages.values()):
        if message.message_id <= seen:
            break
        unread += message.from_bot
    return unread


def messages_on_the_way(world: World) -> dict[int, list[int]]:
    """Return, for each person, the ids of their messages whose update the bot has not taken yet."""
    waiting: dict[int, list[int]] = {}
    for update in world.updates.pending():
        if message := update.get("message") or update.get("edited_message"):
            waiting.setdefault(message["from"]["id"], []).append(message["message_id"])
    return waiting


def _last_message(chat: Chat) -> JsonObject | None:
    last = next(reversed(chat.messages.values()), None)
    if last is None:
        return None
    kinds = ("text", "photo", *_FILES, "venue", "location", "contact", *_SERVICE)
    return {
        "message_id": last.message_id,
        "from": "bot" if last.from_bot else "user",
        "date": last.wire["date"],
        "kind": next((kind for kind in kinds if kind in last.wire), "other"),
        "text": (last.wire.get("text") or last.wire.get("caption") or "")[:_PREVIEW_LENGTH],
    }


def _around(world: World, person: Person, chat: Chat) -> JsonObject:
    return {
        "version": chat.version,
        "user": view_person(world, person),
        "bot": _view_bot(world, person),
        "actions": [{"action": a["action"], "date": a["date"]} for a in chat.actions],
        "action": _current_action(world, chat),
        "reply_keyboard": _current_reply_keyboard(chat),
        "draft": _shown_draft(world, chat),
        "pinned": pinned.message_id if (pinned := chat.pinned()) else None,
    }


def _view_bot(world: World, person: Person) -> JsonObject:
    language = (person.language_code or "")[:2]
    return {
        "first_name": world.profile.about("name", language),
        "username": world.profile.user()["username"],
        "description": world.profile.about("description", language),
        "short_description": world.profile.about("short_description", language),
        "commands": world.profile.commands_for(person.id, language),
        "menu_button": world.profile.menu_button(person.id),
    }


def _current_action(world: World, chat: Chat) -> str | None:
    """Return the action still shown: for five seconds, or until the bot's next message."""
    if not chat.actions or world.now() - chat.actions[-1]["date"] >= _ACTION_SECONDS:
        return None
    action = chat.actions[-1]
    # The newest message may belong to the person, who answers while the bot is typing.
    for message in reversed(chat.messages.values()):
        if message.from_bot:
            return None if message.changed_at > action["version"] else str(action["action"])
    return str(action["action"])


def _shown_draft(world: World, chat: Chat) -> JsonObject | None:
    """Return the draft that the person sees now, or None."""
    draft = chat.shown_draft(world.clock())
    return draft and {name: draft[name] for name in ("draft_id", "text", "entities", "can_stop")}


def _current_reply_keyboard(chat: Chat) -> JsonObject | None:
    for message in reversed(chat.messages.values()):
        if message.reply_keyboard is not None:
            return message.reply_keyboard if "keyboard" in message.reply_keyboard else None
    return None


def _view_message(message: StoredMessage) -> JsonObject:
    wire = message.wire
    view: JsonObject = {
        "message_id": message.message_id,
        "from": "bot" if message.from_bot else "user",
        "date": wire["date"],
        "text": wire.get("text"),
        "caption": wire.get("caption"),
        "entities": wire.get("entities") or wire.get("caption_entities") or [],
        "photo": _view_photo(wire),
        "document": _view_document(wire),
        "media_group_id": wire.get("media_group_id"),
        "buttons": _view_buttons(wire),
        "edited": "edit_date" in wire,
        "reply_to": wire.get("reply_to_message", {}).get("message_id"),
        "reaction": message.reaction,
        "person_reaction": message.person_reaction,
        "spoiler": wire.get("has_media_spoiler", False),
        "forwarded": "forward_origin" in wire,
        "effect": wire.get("effect_id"),
        "caption_above": wire.get("show_caption_above_media", False),
        "protected": wire.get("has_protected_content", False),
    }
    view.update({name: wire[name] for name in (*_SERVICE, *_PLACES) if name in wire})
    if message.charge_id is not None:
        view["paid_charge_id"] = message.charge_id
    return view


def _view_photo(wire: JsonObject) -> JsonObject | None:
    if "photo" not in wire:
        return None
    largest = wire["photo"][-1]
    preview = next((size for size in wire["photo"] if size["width"] >= 320), largest)
    return {
        "file_id": largest["file_id"],
        "file_unique_id": largest["file_unique_id"],
        "width": largest["width"],
        "height": largest["height"],
        "url": _link(largest["file_id"]),
        "preview_url": _link(preview["file_id"]),
    }


def _view_document(wire: JsonObject) -> JsonObject | None:
    """Return the attached file, whatever its kind, which `kind` names."""
    for kind in _FILES:
        if kind in wire:
            file = wire[kind]
            thumbnail = file.get("thumbnail")
            return present(
                kind=kind,
                file_id=file["file_id"],
                file_unique_id=file["file_unique_id"],
                file_name=file.get("file_name"),
                mime_type=file.get("mime_type"),
                file_size=file.get("file_size"),
                width=file.get("width") or file.get("length"),
                height=file.get("height") or file.get("length"),
                duration=file.get("duration"),
                title=file.get("title"),
                performer=file.get("performer"),
                emoji=file.get("emoji"),
                url=_link(file["file_id"]),
                thumbnail_url=_link(thumbnail["file_id"]) if thumbnail else None,
            )
    return None


def _view_buttons(wire: JsonObject) -> list[list[JsonObject]]:
    rows = wire.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        [
            present(
                text=button["text"],
                data=button.get("callback_data"),
                url=button.get("url"),
                web_app=button.get("web_app", {}).get("url"),
                copy=button.get("copy_text", {}).get("text"),
                pay=button.get("pay"),
                style=button.get("style"),
                disabled=True if "disabled" in button else None,
            )
            for button in row
        ]
        for row in rows
    ]


def _link(file_id: str) -> str:
    return f"/sim/files/{file_id}"
