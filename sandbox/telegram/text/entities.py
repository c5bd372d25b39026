"""MessageEntity objects: what a bot may give, what Telegram finds by itself, and their order.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API ("MessageEntity").
"""

import re

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.links import WrongLink, checked_link, user_of_link
from sandbox.telegram.wire import JsonObject

_ENTITIES_LIMIT = 100
_OFFSET_LIMIT = 1_000_000
_GIVEN = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "blockquote",
        "expandable_blockquote",
        "date_time",
    }
)
# Telegram finds these itself and passes over those that a bot names.
_FOUND_ONLY = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
_NEEDED = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}
_OUTERMOST_FIRST = ("blockquote", "expandable_blockquote", "pre", "code", "text_link", "text_mention")

_FOUND = re.compile(
    r"(?P<url>(?:https?|tg)://[^\s<>\"]*[^\s<>\".,!?;:')\]]"
    r"|(?<![\w@./])(?:[a-zA-Z0-9-]+\.)+(?:com|org|net|me|io|ru|app|dev|info|example)\b(?:/[^\s<>\"]*[^\s<>\".,!?;:')\]])?)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,8}(?!\w))"
    r"|(?<![\w/])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[a-zA-Z][a-zA-Z0-9_]{3,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>\#(?=\w*[^\W\d])\w{1,256})"
    r"|(?<!\w)(?P<cashtag>\$[A-Z]{1,8})(?!\w)"
)


def utf16_length(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def link_entity(link: str) -> JsonObject | None:
    """Return what a link in markup becomes: a mention of a user by id, a link, or nothing where it is no link."""
    if (user_id := user_of_link(link)) is not None:
        return {"type": "text_mention", "user": {"id": user_id}}
    try:
        return {"type": "text_link", "url": checked_link(link)}
    except WrongLink:
        return None


def read_entities(given: list[JsonObject]) -> list[JsonObject]:
    """Return the entities that a bot gave, checked; those that Telegram finds itself are passed over."""
    kept: list[JsonObject] = []
    for entity in given:
        kind = entity["type"]
        if kind in _FOUND_ONLY:
            continue
        if kind not in _GIVEN:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        if (needed := _NEEDED.get(kind)) and needed not in entity:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{needed}\"")
        if not 0 <= entity["offset"] <= _OFFSET_LIMIT:
            raise bad_request(f"receive an entity with incorrect offset {entity['offset']}")
        if not 0 <= entity["length"] <= _OFFSET_LIMIT:
            raise bad_request(f"receive an entity with incorrect length {entity['length']}")
        place = {"offset": entity["offset"], "length": entity["length"]}
        if kind == "text_link":
            if link := link_entity(entity["url"]):
                kept.append({**link, **place})
        elif entity["length"]:
            kept.append(dict(entity))
    return in_order(kept)


def check_places(text: str, entities: list[JsonObject]) -> None:
    """Refuse entities that begin or end outside the text, or in the middle of a character."""
    length = utf16_length(text)
    inside = _middles(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start > length:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {start}")
        if end > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
            )
        if start in inside:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {inside[start]}")
        if end in inside:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol"
                f" at byte offset {inside[end]}"
            )


def with_found(text: str, entities: list[JsonObject]) -> list[JsonObject]:
    """Add links, addresses, commands, mentions and tags that stand in the text and outside other entities.

    Inside bold and its like they are found too; code, quotes of code and links keep their insides.
    """
    closed = [e for e in entities if e["type"] in ("code", "pre", "text_link", "text_mention", "custom_emoji")]
    found = list(entities)
    for match in _FOUND.finditer(text):
        start, length = utf16_length(text[: match.start()]), utf16_length(match[0])
        if all(e["offset"] + e["length"] <= start or start + length <= e["offset"] for e in closed):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return in_order(found)[:_ENTITIES_LIMIT]


def in_order(entities: list[JsonObject]) -> list[JsonObject]:
    """Sort entities as Telegram does: by place, the longer first, the outer kinds first."""

    def rank(entity: JsonObject) -> tuple[int, int, int]:
        kind = entity["type"]
        outer = _OUTERMOST_FIRST.index(kind) if kind in _OUTERMOST_FIRST else len(_OUTERMOST_FIRST)
        return int(entity["offset"]), -int(entity["length"]), outer

    return sorted(entities, key=rank)


def _middles(text: str) -> dict[int, int]:
    """Return the UTF-16 offsets that fall inside a character, each with the byte offset after it."""
    middles: dict[int, int] = {}
    offset = at_byte = 0
    for character in text:
        at_byte += len(character.encode())
        if character > "\uffff":
            middles[offset + 1] = at_byte
            offset += 1
        offset += 1
    return middles
