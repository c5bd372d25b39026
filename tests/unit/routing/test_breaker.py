from workers.backends.breaker import FIRST_PAUSE, LASTING_PAUSE, LONGEST_PAUSE, TRIAL_PATIENCE, TRIPS_AT, Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def tripped(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(TRIPS_AT):
        breaker.failed()
    return breaker


def test_failures_in_a_row_open_it_and_a_success_between_them_does_not() -> None:
    breaker = Breaker(Clock())
    for _ in range(TRIPS_AT - 1):
        breaker.failed()
    assert breaker.seconds_left == 0
    breaker.succeeded()
    breaker.failed()
    assert breaker.seconds_left == 0
    for _ in range(TRIPS_AT - 1):
        breaker.failed()
    assert breaker.seconds_left == FIRST_PAUSE


def test_after_the_pause_one_trial_goes_out_and_nobody_else_meanwhile() -> None:
    clock = Clock()
    breaker = tripped(clock)
    clock.now += FIRST_PAUSE
    assert breaker.seconds_left == 0
    breaker.begin()
    assert breaker.seconds_left == TRIAL_PATIENCE
    breaker.succeeded()
    assert breaker.seconds_left == 0


def test_a_trial_that_fails_doubles_the_pause_up_to_a_limit() -> None:
    clock = Clock()
    breaker = tripped(clock)
    pauses = []
    for _ in range(8):
        clock.now += breaker.seconds_left
        breaker.begin()
        breaker.failed()
        pauses.append(breaker.seconds_left)
    assert pauses[:2] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(pauses) == LONGEST_PAUSE


def test_a_trial_without_a_word_makes_room_for_another() -> None:
    clock = Clock()
    breaker = tripped(clock)
    clock.now += FIRST_PAUSE
    breaker.begin()
    clock.now += TRIAL_PATIENCE
    assert breaker.seconds_left == 0


def test_a_lasting_fault_opens_it_at_once_and_says_why_until_a_call_succeeds() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.suspend("no_balance")
    assert (breaker.seconds_left, breaker.lasting) == (LASTING_PAUSE, "no_balance")
    clock.now += LASTING_PAUSE
    assert (breaker.seconds_left, breaker.lasting) == (0, "no_balance")
    breaker.succeeded()
    assert breaker.lasting is None
