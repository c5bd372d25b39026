"""The sentence for what went wrong."""

from bot.texts import Translate
from services.errors import NotEnoughTokens, ProductError


def error_text(t: Translate, error: ProductError) -> str:
    """What the person is told, as plain text that fits an alert (200 characters)."""
    fields = dict(error.fields)
    if isinstance(error, NotEnoughTokens):
        fields["missing"] = int(fields["price"]) - int(fields["tokens_left"])
    return t.plain(f"error-{error.code}", **fields)
