"""The ways to what is written while photos for a model are collected and looked at."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.chaos.collecting import MESSAGE_ID
from tests.chaos.house import LOOK_EVERY, WORKERS, wait_until
from tests.chaos.scenarios import STRIKE_WITHIN, Stage
from tests.conftest import ROOT

LOOKED_WITHIN = 60.0
"""Seconds: some leases, and the networks loaded anew after each death."""
PHOTO = """SELECT 1 FROM "TrainingPhoto" JOIN "TrainingSet" USING (set_id) WHERE user_id = $1"""
TRACES = """
    SELECT (SELECT count(*) FROM "TrainingSet" WHERE user_id = $1)
         + (SELECT count(*) FROM "PhotoAnalysis" WHERE user_id = $1)
         + (SELECT count(*) FROM "File" WHERE user_id = $1 AND kind = 'training')
"""


def agree(stage: Stage) -> None:
    """The consent is given."""
    _do_through_a_death(stage, "consent")
    assert stage.ask('SELECT wording FROM "Consent" WHERE user_id = $1', stage.customer.user_id)


def begin_a_set(stage: Stage) -> None:
    """The first press of /train."""
    _do(stage, "consent")
    _do_through_a_death(stage, "begin")
    assert stage.ask('SELECT count(*) FROM "TrainingSet" WHERE user_id = $1', stage.customer.user_id) == 1


def send_a_photo(stage: Stage) -> None:
    """A photo's update is handled, and once more after the death: there is one photo, and one look at it."""
    _do(stage, "consent", "begin")
    _do_through_a_death(stage, "photo")
    assert stage.ask(PHOTO.replace("SELECT 1", "SELECT count(*)"), stage.customer.user_id) == 1
    _wait_for_the_verdict(stage)


def ask_for_a_look(stage: Stage) -> None:
    """A look is asked for that was asked for already."""
    _collect_one(stage)
    _do_through_a_death(stage, "look")
    assert stage.ask('SELECT count(*) FROM "PhotoAnalysis" WHERE user_id = $1', stage.customer.user_id) == 1


def describe_the_model(stage: Stage) -> None:
    """The person gives the model a name."""
    _do(stage, "consent", "begin")
    _do_through_a_death(stage, "describe")
    assert stage.ask('SELECT name FROM "TrainingSet" WHERE user_id = $1', stage.customer.user_id) == "Me"


def discard_a_set(stage: Stage) -> None:
    """All photos are discarded: rows, then bytes."""
    _collect_one(stage)
    _do_through_a_death(stage, "discard")
    assert stage.ask(TRACES, stage.customer.user_id) == 0


def withdraw(stage: Stage) -> None:
    """The consent is taken back."""
    _collect_one(stage)
    _do_through_a_death(stage, "withdraw")
    assert stage.ask(TRACES, stage.customer.user_id) == 0
    assert not stage.ask('SELECT wording FROM "Consent" WHERE user_id = $1', stage.customer.user_id)


def track_a_card(stage: Stage) -> None:
    """A message shows the set."""
    _do(stage, "consent", "begin")
    _do_through_a_death(stage, "track")
    shown = stage.ask('SELECT card_message_id FROM "TrainingSet" WHERE user_id = $1', stage.customer.user_id)
    assert shown == MESSAGE_ID


def claim_a_card(stage: Stage) -> None:
    """A card lags behind, and the process that takes it dies."""
    with _without_the_bot(stage):
        _do(stage, "consent", "begin")
        _do_through_a_death(stage, "claim")


def show_a_card(stage: Stage) -> None:
    """A card is shown, and the process dies over noting it."""
    with _without_the_bot(stage):
        _do(stage, "consent", "begin")
        _do_through_a_death(stage, "show")
    behind = 'SELECT revision - shown_revision FROM "TrainingSet" WHERE user_id = $1'
    assert stage.ask(behind, stage.customer.user_id) == 0


def look_at_a_photo(stage: Stage) -> None:
    """A worker dies over a photo: another look brings its one verdict."""
    _do(stage, "consent", "begin")
    stage.arm()
    _do(stage, "photo")
    _wait_for_the_verdict(stage)


def lose_the_eyes(stage: Stage) -> None:
    """The process that looks dies over every photo until a worker has come to the point."""
    _do(stage, "consent", "begin")
    stage.arm()
    with _bothered_eyes(stage, signal.SIGKILL):
        _do(stage, "photo")
        wait_until(lambda: stage.has_struck, STRIKE_WITHIN, "a worker without eyes")
    _wait_for_the_verdict(stage)


def look_for_long(stage: Stage) -> None:
    """The process that looks stands still over a photo until its worker has come to hold on to it, and dies."""
    _do(stage, "consent", "begin")
    stage.arm()
    with _bothered_eyes(stage, signal.SIGSTOP):
        _do(stage, "photo")
        wait_until(lambda: stage.has_struck, STRIKE_WITHIN, "a worker that waits for its eyes")
    _wait_for_the_verdict(stage)


BY_THEMSELVES = (
    *(agree, begin_a_set, send_a_photo, ask_for_a_look, describe_the_model, discard_a_set, withdraw),
    *(track_a_card, claim_a_card, show_a_card),
)
"""What dies here is no part of the house."""


def _collect_one(stage: Stage) -> None:
    _do(stage, "consent", "begin", "photo")
    _wait_for_the_verdict(stage)


def _wait_for_the_verdict(stage: Stage) -> None:
    query = """SELECT 1 FROM "PhotoAnalysis" WHERE user_id = $1 AND state IN ('done', 'failed')"""
    wait_until(lambda: stage.ask(query, stage.customer.user_id), LOOKED_WITHIN, "the verdict on a photo")


def _do(stage: Stage, *actions: str) -> None:
    for action in actions:
        subprocess.run(_command(stage, action), cwd=ROOT, env=stage.house.environment, capture_output=True, check=True)


def _do_through_a_death(stage: Stage, action: str) -> None:
    """Begin an action that dies at the point, and then once more to its end."""
    stage.arm()
    died = subprocess.run(
        _command(stage, action), cwd=ROOT, env=stage.house.environment, capture_output=True, check=False
    )
    assert died.returncode < 0, f"{action} did not die: {died.stderr.decode()}"
    _do(stage, action)


@contextmanager
def _without_the_bot(stage: Stage) -> Iterator[None]:
    """It keeps cards true too, and would come to the point first."""
    bot = stage.house.parts["bot"]
    bot.hold_down()
    try:
        yield
    finally:
        bot.let_up()


def _command(stage: Stage, action: str) -> list[str]:
    return [sys.executable, "-m", "tests.chaos.collecting", action, str(stage.customer.user_id)]


@contextmanager
def _bothered_eyes(stage: Stage, how: signal.Signals) -> Iterator[None]:
    """Send a signal to the workers' eyes as soon as they open, again and again."""
    enough, bothered = threading.Event(), set[int]()

    def bother() -> None:
        while not enough.wait(LOOK_EVERY):
            for worker in WORKERS:
                for child in _eyes_of(stage.house.parts[worker].pid):
                    bothered.add(child)
                    with suppress(ProcessLookupError):
                        os.kill(child, how)

    thread = threading.Thread(target=bother, daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()
        for child in bothered:  # also those whose worker has died: they go by themselves, once they wake
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)


def _eyes_of(worker: int | None) -> list[int]:
    """The processes of a worker that look at photos."""
    if worker is None:
        return []
    found = []
    for children in Path(f"/proc/{worker}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                if b"workers.eyes" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found
