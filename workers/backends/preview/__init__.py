"""A backend without any AI: filters on the person's own photo, on the CPU, marked as previews."""

from workers.backends.preview.backend import PreviewBackend

__all__ = ["PreviewBackend"]
