"""Who makes an order. The backends here only say what they support."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.offers import Offer
from services.orders import (
    LoraSource,
    LoraUse,
    StepOrder,
    SubjectClass,
    TextToImageOrder,
    TrainingCaption,
    TrainOrder,
    UpscaleOrder,
)
from workers.backends.base import (
    BackendCall,
    Cancelled,
    ErrorKind,
    Failed,
    Finished,
    Health,
    NeverHeard,
    Progress,
    VendorRef,
)
from workers.backends.breaker import FIRST_PAUSE, TRIPS_AT
from workers.backends.routing import TRIES, AskLater, Chosen, Nobody, Routing

ORDER = TextToImageOrder(prompt="a fox")
PERSONAL = ORDER.model_copy(update={"loras": (LoraUse(source=LoraSource.PERSONAL, id=1),)})
NO_BALANCE = Failed(ErrorKind.OURS, "no_balance", "empty", is_lasting=True)


class Able:
    """Supports what it has an offer for; a free one supports everything that needs none."""

    def __init__(self, name: str, *, is_free: bool = False) -> None:
        self.name = name
        self.reads_weights = False
        self._is_free = is_free

    def supports(self, order: StepOrder, offer: Offer | None) -> bool:
        return self._is_free or offer is not None

    async def submit(self, call: BackendCall, order: StepOrder) -> VendorRef:
        return VendorRef(call.call_id, self.name)

    async def follow(self, ref: VendorRef) -> AsyncIterator[Progress | Finished | Failed]:
        yield Finished(())

    async def resolve(self, call: BackendCall) -> NeverHeard:
        return NeverHeard()

    async def cancel(self, ref: VendorRef) -> Cancelled:
        return Cancelled(still_billed=False)

    async def health(self) -> Health:
        return Health(True, "well")

    async def aclose(self) -> None:
        """Nothing is held."""


def offer(name: str) -> Offer:
    return Offer(name, f"{name}-model", "a fox", 20, (), 1000)


OFFERS = {name: offer(name) for name in ("first", "second")}


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def routing(clock: list[float]) -> Routing:
    return Routing([Able("first"), Able("second"), Able("free", is_free=True)], lambda: clock[0])


def chosen(choice: Chosen | AskLater | Nobody) -> str:
    assert isinstance(choice, Chosen)
    return choice.backend.name


def test_the_owners_order_decides_among_those_who_can(routing: Routing) -> None:
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "first"
    assert chosen(routing.choose(ORDER, {"second": OFFERS["second"]}, {})) == "second"
    assert chosen(routing.choose(ORDER, {}, {})) == "free"


def test_a_training_goes_to_the_trainers_in_their_own_order_and_who_only_trains_makes_nothing_else() -> None:
    photos = tuple(TrainingCaption(file_id=UUID(int=number), words="zxkq") for number in range(4))
    training = TrainOrder(model_id=1, version=1, trigger_word="zxkq", subject_class=SubjectClass.OTHER, photos=photos)
    backends = [Able("first"), Able("second"), Able("third")]
    offers = {name: offer(name) for name in ("first", "second", "third")}
    routing = Routing(backends, trainers=("third", "first"), train_only={"third"})
    assert chosen(routing.choose(training, offers, {})) == "third"
    assert chosen(routing.choose(training, offers, {"third": TRIES})) == "first"
    assert routing.choose(training, {"second": offers["second"]}, {}) == Nobody("unsupported")
    assert chosen(routing.choose(ORDER, offers, {"first": TRIES})) == "second"
    assert routing.choose(ORDER, {"third": offers["third"]}, {}) == Nobody("unsupported")
    assert routing.named("third") is backends[2]


def test_who_only_enlarges_is_asked_for_no_picture() -> None:
    routing = Routing([Able("first"), Able("free", is_free=True)], enlarge_only={"free"})
    enlarging = UpscaleOrder(file_id=UUID(int=1), factor=2)
    assert chosen(routing.choose(enlarging, {}, {})) == "free"
    assert routing.choose(ORDER, OFFERS, {"first": TRIES}) == Nobody("tried")
    assert routing.choose(ORDER, {}, {}) == Nobody("unsupported")


def test_a_lora_is_never_dropped_by_one_who_does_not_know_it(routing: Routing) -> None:
    assert routing.choose(PERSONAL, {}, {}) == Nobody("unsupported")
    assert chosen(routing.choose(PERSONAL, {"second": OFFERS["second"]}, {})) == "second"


def test_a_lora_waits_for_the_one_who_serves_it(routing: Routing) -> None:
    for _ in range(TRIPS_AT):
        routing.failed("second")
    assert routing.choose(PERSONAL, {"second": OFFERS["second"]}, {}) == AskLater(FIRST_PAUSE)


def test_who_failed_too_often_at_a_step_is_passed_over_for_it(routing: Routing) -> None:
    assert chosen(routing.choose(ORDER, OFFERS, {"first": TRIES})) == "second"
    assert routing.choose(PERSONAL, OFFERS, {"first": TRIES, "second": TRIES}) == Nobody("tried")


def test_who_fails_for_everybody_is_left_alone_for_a_while(routing: Routing, clock: list[float]) -> None:
    for _ in range(TRIPS_AT):
        routing.failed("first")
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "second"
    clock[0] += FIRST_PAUSE
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "first"
    routing.begin("first")
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "second"
    routing.succeeded("first")
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "first"


def test_one_lasting_fault_is_enough_and_nobody_waits_for_its_end(routing: Routing) -> None:
    routing.failed("first", NO_BALANCE)
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "second"
    routing.failed("second", NO_BALANCE)
    assert routing.choose(PERSONAL, OFFERS, {}) == Nobody("unavailable")


def test_who_says_that_it_is_not_well_is_passed_over(routing: Routing) -> None:
    routing.note_health("first", Health(False, "down"))
    assert chosen(routing.choose(ORDER, OFFERS, {})) == "second"
    routing.note_health("second", Health(False, "wrong key", is_lasting=True))
    assert isinstance(routing.choose(PERSONAL, OFFERS, {}), AskLater)
    routing.note_health("first", Health(False, "wrong key", is_lasting=True))
    assert routing.choose(PERSONAL, OFFERS, {}) == Nobody("unavailable")


def test_what_its_calls_tell_of_it_is_part_of_its_health(routing: Routing) -> None:
    routing.failed("first", NO_BALANCE)
    assert routing.note_health("first", Health(True, "connected")) == Health(False, "no_balance", is_lasting=True)
    assert routing.note_health("second", Health(True, "connected")) == Health(True, "connected")


def test_a_backend_that_says_it_is_well_is_believed_once_it_may_be_tried(routing: Routing, clock: list[float]) -> None:
    for _ in range(TRIPS_AT):
        routing.failed("first")
    assert routing.note_health("first", Health(True, "connected")) == Health(False, "its calls fail")
    clock[0] += FIRST_PAUSE
    assert routing.note_health("first", Health(True, "connected")) == Health(True, "connected")
    assert routing.note_health("first", Health(False, "down")) == Health(False, "down")
