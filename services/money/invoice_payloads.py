"""What an invoice carries through Telegram and back: which offer it is, signed, so that nobody can write one but us."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from repository.products import Invoice

_SIGNATURE_BYTES = 18
_VERSION = "1"
_FIELDS = 6


@dataclass(frozen=True, slots=True)
class InvoiceClaim:
    """What a payload that bears our signature says."""

    invoice_id: int
    user_id: int
    product_code: str
    currency: str
    amount: int
    """In minor units."""


class InvoicePayloads:
    """Writes and reads payloads: at most 128 bytes of ASCII, Telegram's limit."""

    def __init__(self, secret: str) -> None:
        """The installation's secret; payloads are signed with a key of their own that is made from it."""
        self._key = hmac.digest(secret.encode(), b"invoice payload", hashlib.sha256)

    def write(self, invoice: Invoice) -> str:
        """The payload of an invoice."""
        offer = f"{invoice.product_code}.{invoice.currency}.{invoice.amount}"
        claim = f"{_VERSION}.{invoice.invoice_id}.{invoice.user_id}.{offer}"
        return f"{claim}.{self._sign(claim)}"

    def read(self, payload: str) -> InvoiceClaim | None:
        """What the payload says; None where it is not ours or was changed."""
        claim, _, signature = payload.rpartition(".")
        if not hmac.compare_digest(self._sign(claim).encode(), signature.encode()):
            return None
        fields = claim.split(".")
        if len(fields) != _FIELDS or fields[0] != _VERSION:
            return None
        _, invoice_id, user_id, product_code, currency, amount = fields
        return InvoiceClaim(int(invoice_id), int(user_id), product_code, currency, int(amount))

    def _sign(self, claim: str) -> str:
        digest = hmac.digest(self._key, claim.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode()
