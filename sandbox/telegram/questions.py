"""Questions that wait for the bot's answer: a pressed button, a pre-checkout."""

import asyncio
import secrets
from collections.abc import Callable

from sandbox.telegram.refusals import query_too_old
from sandbox.telegram.wire import JsonObject


class Questions:
    """Open questions of one kind, by id. Each takes one answer, in time."""

    def __init__(self, answerable_seconds: float, clock: Callable[[], float]) -> None:
        self._answerable_seconds = answerable_seconds
        self._clock = clock
        self._open: dict[str, tuple[float, asyncio.Future[JsonObject]]] = {}

    def ask(self) -> str:
        """Open a question and return its id."""
        self._forget_old()
        question_id = str(secrets.randbelow(10**18) + 10**18)
        self._open[question_id] = (self._clock(), asyncio.get_running_loop().create_future())
        return question_id

    def answer(self, question_id: str, answer: JsonObject) -> None:
        """Answer a question; refuses a second answer, a late one and an unknown id."""
        self._forget_old()
        found = self._open.get(question_id)
        if found is None or found[1].done():
            raise query_too_old()
        found[1].set_result(answer)

    async def answer_to(self, question_id: str, timeout: float) -> JsonObject | None:
        """Wait up to `timeout` seconds for the answer to an open question; None where none came in time."""
        _, answer = self._open[question_id]
        await asyncio.wait([answer], timeout=timeout)
        return answer.result() if answer.done() and not answer.cancelled() else None

    def release(self) -> None:
        """End every wait for an answer: the server stops."""
        for _, answer in self._open.values():
            answer.cancel()

    def _forget_old(self) -> None:
        horizon = self._clock() - self._answerable_seconds
        for question_id, (asked_at, answer) in list(self._open.items()):
            if asked_at >= horizon:
                return
            answer.cancel()
            del self._open[question_id]
