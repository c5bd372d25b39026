"""Stars and tokens: what is bought, given, returned, and whether the books agree with each other and with Telegram."""
