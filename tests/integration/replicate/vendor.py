"""Hands on the sandbox of Replicate, backends that speak to it, orders and offers for them."""

import asyncio
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from PIL import Image

from services.offers import Offer, OfferedLora
from services.orders import ImageTo3DOrder, ImageToImageOrder, StepOrder, TextToImageOrder, UpscaleOrder
from workers.backends.base import BackendCall, Failed, Finished, Progress, VendorRef
from workers.backends.hints import Hints
from workers.backends.replicate import ReplicateBackend

TOKEN = "r8_TEST_token"
PATIENCE = 20.0
"""Seconds after which something is taken to hang."""
SECONDS = 0.1
"""How long the sandbox takes over a prediction."""
SCHNELL = "black-forest-labs/flux-schnell"
DEV = "black-forest-labs/flux-dev"
DEV_LORA = "black-forest-labs/flux-dev-lora"
ESRGAN = "nightmareai/real-esrgan"
HUNYUAN = "tencent/hunyuan-3d-3.1"
PRICE = 3000

_LIMITS = {"patience": 2.0, "write_patience": 2.0, "lost_after": 1.0}


@dataclass
class Vendor:
    """A running sandbox, and hands on its controls."""

    url: str
    http: httpx.AsyncClient
    backends: list[ReplicateBackend] = field(default_factory=list)
    hints: Hints = field(default_factory=Hints)

    def backend(self, **chosen: Any) -> ReplicateBackend:
        """A backend for this vendor; what is not chosen is quick."""
        limits: dict[str, Any] = {"in_flight": timedelta(0), "relist_after": 0.01, "shortest_wait": 0.05}
        token, url = chosen.pop("token", TOKEN), chosen.pop("url", self.url)
        opened = ReplicateBackend(token, url, hints=self.hints, **limits | _LIMITS | chosen)
        self.backends.append(opened)
        return opened

    async def settings(self, **changes: Any) -> None:
        (await self.http.post("/sim/settings", json=changes)).raise_for_status()

    async def fault(self, kind: str, **more: Any) -> None:
        (await self.http.post("/sim/faults", json={"kind": kind, **more})).raise_for_status()

    async def trained(self) -> str:
        """A model of our own as a training leaves it: `owner/name:version`."""
        key = {"headers": {"Authorization": f"Bearer {TOKEN}"}}
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            for number in range(4):
                opened.writestr(f"{number}.jpg", encoded(Image.new("RGB", (64, 64), (number, 90, 60))))
        await self.settings(training_seconds=0)
        model = {"owner": "dream-photo", "name": "anna", "hardware": "gpu", "visibility": "private"}
        (await self.http.post("/v1/models", json=model, **key)).raise_for_status()
        upload = await self.http.post("/v1/files", files={"content": ("p.zip", archive.getvalue())}, **key)
        trainer = "/v1/models/ostris/flux-dev-lora-trainer"
        version = (await self.http.get(trainer, **key)).json()["latest_version"]["id"]
        body = {"input": {"input_images": upload.json()["urls"]["get"]}, "destination": "dream-photo/anna"}
        training = (await self.http.post(f"{trainer}/versions/{version}/trainings", json=body, **key)).json()
        async with asyncio.timeout(PATIENCE):
            while training["status"] in ("starting", "processing"):
                training = (await self.http.get(f"/v1/trainings/{training['id']}", **key)).json()
        return str(training["output"]["version"])

    async def ledger(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/sim/ledger")).json()["entries"])

    async def asked(self, prediction_id: str, times: int) -> None:
        """Return when a prediction was asked about so often."""
        async with asyncio.timeout(PATIENCE):
            while sum(asked["path"].endswith(prediction_id) for asked in await self.requests()) < times:
                pass

    async def requests(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/sim/requests")).json()["requests"])


def encoded(picture: Image.Image, file_format: str = "JPEG") -> bytes:
    out = io.BytesIO()
    picture.save(out, file_format)
    return out.getvalue()


def words(**asked: Any) -> TextToImageOrder:
    return TextToImageOrder(**{"prompt": "a fox", "seed": 7, **asked})


def restyle(**asked: Any) -> ImageToImageOrder:
    return ImageToImageOrder(**{"file_id": uuid4(), "prompt": "oil", "width": 512, "height": 640, "seed": 7, **asked})


def enlarge(**asked: Any) -> UpscaleOrder:
    return UpscaleOrder(**{"file_id": uuid4(), "factor": 4, **asked})


def solid(**asked: Any) -> ImageTo3DOrder:
    return ImageTo3DOrder(**{"prompt": "a chair", "seed": 7, **asked})


def offer(vendor_id: str = SCHNELL, **more: Any) -> Offer:
    fields = {"words": "TOK, studio, a fox", "steps": 4, "loras": (), "estimated_microusd": PRICE, **more}
    return Offer(backend="replicate", vendor_id=vendor_id, **fields)


def lora(vendor_id: str, weight: float = 0.9) -> OfferedLora:
    return OfferedLora(vendor_id, weight)


def call_for(
    order: StepOrder,
    offered: Offer | None = None,
    content: bytes = b"",
    *,
    call_id: UUID | None = None,
    prepared_at: datetime | None = None,
) -> BackendCall:
    inputs = dict.fromkeys(order.input_files, content)
    return BackendCall(
        call_id=call_id or uuid4(),
        inputs=inputs,
        offer=offered or offer(),
        prepared_at=prepared_at or datetime.now(UTC),
    )


async def sent(backend: ReplicateBackend, call: BackendCall, order: StepOrder) -> VendorRef:
    async with asyncio.timeout(PATIENCE):
        ref = await backend.submit(call, order)
    assert isinstance(ref, VendorRef), ref
    return ref


async def told(backend: ReplicateBackend, ref: VendorRef) -> list[Progress | Finished | Failed]:
    async with asyncio.timeout(PATIENCE):
        return [item async for item in backend.follow(ref)]


async def made(backend: ReplicateBackend, order: StepOrder, offered: Offer, content: bytes = b"") -> Finished | Failed:
    last = (await told(backend, await sent(backend, call_for(order, offered, content), order)))[-1]
    assert not isinstance(last, Progress)
    return last
