"""The one error of this room."""


class BadMesh(Exception):
    """The bytes are no model that the house would keep, show or hand on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        """Stable word for logs, metrics and texts, e.g. `truncated`."""
        self.message = message
        """For operators; quotes nothing longer than a word from the file."""
