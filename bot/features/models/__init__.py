"""The person's own models: how good they are, what can be done with them, their end."""
