"""A process that dies at a durable write, without the process: what it would have done after that is never done."""

from pathlib import Path

from config.failpoints import Failpoints, Write


class Died(BaseException):
    """Nothing of ours catches it, as nothing catches SIGKILL."""


class Dying(Failpoints):
    """Dies right before or right after the nth time that something is written."""

    def __init__(self, write: Write, side: str, occasion: int = 1) -> None:
        super().__init__(Path("/nowhere"))
        self._point = f"{write.value}.{side}"
        self._left = occasion

    @property
    def has_struck(self) -> bool:
        """Whether it has happened."""
        return self._left == 0

    def _pass(self, point: str) -> None:
        if point == self._point and self._left:
            self._left -= 1
            if not self._left:
                raise Died(point)
