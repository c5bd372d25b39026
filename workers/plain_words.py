"""A vendor's words on a call, fit for logs and a task's story: it quotes what it was given as it likes."""

from dataclasses import replace

from config.redaction import hide_links
from services.offers import Offer
from services.orders import RegisterOrder, StepOrder, TrainOrder
from workers.backends.base import Failed

HIDDEN = "***"


def without_secrets(failure: Failed, order: StepOrder, offer: Offer | None) -> Failed:
    """The failure without links, the words that wake a person's model, and the whole prompt."""
    message = hide_links(failure.message)
    for secret in _secrets(order, offer):
        message = message.replace(secret, HIDDEN)
    return replace(failure, message=message)


def _secrets(order: StepOrder, offer: Offer | None) -> list[str]:
    """The longest first: the prompt holds the others."""
    secrets = [*offer.secret_words, offer.words] if offer is not None else []
    if isinstance(order, TrainOrder | RegisterOrder):
        secrets.append(order.trigger_word)
    return sorted(filter(None, secrets), key=len, reverse=True)
