"""Getting updates, by long polling or by webhook, and the end of a bot's session."""

import re
from urllib.parse import urlsplit

from sandbox.telegram.refusals import bad_request, conflict
from sandbox.telegram.webhook import CONNECTIONS, WebhookSettings
from sandbox.telegram.wire import Described, Json, JsonObject
from sandbox.telegram.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_SECRET_LIMIT = 256
_CONNECTIONS_LIMIT = 100
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = frozenset({443, 80, 88, 8443})


async def get_updates(world: World, parameters: JsonObject) -> Json:
    """Long polling; refused while a webhook is set."""
    if world.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    if (kinds := parameters.get("allowed_updates")) is not None:
        world.updates.allow(kinds)
    return await world.updates.poll(
        parameters.get("offset", 0), parameters.get("limit", 100), max(parameters.get("timeout", 0), 0)
    )


async def set_webhook(world: World, parameters: JsonObject) -> Json:
    """Send updates to an address; an empty one goes back to polling.

    Telegram wants HTTPS on one of four ports; this server takes HTTP on any port of this machine as well.
    """
    url = parameters["url"]
    if not url:
        return await delete_webhook(world, parameters)
    _check_address(url)
    secret = parameters.get("secret_token") or ""
    if len(secret) > _SECRET_LIMIT:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if (kinds := parameters.get("allowed_updates")) is not None:
        world.updates.allow(kinds)
    if parameters.get("drop_pending_updates"):
        world.updates.confirm_all()
    settings = WebhookSettings(
        url=url,
        secret_token=secret or None,
        max_connections=min(max(parameters.get("max_connections", CONNECTIONS), 1), _CONNECTIONS_LIMIT),
        ip_address=parameters.get("ip_address"),
        has_certificate="certificate" in parameters,
    )
    if world.webhook.settings == settings:
        return Described(True, "Webhook is already set")
    await world.webhook.set(settings)
    return Described(True, "Webhook was set")


async def delete_webhook(world: World, parameters: JsonObject) -> Json:
    """Go back to polling."""
    if parameters.get("drop_pending_updates"):
        world.updates.confirm_all()
    if not world.webhook.url:
        return Described(True, "Webhook is already deleted")
    await world.webhook.set(WebhookSettings())
    return Described(True, "Webhook was deleted")


async def get_webhook_info(world: World, parameters: JsonObject) -> Json:
    """Tell how delivery stands."""
    return world.webhook.info()


async def close(world: World, parameters: JsonObject) -> Json:
    """End the session on this server, to move the bot to another; the next call begins a new one."""
    if world.webhook.url:
        await world.webhook.set(WebhookSettings())
    world.updates.release()
    return True


async def log_out(world: World, parameters: JsonObject) -> Json:
    """Leave this server for another: updates that wait are dropped, and nothing is answered any more.

    At Telegram's own servers it takes ten minutes to come back; here POST /sim/settings does it.
    """
    if world.webhook.url:
        await world.webhook.set(WebhookSettings())
    world.updates.confirm_all()
    world.updates.release()
    world.profile.is_logged_out = True
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise bad_request("invalid webhook URL specified") from error
    if not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if parts.hostname in _LOOPBACK and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
