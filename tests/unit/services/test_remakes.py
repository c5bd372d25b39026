"""Which of two portraits is kept, where it stands, and which step made it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from repository.files import NewFile
from services.orders import MAX_SEED, TextToImageOrder
from services.remakes import PLACES, best_first, chosen, remake_number, remake_order


def file(number: int, likeness: float | None = None, has_face: bool | None = None) -> NewFile:
    return NewFile(UUID(int=number), f"{number}", None, "image/jpeg", 1, 1, 1, b"", number, None, likeness, has_face)


def test_what_nobody_looked_at_keeps_its_order():
    files = [file(number) for number in (3, 1, 2)]
    assert best_first(files) == files


def test_the_most_alike_come_first_and_those_without_a_face_last():
    files = [file(1, None, False), file(2, 0.2, True), file(3), file(4, 0.9, True), file(5, 0.2, True)]
    assert [one.seed for one in best_first(files)] == [4, 2, 5, 3, 1]


def test_a_second_that_is_as_alike_as_the_first_is_not_kept():
    first, second = file(1, 0.3, True), file(2, 0.3, True)
    kept = chosen({0: [first], remake_number(1, 0, 0): [second]}, 1)
    assert [one.seed for one in kept.files] == [1]
    assert kept.files[0].is_remade
    assert kept.dropped == (second,)


@given(st.integers(1, 100))
def test_every_picture_has_a_step_of_its_own_for_its_remake(steps: int):
    numbers = [remake_number(steps, step, place) for step in range(steps) for place in range(PLACES)]
    assert len({*numbers, *range(steps)}) == len(numbers) + steps


@given(st.integers(0, MAX_SEED), st.integers(0, PLACES - 1))
def test_a_remake_is_one_picture_with_a_seed_of_its_own(seed: int, place: int):
    order = TextToImageOrder(prompt="x", num_images=4, seed=seed)
    again = remake_order(order, place)
    assert again.num_images == 1
    assert again.seed is not None
    assert 0 <= again.seed <= MAX_SEED
    assert again.seed not in range(seed, seed + 100)
