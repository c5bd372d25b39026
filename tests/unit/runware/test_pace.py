"""When a call is asked about: seldom at first, often near its end, never in a storm."""

import pytest

from workers.backends.runware.pace import Pace

WORK = ("runware:100@1", "imageInference")


def looks(pace: Pace, seconds: float) -> list[float]:
    """When a call that takes so long is asked about, until it is seen to be done."""
    elapsed, asked = 0.0, []
    while elapsed < seconds:
        elapsed += pace.wait(WORK, elapsed)
        asked.append(elapsed)
    return asked


def learned(*durations: float) -> Pace:
    pace = Pace()
    for duration in durations:
        pace.learn(WORK, duration)
    return pace


@pytest.mark.parametrize("seconds", [0.3, 1, 4, 20, 90])
def test_work_that_nobody_knows_is_seen_soon_after_its_end(seconds: float) -> None:
    asked = looks(Pace(), seconds)
    assert asked[-1] - seconds <= max(0.4, 0.13 * seconds)
    assert len(asked) <= 70


@pytest.mark.parametrize(("seconds", "late", "most"), [(0.5, 0.2, 4), (4, 0.2, 9), (20, 0.9, 12), (90, 2.0, 14)])
def test_work_that_is_known_is_seen_at_its_end_with_few_questions(seconds: float, late: float, most: int) -> None:
    asked = looks(learned(*[seconds * share for share in (1.0, 1.02, 1.05, 1.01)]), seconds)
    assert asked[-1] - seconds <= late
    assert len(asked) <= most


def test_the_quicker_calls_say_when_the_first_answer_is_likely() -> None:
    assert learned(4, 4, 4, 30, 30, 30, 30, 30, 30, 30).usual(WORK) == 4


def test_a_call_that_takes_longer_than_usual_is_asked_about_less_and_less() -> None:
    pace = learned(4, 4, 4)
    assert pace.wait(WORK, 5) < pace.wait(WORK, 20) < pace.wait(WORK, 45)
    assert pace.wait(WORK, 3600) == 2


def test_kinds_of_work_are_learned_apart() -> None:
    pace = learned(4)
    assert pace.usual(("runware:100@1", "upscale")) is None
    assert pace.usual(None) is None


def test_what_is_learned_is_forgotten_by_and_by() -> None:
    pace = learned(*[60.0] * 20, *[2.0] * 20)
    assert pace.usual(WORK) == 2


@pytest.mark.parametrize("elapsed", [0, 0.4, 3.72, 3.7199, 4, 100])
def test_two_looks_are_never_closer_than_needed(elapsed: float) -> None:
    assert learned(4).wait(WORK, elapsed) >= 0.15
    assert Pace().wait(WORK, elapsed) >= 0.15
