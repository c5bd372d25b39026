"""A Telegram Bot API server on loopback: any Bot API client can use it, and people chat with the bot in a page."""
