"""Answers to what a person asked: a pressed button, a pre-checkout."""

from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import Json, JsonObject, present
from sandbox.telegram.world import World

_ANSWER_LIMIT = 200


async def answer_callback_query(world: World, parameters: JsonObject) -> Json:
    """Answer a press, with a notice or an alert or with nothing."""
    text = parameters.get("text")
    if text is not None and len(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = present(text=text, show_alert=parameters.get("show_alert", False), url=parameters.get("url"))
    world.presses.answer(parameters["callback_query_id"], answer)
    return True


async def answer_pre_checkout_query(world: World, parameters: JsonObject) -> Json:
    """Let a payment go on, or say why not."""
    if not parameters["ok"] and not parameters.get("error_message"):
        raise bad_request("there must be an error message if the query is not ok")
    world.checkouts.answer(
        parameters["pre_checkout_query_id"],
        present(ok=parameters["ok"], error_message=parameters.get("error_message")),
    )
    return True
