"""What a walk knows so far: screens, the ways out of each, where each way led, and which are still to be tried."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.e2e.crawler.screen import Choice, Screen
from tests.e2e.crawler.wording import commands_in

ITEMS_TRIED = 3
"""Items of a list that are tried before all are taken to be the same, if they led to the same screen."""
TRIES = 3
"""Times that a way is looked for before it is given up: some screens come once in a life."""
SECTIONS = "open:"
"""Buttons that open a part of the bot are no list, however alike those parts are built."""
FROM_ANYWHERE = ""
"""The place of commands."""


class Act(StrEnum):
    """What a person does on a screen."""

    PRESS = "press"
    SAY = "say"
    SEND_PHOTO = "send"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a screen."""

    place: str
    """The screen's identity."""
    act: Act
    key: str
    """Which button, words or command."""
    kind: str = ""
    """What the items of one list share."""
    is_grave: bool = False

    def __str__(self) -> str:
        return f"{self.act} {self.key}" + (f" on {self.place}" if self.place else "")


@dataclass
class Graph:
    """A map that grows while it is walked. thorough: every item of every list."""

    thorough: bool = False
    ways: dict[Way, list[str]] = field(default_factory=dict)
    """Where each way led, as often as it was gone; the last is believed."""
    seen: dict[str, Screen] = field(default_factory=dict)
    """An example of each screen."""
    homes: set[str] = field(default_factory=set)
    """The main menu, in all its forms."""
    passing: set[str] = field(default_factory=set)
    """Screens that the bot itself replaces: a task in the making."""
    trails: dict[str, list[tuple[Way, ...]]] = field(default_factory=dict)
    """The steps that led to a screen first, from a fresh start and the last few."""
    _misses: dict[Way, int] = field(default_factory=dict)

    def for_somebody_else(self) -> "Graph":
        """The same map for a person in another state: the entrances are to be tried anew, what is behind them only
        where it is new."""
        entrances = {way for way in self.ways if way.act is Act.COMMAND or way.place in self.homes}
        ways = {way: [] if way in entrances else list(led) for way, led in self.ways.items() if led or way in entrances}
        return Graph(self.thorough, ways, dict(self.seen), set(self.homes), set(self.passing), dict(self.trails))

    def note(self, screen: Screen, others: Iterable[Way] = ()) -> None:
        """A screen was seen; others: ways out of it that are no buttons."""
        self.seen.setdefault(screen.identity, screen)
        for choice in screen.choices:
            self.ways.setdefault(way_of(screen.identity, choice), [])
        for command in commands_in(screen.text):
            self.note_command(command)
        for way in others:
            self.ways.setdefault(way, [])

    def note_command(self, command: str) -> None:
        """A command that can be said at any time."""
        self.ways.setdefault(Way(FROM_ANYWHERE, Act.COMMAND, command), [])

    def led(self, way: Way, to: str) -> None:
        """A way was gone, and led there."""
        self.ways.setdefault(way, []).append(to)

    def missed(self, way: Way) -> None:
        """The way was looked for, and its screen did not come again."""
        self._misses[way] = self.misses_of(way) + 1

    def misses_of(self, way: Way) -> int:
        """How often it was looked for in vain."""
        return self._misses.get(way, 0)

    def open_ways(self) -> list[Way]:
        """What is still to be tried, harmless things before grave ones."""
        untried = [way for way, led in self.ways.items() if not led and self.misses_of(way) < TRIES]
        tried = self._tried_of_each_kind()
        wanted = [way for way in untried if self.thorough or not self._is_one_of_many(way, tried)]
        return [way for way in wanted if not way.is_grave] or wanted

    def given_up(self) -> list[Way]:
        """What was looked for and not found again."""
        return [way for way, led in self.ways.items() if not led and self.misses_of(way) >= TRIES]

    def route(self, starts: Iterable[str], goal: str) -> list[Way] | None:
        """The shortest known way from one of the screens, or from anywhere, to another."""
        known: dict[str, list[tuple[Way, str]]] = {}
        for way, led in self.ways.items():
            if led and not way.is_grave:
                known.setdefault(way.place, []).append((way, led[-1]))
        queue: deque[tuple[str, tuple[Way, ...]]] = deque((start, ()) for start in dict.fromkeys([*starts, ""]))
        visited = {place for place, _ in queue}
        while queue:
            place, gone = queue.popleft()
            if place == goal:
                return list(gone)
            for way, to in known.get(place, []):
                if to not in visited:
                    visited.add(to)
                    queue.append((to, (*gone, way)))
        return None

    def dead_ends(self, presses: int) -> list[str]:
        """Screens from which so many presses do not lead to the main menu.

        One that names a command is none; of one that did not come again, with ways still to be tried, nobody knows.
        """
        reached = set(self.homes)
        for _ in range(presses):
            reached |= {way.place for way, led in self.ways.items() if way.act is Act.PRESS and reached & set(led)}
        known = reached | self.passing | {way.place for way in self.given_up()}
        return [
            identity for identity, screen in self.seen.items() if identity not in known and not commands_in(screen.text)
        ]

    def _tried_of_each_kind(self) -> dict[tuple[str, str], list[str]]:
        """Where the ways of a kind led that were gone, for every kind of every place."""
        tried: dict[tuple[str, str], list[str]] = {}
        for way, led in self.ways.items():
            if led:
                tried.setdefault((way.place, way.kind), []).append(led[-1])
        return tried

    def _is_one_of_many(self, way: Way, tried: Mapping[tuple[str, str], list[str]]) -> bool:
        if way.act is not Act.PRESS:
            return False
        led = tried.get((way.place, way.kind), [])
        if way.kind.startswith(SECTIONS):
            return len(led) >= ITEMS_TRIED and len(set(led)) == 1
        return len(led) >= ITEMS_TRIED and len({self._build_of(place) for place in led}) == 1

    def _build_of(self, place: str) -> str:
        """What the items of a list have in common: the kinds of buttons, under whatever headline."""
        screen = self.seen.get(place)
        return screen.build if screen is not None else place


def way_of(identity: str, choice: Choice) -> Way:
    """A button as a way out of its screen."""
    return Way(identity, Act.PRESS, choice.key, choice.kind, choice.is_grave)
