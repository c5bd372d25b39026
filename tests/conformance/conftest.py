"""Each backend in turn, over a stand-in of its vendor that is fresh for each module."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
import skimage.data
from PIL import Image

from services.orders import StepOrder
from tests.conformance.asking import ended, followed
from tests.conformance.candidates import CANDIDATES, Candidate
from tests.conformance.stand_ins import StandIn
from workers.backends.base import Backend, BackendCall, Failed, Finished, Progress, VendorRef


@pytest.fixture(scope="module", params=CANDIDATES)
def candidate(request: pytest.FixtureRequest) -> Candidate:
    return CANDIDATES[request.param]


@pytest.fixture(scope="module")
def running_vendor(candidate: Candidate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn | None]:
    if candidate.stand_in is None:
        yield None
        return
    running = candidate.stand_in(tmp_path_factory.mktemp(candidate.name))
    yield running
    running.close()


@pytest.fixture
def stand_in(running_vendor: StandIn | None) -> StandIn | None:
    """The vendor as every test may expect it; None where there is none."""
    if running_vendor is not None:
        running_vendor.reset()
    return running_vendor


@pytest.fixture
def vendor(stand_in: StandIn | None) -> StandIn:
    """For tests of backends that have one."""
    assert stand_in is not None
    return stand_in


@dataclass
class Bench:
    """The hands of a test: opens backends, hands calls to them and follows them."""

    candidate: Candidate
    stand_in: StandIn | None
    photo: bytes
    opened: list[Backend] = field(default_factory=list)

    def open(self, *, address: str | None = None, key: str = "", arrival: float = 0.0) -> Backend:
        """Another process, as far as a backend can know."""
        given = address if address is not None else (self.stand_in.address if self.stand_in is not None else "")
        self.opened.append(self.candidate.open(given, key, arrival))
        return self.opened[-1]

    def call(self, order: StepOrder, **more: object) -> BackendCall:
        return self.candidate.call(order, self.photo, **more)

    async def sent(self, backend: Backend, order: StepOrder, call: BackendCall | None = None) -> VendorRef:
        ref = await backend.submit(call or self.call(order), order)
        assert isinstance(ref, VendorRef), ref
        return ref

    async def told(self, backend: Backend, order: StepOrder) -> list[Progress | Finished | Failed]:
        return await followed(backend, await self.sent(backend, order))

    async def made(self, backend: Backend, order: StepOrder, call: BackendCall | None = None) -> Finished | Failed:
        """The end of a call; one that was not taken has ended too."""
        ref = await backend.submit(call or self.call(order), order)
        return ref if isinstance(ref, Failed) else await ended(backend, ref)


@pytest_asyncio.fixture
async def bench(candidate: Candidate, stand_in: StandIn | None, photo: bytes) -> AsyncIterator[Bench]:
    made = Bench(candidate, stand_in, photo)
    yield made
    async with asyncio.timeout(20):
        await asyncio.gather(*(backend.aclose() for backend in made.opened))


@pytest.fixture
def backend(bench: Bench) -> Backend:
    return bench.open()


@pytest.fixture(scope="session")
def photo() -> bytes:
    out = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).resize((320, 320)).save(out, "JPEG")
    return out.getvalue()
