"""Inviting friends: the link, and what it brought."""
