"""A circuit breaker: a backend that fails again and again is left alone for a while, then tried with one call."""

import time
from collections.abc import Callable

TRIPS_AT = 5
"""Failures in a row."""
FIRST_PAUSE = 15.0
"""Seconds; doubles with each trial that fails, up to LONGEST_PAUSE."""
LONGEST_PAUSE = 240.0
LASTING_PAUSE = 20.0
"""Seconds between two trials of a backend with a wrong key or an empty balance: the owner may have mended it."""
TRIAL_PATIENCE = 60.0
"""Seconds after which a trial that brought no word counts for nothing and another may begin."""


class Breaker:
    """The state of one backend in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until: float | None = None
        self._trial_until = 0.0
        self.lasting: str | None = None
        """Why every order would fail there, where that is known."""

    @property
    def seconds_left(self) -> float:
        """How long nobody should call; 0 where a call, or a trial, may begin."""
        if self._open_until is None:
            return 0.0
        return max(self._open_until, self._trial_until) - self._clock() if self._is_shut else 0.0

    def begin(self) -> None:
        """A call goes out; while the breaker is not closed it is the trial, and the only one."""
        if self._open_until is not None:
            self._trial_until = self._clock() + TRIAL_PATIENCE

    def succeeded(self) -> None:
        """The backend did its work."""
        self._failures, self._pause = 0, FIRST_PAUSE
        self._open_until, self._trial_until, self.lasting = None, 0.0, None

    def failed(self) -> None:
        """The backend failed, in a way that may pass."""
        self._failures += 1
        if self._open_until is not None:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self._open_until is not None or self._failures >= TRIPS_AT:
            self._open_until, self._trial_until = self._clock() + self._pause, 0.0

    def suspend(self, reason: str) -> None:
        """The backend would fail every order."""
        self.lasting = reason
        self._open_until, self._trial_until = self._clock() + LASTING_PAUSE, 0.0

    @property
    def _is_shut(self) -> bool:
        return self._open_until is not None and self._clock() < max(self._open_until, self._trial_until)
