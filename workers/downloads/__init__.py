"""The one way by which results come in from vendors: guarded, bounded, and without any credentials."""

from workers.downloads.client import Download, Downloads, Timeouts
from workers.downloads.errors import DownloadError, DownloadFailed, DownloadRefused, Failure, Refusal

__all__ = [
    "Download",
    "DownloadError",
    "DownloadFailed",
    "DownloadRefused",
    "Downloads",
    "Failure",
    "Refusal",
    "Timeouts",
]
