"""The Telegram door: it translates presses into calls of services, and what came of them into screens."""
