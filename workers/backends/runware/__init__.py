"""Runware: pictures, enlargements and solids, made by a vendor that is paid for each."""

from workers.backends.runware.backend import RunwareBackend
from workers.backends.runware.pace import Pace
from workers.backends.runware.watch import Patience

__all__ = ["Pace", "Patience", "RunwareBackend"]
