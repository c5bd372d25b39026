"""Tags as people type them: apart by spaces, or by commas where a tag itself has a space."""

import re

_SEPARATORS = re.compile(r"[,;\n]+")


def tags_in(text: str) -> list[str]:
    """The tags of one message, each as it was typed; those without a letter or a digit are none."""
    parts = _SEPARATORS.split(text)
    if len(parts) == 1:
        parts = text.split()
    return [part.strip() for part in parts if any(sign.isalnum() for sign in part)]
