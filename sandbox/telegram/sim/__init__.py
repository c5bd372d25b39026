"""The control API `/sim`: be a person in the chat, watch the bot's calls, make things fail."""
