"""An order as one vendor can make it: see services.catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferedLora:
    """A LoRA under its vendor's name."""

    vendor_id: str
    weight: float


@dataclass(frozen=True, slots=True)
class Offer:
    """An order as one vendor can make it."""

    backend: str
    vendor_id: str
    """The vendor's name of the model."""
    words: str
    """The whole prompt: trigger words and whom they stand for, the style's words, the person's own."""
    steps: int
    """As many as ordered, or the most that this vendor's model makes."""
    loras: tuple[OfferedLora, ...]
    estimated_microusd: int
    """About what the order costs there, in millionths of a US dollar."""
    secret_words: tuple[str, ...] = ()
    """Those of `words` that wake a person's own model."""
