"""How long predictions usually take, learned model by model, and when it is worth asking about one."""

from dataclasses import dataclass

LONGEST_WAIT = 5.0
"""Seconds between two questions about one that takes longer than usual."""
_LEARNING = 0.2
"""The share of the newest duration in what is learned."""
_MOST_MODELS = 1000


@dataclass(slots=True)
class _Usual:
    seconds: float
    spread: float


class Durations:
    """The usual duration by model, and the pace of questions that follows from it."""

    def __init__(self, shortest_wait: float) -> None:
        """Seconds between two questions about one prediction when its end is near."""
        self._shortest_wait = shortest_wait
        self._usual: dict[str, _Usual] = {}

    def learn(self, model: str, seconds: float) -> None:
        """One more prediction of this model has succeeded, and took so long."""
        usual = self._usual.get(model)
        if usual is not None:
            usual.spread += _LEARNING * (abs(seconds - usual.seconds) - usual.spread)
            usual.seconds += _LEARNING * (seconds - usual.seconds)
        elif len(self._usual) < _MOST_MODELS:
            self._usual[model] = _Usual(seconds, seconds / 10)

    def until_near_end(self, model: str, age: float) -> float:
        """Seconds until a prediction of this age may soon be done; 0 where that is now, or nobody knows."""
        usual = self._usual.get(model)
        if usual is None:
            return 0.0
        return max(usual.seconds - 2 * usual.spread - self._shortest_wait / 2 - age, 0.0)

    def until_next(self, model: str, age: float) -> float:
        """Seconds to wait before the next question about a prediction of this age in seconds."""
        usual = self._usual.get(model)
        if usual is None:
            return min(max(0.15 * age, self._shortest_wait), LONGEST_WAIT)
        waiting = self.until_near_end(model, age)
        if waiting > 0:
            return max(waiting, self._shortest_wait)
        late = age - usual.seconds - 3 * usual.spread
        return min(max(0.25 * late, self._shortest_wait), LONGEST_WAIT)
