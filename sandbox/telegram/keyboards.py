"""Keyboards under messages: what Telegram refuses in them, and how a person finds a button."""

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import JsonObject

CALLBACK_DATA_LIMIT_BYTES = 64

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
_STYLES = frozenset({"danger", "success", "primary"})


def inline_keyboard(markup: JsonObject | None) -> JsonObject | None:
    """Return the inline keyboard of a reply markup as a message carries it, checked; None where there is none."""
    if markup is None or "inline_keyboard" not in markup:
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    for row in rows:
        for button in row:
            _check(button)
    return {"inline_keyboard": rows} if rows else None


def reply_keyboard(markup: JsonObject | None) -> JsonObject | None:
    """Return a markup that changes the keyboard below the chat, or None."""
    return markup if markup is not None and "inline_keyboard" not in markup else None


def _check(button: JsonObject) -> None:
    if not button["text"]:
        raise bad_request("text buttons are unallowed in the inline keyboard: a button's text is empty")
    actions = _ACTIONS & button.keys()
    if not actions:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"a button has more than one action: {', '.join(sorted(actions))}")
    if (data := button.get("callback_data")) is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_LIMIT_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not button["url"].startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if button.get("style", "primary") not in _STYLES:
        raise bad_request("inline keyboard button style is invalid")


def find_button(markup: JsonObject | None, data: str | None, text: str | None) -> JsonObject | None:
    """Return the button of a keyboard with that callback data, or that text."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    for row in rows:
        for button in row:
            same_data = data is not None and button.get("callback_data") == data
            if same_data or (data is None and text is not None and button["text"] == text):
                return dict(button)
    return None
