"""A client of Redis whose commands travel together: whatever is asked while an answer is on its way goes in one write.

An update asks Redis three small things, one after the other. With many updates in hand most of what those trips cost
was the writing to sockets; alone, a command still leaves at once.
"""

import asyncio
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

PATIENCE = 5.0
"""Seconds after which a trip counts as lost, with everything that travels in it."""


class SharedTrips(Redis):
    """The client of a process that asks only what is answered at once: a command that blocks would hold up the others.

    Each command is answered, refused or lost by itself, as on a connection of its own; nothing is promised about
    their order. Raises redis.exceptions.TimeoutError where Redis says nothing for long.
    """

    def __init__(self, **connection: Any) -> None:
        super().__init__(**connection)
        self._asked: list[_Command] = []
        self._travelling: asyncio.Task[None] | None = None

    async def execute_command(self, *words: Any, **options: Any) -> Any:
        """The answer to one command; its own words and options are redis-py's."""
        command = _Command(words, options)
        self._asked.append(command)
        if self._travelling is None:
            self._travelling = asyncio.create_task(self._travel())
        return await command.answer

    async def _travel(self) -> None:
        """One trip after another, until nothing is asked any more."""
        try:
            while self._asked:
                together, self._asked = self._asked, []
                try:
                    async with asyncio.timeout(PATIENCE):
                        answers = await self._answers(together)
                except TimeoutError:
                    answers = [RedisTimeoutError("Redis says nothing")] * len(together)
                except Exception as error:  # noqa: BLE001 - handed on to everybody who asked
                    answers = [error] * len(together)
                for command, answer in zip(together, answers, strict=True):
                    command.tell(answer)
        finally:
            self._travelling = None

    async def _answers(self, together: "list[_Command]") -> list[Any]:
        if len(together) == 1:
            alone = together[0]
            return [await super().execute_command(*alone.words, **alone.options)]  # type: ignore[no-untyped-call]
        async with self.pipeline(transaction=False) as trip:
            for command in together:
                trip.execute_command(*command.words, **command.options)
            return await trip.execute(raise_on_error=False)


class _Command:
    """What somebody asks, and waits for."""

    def __init__(self, words: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.words = words
        self.options = options
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def tell(self, answer: Any) -> None:
        if self.answer.done():  # nobody waits any more
            return
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)
