"""Everything the server knows, built once and handed to whoever needs it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.stand_in.journal import Journal
from sandbox.telegram.calls import Calls
from sandbox.telegram.chats import Chats
from sandbox.telegram.clock import Clock
from sandbox.telegram.contract import Contract
from sandbox.telegram.faults import Faults
from sandbox.telegram.files import Files
from sandbox.telegram.flood import Flood
from sandbox.telegram.invoices import InvoiceLinks
from sandbox.telegram.people import People
from sandbox.telegram.profile import Profile
from sandbox.telegram.questions import Questions
from sandbox.telegram.stars import Payments
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook

# How long Telegram takes an answer: a press about a minute, a pre-checkout ten seconds ("Payments API").
_PRESS_ANSWERABLE_SECONDS = 60.0
_CHECKOUT_ANSWERABLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class World:
    """The state of the sandbox: one bot, its people and their chats."""

    token: str
    journal: Journal
    contract: Contract
    profile: Profile
    people: People
    chats: Chats
    files: Files
    updates: Updates
    webhook: Webhook
    presses: Questions
    checkouts: Questions
    invoices: InvoiceLinks
    payments: Payments
    flood: Flood
    faults: Faults
    calls: Calls
    clock: Clock

    def now(self) -> int:
        """Return the Unix time in whole seconds, as messages carry it."""
        return int(self.clock())


def open_world(
    token: str, state_dir: Path, username: str, flood_rate: float, clock: Callable[[], float] = time.time
) -> World:
    """Read the state that an earlier server left in a folder, or begin a new one there."""
    journal = Journal(state_dir / "telegram.sqlite3")
    now = Clock(journal, clock)
    updates = Updates(journal, now)
    return World(
        token=token,
        journal=journal,
        contract=Contract(),
        profile=Profile(int(token.partition(":")[0]), username, "Dream Photo", journal),
        people=People(journal),
        chats=Chats(journal),
        files=Files(state_dir / "files", journal, now),
        updates=updates,
        webhook=Webhook(updates, journal, now),
        presses=Questions(_PRESS_ANSWERABLE_SECONDS, now),
        checkouts=Questions(_CHECKOUT_ANSWERABLE_SECONDS, now),
        invoices=InvoiceLinks(journal),
        payments=Payments(journal),
        flood=Flood(flood_rate, now),
        faults=Faults(),
        calls=Calls(),
        clock=now,
    )
