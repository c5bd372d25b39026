"""The vendor Replicate behind the protocol of all backends."""

from workers.backends.replicate.backend import ReplicateBackend

__all__ = ["ReplicateBackend"]
