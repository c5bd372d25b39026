"""Tokens: how many there are, and what for."""
