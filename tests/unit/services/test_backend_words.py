"""What follows for the house from what its workers say of a backend."""

import pytest

from services.backend_words import BackendHealth, Word, judge

WELL, BUSY = Word(True, "connected"), Word(True, "busy")
AWAY, OPEN = Word(False, "no answer"), Word(False, "its calls fail")
KEY, PURSE = Word(False, "wrong key", is_lasting=True), Word(False, "no balance", is_lasting=True)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([WELL], BackendHealth(True, "connected")),
        ([AWAY], BackendHealth(False, "no answer", "no answer")),
        ([KEY], BackendHealth(False, "wrong key", "wrong key")),
        ([WELL, BUSY, WELL], BackendHealth(True, "connected")),
        ([AWAY, WELL], BackendHealth(True, "connected (1 of 2 workers: no answer)")),
        ([OPEN, WELL, AWAY], BackendHealth(True, "connected (2 of 3 workers: its calls fail)")),
        ([AWAY, AWAY], BackendHealth(False, "no answer", "no answer")),
        ([AWAY, OPEN, AWAY], BackendHealth(False, "no answer", "no answer")),
        ([WELL, KEY], BackendHealth(False, "wrong key (1 of 2 workers)", "wrong key", ("1",))),
        ([KEY, AWAY], BackendHealth(False, "wrong key (1 of 2 workers)", "wrong key", ("0",))),
        ([KEY, KEY], BackendHealth(False, "wrong key", "wrong key")),
        ([PURSE, WELL, KEY], BackendHealth(False, "no balance (2 of 3 workers)", "no balance", ("0", "2"))),
    ],
)
def test_a_lasting_fault_of_any_worker_counts_and_a_passing_one_only_where_all_see_it(said, state):
    words = {str(worker): word for worker, word in enumerate(said)}
    assert judge(words) == state
    assert judge(dict(reversed(words.items()))) == state, "whoever was heard first"
