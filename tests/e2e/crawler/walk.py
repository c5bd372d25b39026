"""Walks every screen of the bot as one person: whatever can be pressed, said or sent is tried once."""

from dataclasses import dataclass, field

from tests.e2e.crawler.findings import Findings
from tests.e2e.crawler.graph import FROM_ANYWHERE, Act, Graph, Way, way_of
from tests.e2e.crawler.guest import Guest
from tests.e2e.crawler.manners import Manners
from tests.e2e.crawler.questions import language_of, ways_to_answer
from tests.e2e.crawler.screen import Choice, Screen, screens_of
from tests.e2e.crawler.wording import faults_of

MOST_STEPS = 6000
"""Far more than the bot has ways: a walk that comes so far does not end."""
PRESSES_TO_MENU = 4
MOST_ORDERS = 2
"""Orders under way before one is stopped: whoever has too many gets nothing but refusals."""
MOST_FAULTS = 12
"""Enough to know: a bot that answers nothing would make a walk of minutes."""
TRAIL = 20
"""Steps from a fresh start to a screen at most, to be repeated where its place on the map is not enough."""
LATELY = 4
"""Steps before a screen that comes only in the middle of something."""


@dataclass
class Walk:
    """One person's walk. `photo` is what they send where a photo is asked for."""

    guest: Guest
    photo: bytes
    graph: Graph = field(default_factory=Graph)
    findings: Findings = field(default_factory=Findings)
    manners: Manners = field(default_factory=Manners)
    _here: str = FROM_ANYWHERE
    """The screen that was shown last: words are taken for an answer to it."""
    _screens: list[Screen] = field(default_factory=list)
    """What the chat shows now, newest first."""
    _gone: list[Way] = field(default_factory=list)
    """Since the last fresh start: a command, a photo."""
    _lately: list[Way] = field(default_factory=list)
    _seen_call: int = 0

    def begin(self) -> "Walk":
        """Look around: what the chat holds and which commands there are."""
        self._seen_call = self.guest.house.last_call()
        self.manners.results |= self.guest.results
        for command, description in self.guest.commands():
            self.graph.note_command(command)
            for fault in faults_of(description, self.guest.language):
                self.findings.add(f"{fault} — on the command {command}", "a look at the commands")
        self._look("the beginning")
        return self

    def through_everything(self) -> Findings:
        """Go every way there is."""
        while ways := self.graph.open_ways():
            self._go(self._nearest(ways) or self._approach(ways[0]))
            self._stop_orders()
            if self.findings.steps >= MOST_STEPS:
                self.findings.add("a walk without an end: screens are told apart that are the same", str(ways[0]))
            if self.findings.steps >= MOST_STEPS or len(self.findings.faults) >= MOST_FAULTS:
                break
        else:
            for place in self.graph.dead_ends(PRESSES_TO_MENU):
                self.findings.add(f"a dead end: {place}", "the whole walk")
        self.findings.screens |= set(self.graph.seen)
        self.findings.unreached |= {str(way) for way in self.graph.given_up()}
        return self.findings

    def see_orders_through(self) -> None:
        """Wait until everything that was ordered has come, and look at it."""
        self.guest.wait_for(lambda _: not self.guest.offers("stop:"), "the end of all orders")
        self._look("all orders have ended")

    def _nearest(self, ways: list[Way]) -> Way | None:
        """What can be tried without going anywhere: on the screen that was shown last, or else on any."""
        here = [way for way in ways if way.place == self._here and (way.act is not Act.PRESS or self._find(way))]
        return next(iter(here), None) or next((way for way in ways if self._find(way)), None)

    def _approach(self, way: Way) -> Way | None:
        """Go where a way begins, by the map or by the steps that led there first; None: not found again."""
        if way.place == FROM_ANYWHERE:
            return way
        route = self.graph.route([screen.identity for screen in self._screens], way.place)
        routes = [route or (), *self.graph.trails.get(way.place, ())]
        for step in routes[self.graph.misses_of(way) % len(routes)]:
            self._go(step)
            if self._here == way.place:
                return way
        for other in [other for other in self.graph.open_ways() if other.place == way.place] or [way]:
            self.graph.missed(other)
        return None

    def _go(self, way: Way | None) -> None:
        """Do one thing and look what came of it."""
        if way is None:
            return
        self.findings.steps += 1
        self.guest.house.forget_pace()
        match way.act:
            case Act.PRESS:
                self._press(way)
                return
            case Act.SEND_PHOTO:
                self.guest.sends(self.photo)
            case Act.SAY | Act.COMMAND:
                self.guest.says(way.key)
        self._arrive(way)
        if way.key == "/start":
            self.graph.homes.add(self._here)

    def _press(self, way: Way) -> None:
        found = self._find(way)
        if found is None:
            self.graph.missed(way)
            return
        screen, choice = found
        if language_of(choice.data) not in (None, self.guest.language):  # other people walk through that language
            self.graph.led(way, way.place)
            return
        pressed = self.guest.presses(screen.message_id, choice.data)
        if not pressed.answered:
            self.findings.add(f"a press without an answer: {way}", str(way))
        if pressed.reaction is not None:
            self.findings.reactions.append(pressed.reaction)
        for fault in faults_of(pressed.text or "", self.guest.language, self.guest.own_words):
            self.findings.add(f"{fault} — in the answer {pressed.text!r}", str(way))
        if way.place in self.graph.passing:
            self.guest.wait_for(lambda _: not self.guest.offers(choice.data), "the end of what was stopped")
        self._arrive(way, screen.message_id)

    def _find(self, way: Way) -> tuple[Screen, Choice] | None:
        """The newest button that is this way; nothing where it is none."""
        if way.act is not Act.PRESS:
            return None
        for screen in self._screens:
            choice = screen.choice(way.key) if screen.identity == way.place else None
            if choice is not None:
                return screen, choice
        return None

    def _arrive(self, way: Way, pressed: int | None = None) -> None:
        self._look(str(way), pressed)
        self.graph.led(way, self._here)
        begins = way.act in (Act.COMMAND, Act.SEND_PHOTO)
        self._gone = [way] if begins else [*self._gone[1 - TRAIL :], way]
        self._lately = [*self._lately[1 - LATELY :], way]
        self.graph.trails.setdefault(self._here, [tuple(self._gone), tuple(self._lately)])

    def _look(self, after: str, pressed: int | None = None) -> None:
        """Take in the chat as it is now, and find what is wrong with it."""
        chat = self.guest.chat()
        calls = self.guest.house.calls(after=self._seen_call)
        self._seen_call = max((call.number for call in calls), default=self._seen_call)
        mine = [call for call in calls if call.chat_id in (None, self.guest.user_id)]
        for fault in self.manners.faults_of_step(chat, mine, self.guest.language, self.guest.own_words):
            self.findings.add(fault, after)
        self._screens = [screen for screen in screens_of(chat) if screen.choices]
        for screen in self._screens:
            self.graph.note(screen, ways_to_answer(screen, self.guest.language))
            if any(choice.data.startswith("stop:") for choice in screen.choices):
                self.graph.passing.add(screen.identity)
        if chat and not self._screens:
            self.findings.add("a chat without a single button", after)
        self._here = self._shown_now(pressed)

    def _shown_now(self, pressed: int | None) -> str:
        """The screen that the step led to: the message that was pressed, or a newer one; results aside."""
        menus = [screen for screen in self._screens if screen.message_id not in self.manners.results]
        kept = next((screen for screen in self._screens if screen.message_id == pressed), None)
        newest = next(iter(menus or self._screens), None)
        shown = kept if kept is not None and (newest is None or newest.message_id <= kept.message_id) else newest
        return shown.identity if shown is not None else FROM_ANYWHERE

    def _stop_orders(self) -> None:
        running = [
            (screen, choice) for screen in self._screens for choice in screen.choices if choice.data.startswith("stop:")
        ]
        if len(running) > MOST_ORDERS:
            screen, choice = running[-1]
            self._press(way_of(screen.identity, choice))
