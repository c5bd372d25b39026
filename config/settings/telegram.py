"""How the bot and Telegram, or its stand-in, find each other."""

from config.settings.given import GivenSettings

TELEGRAM = "https://api.telegram.org"
SANDBOX_TOKEN = "4242:SANDBOX-only-this-machine-knows-it"  # noqa: S105 - opens nothing but the stand-in on loopback


class TelegramSettings(GivenSettings):
    """The Bot API server that is used, and where it finds us."""

    @property
    def telegram_token(self) -> str:
        """The token that the bot really uses."""
        return self.bot_token or SANDBOX_TOKEN

    @property
    def telegram_base_url(self) -> str:
        """The Bot API server that the bot really uses."""
        if self.sandbox:
            return f"http://127.0.0.1:{self.sandbox_port}"
        return self.telegram_api_url or TELEGRAM

    @property
    def own_url(self) -> str:
        """Where others reach this API; the sandboxes know this machine."""
        if self.public_base_url or not self.sandbox:
            return self.public_base_url
        host = "127.0.0.1" if self.api_host in ("0.0.0.0", "::") else self.api_host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.api_port}"

    @property
    def webhook_url(self) -> str:
        """Where Telegram sends updates in webhook mode."""
        return f"{self.own_url}/webhooks/telegram"
