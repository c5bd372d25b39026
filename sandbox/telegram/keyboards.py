"""Keyboards under messages: what Telegram refuses in them, and how a person finds a button.

The words are those of telegram-bot-api and TDLib's ReplyMarkup. How large a keyboard may be is known from use only
(limits.tginfo.me): Telegram cuts or refuses what is larger, here it is always refused.
"""

from collections.abc import Callable

import orjson

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.text.links import WrongLink, checked_link, user_of_link, web_app_link
from sandbox.telegram.wire import JsonObject

CALLBACK_DATA_LIMIT_BYTES = 64
_INLINE_BUTTONS_LIMIT = 100
_INLINE_ROW_LIMIT = 8
_REPLY_BUTTONS_LIMIT = 300
_REPLY_ROW_LIMIT = 12
_KEYBOARD_LIMIT_BYTES = 10 * 1024
_COPIED_TEXT_LIMIT = 256
_PLACEHOLDER_LIMIT = 64

_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
        "disabled",
    }
)
_STYLES = frozenset({"danger", "success", "primary", "default", ""})


def inline_keyboard(markup: JsonObject | None, *, pays: bool = False) -> JsonObject | None:
    """Return the inline keyboard of a reply markup as a message carries it, checked; None where there is none.

    Only an invoice `pays`: its first button, and no other.
    """
    if markup is None or "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    _check_size(rows, _INLINE_BUTTONS_LIMIT, _INLINE_ROW_LIMIT)
    first = rows[0][0] if rows else None
    for row in rows:
        for button in row:
            _check_inline(button)
            if "pay" in button and not (pays and button is first):
                raise bad_request("BUTTON_POS_INVALID" if pays else "BUTTON_TYPE_INVALID")
    if pays and first is not None and "pay" not in first:
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    return {"inline_keyboard": [[_written(button) for button in row] for row in rows]} if rows else None


def reply_keyboard(markup: JsonObject | None) -> JsonObject | None:
    """Return a markup that changes the keyboard below the chat, checked, or None."""
    if markup is None or "inline_keyboard" in markup:
        return None
    rows: list[list[JsonObject]] = markup.get("keyboard", [])
    _check_size(rows, _REPLY_BUTTONS_LIMIT, _REPLY_ROW_LIMIT)
    if len(markup.get("input_field_placeholder", "")) > _PLACEHOLDER_LIMIT:
        raise bad_request("reply markup placeholder is too long")
    for row in rows:
        for button in row:
            if not button["text"]:
                raise bad_request("keyboard button text must be non-empty")
            _check_style(button)
            if web_app := button.get("web_app"):
                _check_link(web_app_link, web_app["url"], "keyboard button Web App")
    return markup


def find_button(markup: JsonObject | None, data: str | None, text: str | None) -> JsonObject | None:
    """Return the button of a keyboard with that callback data, or that text."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    for row in rows:
        for button in row:
            same_data = data is not None and button.get("callback_data") == data
            if same_data or (data is None and text is not None and button["text"] == text):
                return dict(button)
    return None


def _check_size(rows: list[list[JsonObject]], buttons: int, in_row: int) -> None:
    if any(len(row) > in_row for row in rows):
        raise bad_request(f"reply markup is too long: a row has at most {in_row} buttons")
    if sum(map(len, rows)) > buttons:
        raise bad_request(f"reply markup is too long: a keyboard has at most {buttons} buttons")
    if len(orjson.dumps(rows)) > _KEYBOARD_LIMIT_BYTES:
        raise bad_request("reply markup is too long")


def _check_inline(button: JsonObject) -> None:
    if not button["text"]:
        raise bad_request("inline keyboard button text must be non-empty")
    _check_style(button)
    actions = {name for name in _ACTIONS & button.keys() if button[name] != ""} | _empty_searches(button)
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        # Telegram takes the first it knows and drops the rest, which hides a mistake.
        raise bad_request(f"can't parse inline keyboard button: more than one action: {', '.join(sorted(actions))}")
    match next(iter(actions)):
        case "callback_data":
            if not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA_LIMIT_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            if user_of_link(button["url"]) is None:
                _check_link(checked_link, button["url"], "inline keyboard button")
        case "web_app":
            _check_link(web_app_link, button["web_app"]["url"], "inline keyboard button Web App")
        case "login_url":
            _check_link(web_app_link, button["login_url"]["url"], "inline keyboard button login")
        case "copy_text":
            if not 1 <= len(button["copy_text"]["text"]) <= _COPIED_TEXT_LIMIT:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "callback_game":
            raise bad_request("BUTTON_TYPE_INVALID")
        case _:
            pass


def _empty_searches(button: JsonObject) -> set[str]:
    """An empty inline search is an action too: the person gets just the bot's name."""
    return {name for name in ("switch_inline_query", "switch_inline_query_current_chat") if button.get(name) == ""}


def _check_style(button: JsonObject) -> None:
    if button.get("style", "").lower() not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")


def _check_link(check: Callable[[str], str], link: str, of: str) -> None:
    try:
        check(link)
    except WrongLink as reason:
        raise bad_request(f"{of} {reason}") from reason


def _written(button: JsonObject) -> JsonObject:
    """Return a button as Telegram sends it back: links in full, no default style."""
    written = dict(button)
    if (url := button.get("url")) is not None and user_of_link(url) is None:
        written["url"] = checked_link(url)
    if (style := button.get("style")) is not None:
        written["style"] = style.lower()
        if style.lower() in ("", "default"):
            del written["style"]
    return written
