"""Getting updates: long polling and webhooks."""

import re
from urllib.parse import urlsplit

from sandbox.telegram.refusals import bad_request, conflict
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def get_updates(world: World, parameters: JsonObject) -> Json:
    """Long polling; refused while a webhook is set."""
    if world.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    if (kinds := parameters.get("allowed_updates")) is not None:
        world.updates.allow(kinds)
    return await world.updates.poll(
        parameters.get("offset", 0), parameters.get("limit", 100), parameters.get("timeout", 0)
    )


async def set_webhook(world: World, parameters: JsonObject) -> Json:
    """Send updates to an address; an empty one goes back to polling."""
    url = parameters["url"]
    parts = urlsplit(url)
    # Telegram wants HTTPS; on this machine plain HTTP is the same wire.
    if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = parameters.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if (kinds := parameters.get("allowed_updates")) is not None:
        world.updates.allow(kinds)
    if parameters.get("drop_pending_updates"):
        world.updates.confirm_all()
    connections = min(max(parameters.get("max_connections", 40), 1), 100)
    await world.webhook.set(url, secret, connections, parameters.get("ip_address"))
    return True


async def delete_webhook(world: World, parameters: JsonObject) -> Json:
    """Go back to polling."""
    if parameters.get("drop_pending_updates"):
        world.updates.confirm_all()
    await world.webhook.set("", None, 40, None)
    return True


async def get_webhook_info(world: World, parameters: JsonObject) -> Json:
    """Tell how delivery stands."""
    return world.webhook.info()
