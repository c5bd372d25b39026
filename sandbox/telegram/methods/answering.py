"""Answers to what a person asked: a pressed button, a pre-checkout."""

from urllib.parse import urlsplit

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject, present
from sandbox.telegram.world import World

_ANSWER_LIMIT = 200


async def answer_callback_query(world: World, parameters: JsonObject) -> Json:
    """Answer a press, with a notice or an alert or with nothing."""
    text, url = parameters.get("text"), parameters.get("url")
    if text is not None and len(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and not _opens_this_bot(world, url):
        raise bad_request("URL_INVALID")
    answer = present(text=text, show_alert=parameters.get("show_alert", False), url=url)
    world.presses.answer(parameters["callback_query_id"], answer)
    return True


async def answer_pre_checkout_query(world: World, parameters: JsonObject) -> Json:
    """Let a payment go on, or say why not."""
    if not parameters["ok"] and not parameters.get("error_message"):
        raise bad_request('parameter "error_message" is required')
    world.checkouts.answer(
        parameters["pre_checkout_query_id"],
        present(ok=parameters["ok"], error_message=parameters.get("error_message")),
    )
    return True


def _opens_this_bot(world: World, url: str) -> bool:
    """Without a game, a press may only open a link like t.me/your_bot?start=XXXX ("answerCallbackQuery")."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    name = parts.path.strip("/").lower()
    return parts.hostname == "t.me" and name == world.profile.user()["username"].lower() and "start=" in parts.query
