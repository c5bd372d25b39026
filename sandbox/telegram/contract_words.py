"""Telegram's words for parameters that are missing, cannot be read, or are of a wrong type (telegram-bot-api)."""

from typing import Any

# Where a parameter is missing; of any other Telegram says 'parameter "…" is required'.
_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "video": "there is no video in the request",
    "animation": "there is no animation in the request",
    "audio": "there is no audio in the request",
    "voice": "there is no voice in the request",
    "video_note": "there is no video note in the request",
    "sticker": "there is no sticker in the request",
    "media": "can't parse media JSON object",
    "prices": "can't parse prices JSON object",
    "commands": "can't parse commands JSON object",
    "latitude": "latitude is empty",
    "longitude": "longitude is empty",
    "action": "wrong parameter action in request",
    "user_id": "invalid user_id specified",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "pre_checkout_query_id": "query is too old and response timeout expired or query ID is invalid",
}
# Where the JSON of a parameter cannot be read.
_UNREADABLE = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
    "reaction": "reaction types",
    "menu_button": "menu button",
    "scope": "BotCommandScope",
}
# Where it is JSON of another kind.
_NO_OBJECT = {
    "reply_markup": "object expected as reply markup",
    "reply_parameters": "object expected as reply parameters",
    "link_preview_options": "object expected as link preview options",
}
_NO_ARRAY = {
    "media": "expected an Array of InputMedia",
    "commands": "expected an Array of BotCommand",
    "prices": "expected an Array of labeled prices",
    "reaction": "expected an Array of ReactionType",
    "message_ids": "expected an Array of message identifiers",
    "suggested_tip_amounts": "expected an Array of suggested tip amounts",
}
_OBJECTS = {
    "InlineKeyboardButton": "inline keyboard button",
    "KeyboardButton": "keyboard button",
    "LabeledPrice": "labeled price",
}
_BY_THEIR_NAME = ("MessageEntity", "BotCommandScope", "BotCommand", "InputMedia", "ReactionType")
_JSON_TYPES = {"str": "String", "int": "Number", "float": "Number", "bool": "Boolean"}


def missing(name: str) -> str:
    """Return what is said where a parameter is not given."""
    return _MISSING.get(name, f'parameter "{name}" is required')


def unreadable(name: str) -> str:
    """Return what is said where a parameter's JSON is broken."""
    return f"can't parse {_UNREADABLE.get(name, name)} JSON object"


def no_object(name: str) -> str | None:
    """Return what is said where a parameter should be an Object and is none; None where it is unknown."""
    return _NO_OBJECT.get(name)


def no_array(name: str) -> str | None:
    """Return what is said where a parameter should be an Array and is none; None where it is unknown."""
    return _NO_ARRAY.get(name)


def field_missing(owner: str, field: str) -> str | None:
    """Return what is said where an object of a type lacks a field; None where it is unknown."""
    if field == "media":
        return _of(owner, "media not found")
    return _of(owner, f'Can\'t find field "{field}"')


def field_of_wrong_type(owner: str, field: str, kind: Any) -> str | None:
    """Return what is said where an object's field is not of its type; None where it is unknown."""
    wanted = _JSON_TYPES.get(kind) if isinstance(kind, str) else None
    return wanted and _of(owner, f'Field "{field}" must be of type {wanted}')


def _of(owner: str, problem: str) -> str | None:
    name = _OBJECTS.get(owner) or next((name for name in _BY_THEIR_NAME if owner.startswith(name)), None)
    return f"can't parse {name}: {problem}" if name else None
