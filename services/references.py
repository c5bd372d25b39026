"""What receipts bear: a reference that nobody guesses, and that can be read out."""

import secrets

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters that are not mistaken for one another."""


def random_reference(prefix: str) -> str:
    """Two groups of five letters behind a prefix: DP-7KQ2M-XW4HB."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{prefix}-{letters[:5]}-{letters[5:]}"
