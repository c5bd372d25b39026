"""The backends that the suite asks, and how each is opened. A new backend adds a row to CANDIDATES, no test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.offers import Offer
from services.orders import (
    PERSONAL_LORA,
    ImageTo3DOrder,
    ImageToImageOrder,
    StepOrder,
    TaskKind,
    TextToImageOrder,
)
from tests.conformance.stand_ins import KEY, ReplicateStandIn, RunwareStandIn, StandIn
from workers.backends.base import Backend, BackendCall, Picture, Remote, Solid
from workers.backends.hints import Hints
from workers.backends.preview import PreviewBackend
from workers.backends.replicate import ReplicateBackend
from workers.backends.runware import Patience, RunwareBackend

Opener = Callable[[str, str, float], Backend]
"""Opens a backend with an address, a key, and the seconds for which a call that was sent may still arrive."""


@dataclass(frozen=True, slots=True)
class VendorModel:
    """A row of the catalogue's table of the same name."""

    vendor_id: str
    max_steps: int
    unit_microusd: int


@dataclass(frozen=True)
class Candidate:
    """A backend, and what of it the suite has to know."""

    name: str
    open: Opener
    stand_in: Callable[[Path], StandIn] | None = None
    """Opens a stand-in for its vendor over a folder; None where there is no vendor."""
    style: str | None = None
    """A style that it paints itself; None where a style is no more than words to it."""
    models: Mapping[tuple[str, TaskKind], VendorModel] = field(default_factory=dict)
    """Its rows of the catalogue, by the order's model and kind."""
    needs_offers: bool = True
    """It makes nothing that the catalogue does not offer."""
    outputs: tuple[type, ...] = (Remote,)
    can_cancel_for_free: bool = False
    """A call that is stopped before its work begins costs nothing."""

    @property
    def has_vendor(self) -> bool:
        """Whether a call outlives the process that sent it."""
        return self.stand_in is not None

    def offer(self, order: StepOrder) -> Offer | None:
        """What the catalogue would say of an order in no style and without LoRAs."""
        row = self.models.get((order.model, order.kind))
        if row is None:
            return None
        words = order.prompt if isinstance(order, TextToImageOrder | ImageToImageOrder | ImageTo3DOrder) else ""
        steps = order.steps if isinstance(order, TextToImageOrder | ImageToImageOrder) else 0
        return Offer(
            self.name, row.vendor_id, words, min(steps, row.max_steps), (), row.unit_microusd * max(order.units, 1)
        )

    def call(self, order: StepOrder, content: bytes, **more: object) -> BackendCall:
        """A call as the house prepares it."""
        inputs = dict.fromkeys(order.input_files, content)
        fields: dict[str, Any] = {"call_id": uuid4(), "inputs": inputs, "offer": self.offer(order), **more}
        return BackendCall(**fields)


def _preview(address: str, key: str, arrival: float) -> Backend:
    return PreviewBackend(parallel=2)


def _runware(address: str, key: str, arrival: float) -> Backend:
    patience = Patience(acknowledgement=2.0, answer=0.25, questions=4, return_=3.0, arrival=arrival, last_word=0.3)
    return RunwareBackend(key or KEY, address, hints=Hints(), patience=patience)


def _replicate(address: str, key: str, arrival: float) -> Backend:
    return ReplicateBackend(
        key or KEY,
        address,
        hints=Hints(),
        in_flight=timedelta(seconds=arrival),
        relist_after=0.01,
        shortest_wait=0.05,
        patience=0.3,
        write_patience=1.0,
        lost_after=1.2,
    )


FAST, DETAILED, UPSCALER = "runware:100@1", "runware:101@1", "runware:504@1"
FIGURE, FIGURE_OF_PICTURE = "tencent:hunyuan-3d@3.1-rapid", "microsoft:trellis-2@4b"

_PREVIEW = {
    (PERSONAL_LORA, TaskKind.TRAIN): VendorModel("preview", 6000, 0),
    (FAST, TaskKind.TEXT_TO_IMAGE): VendorModel("preview", 50, 0),
    (FAST, TaskKind.IMAGE_TO_IMAGE): VendorModel("preview", 50, 0),
    (DETAILED, TaskKind.TEXT_TO_IMAGE): VendorModel("preview", 50, 0),
    (DETAILED, TaskKind.IMAGE_TO_IMAGE): VendorModel("preview", 50, 0),
}
_RUNWARE = {
    (FAST, TaskKind.TEXT_TO_IMAGE): VendorModel("runware:100@1", 50, 1300),
    (FAST, TaskKind.IMAGE_TO_IMAGE): VendorModel("runware:100@1", 50, 1300),
    (DETAILED, TaskKind.TEXT_TO_IMAGE): VendorModel("runware:101@1", 50, 3800),
    (DETAILED, TaskKind.IMAGE_TO_IMAGE): VendorModel("runware:101@1", 50, 3800),
    (UPSCALER, TaskKind.UPSCALE): VendorModel("runware:504@1", 50, 2000),
    (FIGURE, TaskKind.IMAGE_TO_3D): VendorModel("tencent:hunyuan-3d@3.1-rapid", 50, 225000),
    (FIGURE_OF_PICTURE, TaskKind.IMAGE_TO_3D): VendorModel("microsoft:trellis-2@4b", 50, 25000),
    (PERSONAL_LORA, TaskKind.REGISTER): VendorModel("flux1d", 1, 0),
}
_REPLICATE = {
    (FAST, TaskKind.TEXT_TO_IMAGE): VendorModel("black-forest-labs/flux-schnell", 4, 3000),
    (FAST, TaskKind.IMAGE_TO_IMAGE): VendorModel("black-forest-labs/flux-dev", 50, 25000),
    (DETAILED, TaskKind.TEXT_TO_IMAGE): VendorModel("black-forest-labs/flux-dev-lora", 50, 32000),
    (DETAILED, TaskKind.IMAGE_TO_IMAGE): VendorModel("black-forest-labs/flux-dev-lora", 50, 32000),
    (UPSCALER, TaskKind.UPSCALE): VendorModel("nightmareai/real-esrgan", 50, 2500),
    (FIGURE, TaskKind.IMAGE_TO_3D): VendorModel("tencent/hunyuan-3d-3.1", 50, 160000),
    (PERSONAL_LORA, TaskKind.TRAIN): VendorModel("ostris/flux-dev-lora-trainer", 6000, 1500000),
}
"""All as in db/migrations: test_catalogue.py holds them to it."""

CANDIDATES = {
    candidate.name: candidate
    for candidate in (
        Candidate(
            "preview",
            _preview,
            style="studio",
            models=_PREVIEW,
            needs_offers=False,
            outputs=(Picture, Solid),
            can_cancel_for_free=True,
        ),
        Candidate("runware", _runware, RunwareStandIn, models=_RUNWARE),
        Candidate("replicate", _replicate, ReplicateStandIn, models=_REPLICATE, can_cancel_for_free=True),
    )
}
VENDORS = [name for name, candidate in CANDIDATES.items() if candidate.has_vendor]
