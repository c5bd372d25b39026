"""The models at work: from a job's input to its output on the file host."""

import asyncio
import hashlib
from collections.abc import Sequence

from sandbox.replicate.fetching import Fetching
from sandbox.replicate.jobs import Job
from sandbox.replicate.making.dataset import count_pictures
from sandbox.replicate.making.mesh import make_glb
from sandbox.replicate.making.painting import Painting, enlarge, open_picture, paint
from sandbox.replicate.making.weights import is_lora, make_lora, pack, pack_something_else
from sandbox.replicate.models import Model, Models, Version, Work
from sandbox.replicate.outputs import Outputs
from sandbox.replicate.problems import TaskFailed
from sandbox.replicate.schemas import ASPECT_RATIOS
from sandbox.replicate.settings import Settings
from sandbox.replicate.wire import Json, JsonObject


class Studio:
    """Makes what a job asks for. Pictures are made in threads, so that no request waits for them."""

    def __init__(self, models: Models, fetching: Fetching, outputs: Outputs, settings: Settings) -> None:
        self._models = models
        self._fetching = fetching
        self._outputs = outputs
        self._settings = settings

    async def make(self, job: Job, made_at: float) -> Json:
        """Return the output of a job as the API shows it. Raises TaskFailed."""
        model, version = self._models.resolve(f"{job.model}:{job.version}")
        given = model.schema.filled(job.input)
        match model.work:
            case Work.IMAGES:
                return await self._images(job, given, version)
            case Work.UPSCALE:
                return await self._upscaled(job, given)
            case Work.MESH:
                return await self._mesh(job, given)
            case Work.TRAINING:
                return await self._trained(job, given, made_at)

    async def _images(self, job: Job, given: JsonObject, version: Version) -> list[str]:
        count = given["num_outputs"]
        if self._settings.side is not None:
            shared = await self._fixed(self._settings.side, given["output_format"])
            return [self._url(job, self._outputs.link(shared, given["output_format"])) for _ in range(count)]
        source = await self._fetching.read(given["image"], job.base_url) if given.get("image") else None
        loras = await self._loras(job, [version.weights, given.get("lora_weights"), given.get("extra_lora")])
        width, height = _size(given)
        paintings = [
            Painting(
                look=f"{given['prompt']}|{job.seed + index}|{loras}",
                width=width,
                height=height,
                file_format=given["output_format"],
                quality=given["output_quality"],
                source=source,
                strength=given.get("prompt_strength", 1.0),
            )
            for index in range(count)
        ]
        pictures = [await asyncio.to_thread(paint, painting) for painting in paintings]
        return [self._kept(job, picture, given["output_format"]) for picture in pictures]

    async def _upscaled(self, job: Job, given: JsonObject) -> str:
        if self._settings.side is not None:
            shared = await self._fixed(self._settings.side, "png")
            return self._url(job, self._outputs.link(shared, "png"))
        source = await self._fetching.read(given["image"], job.base_url)
        return self._kept(job, await asyncio.to_thread(enlarge, source, given["scale"]), "png")

    async def _mesh(self, job: Job, given: JsonObject) -> str:
        if given.get("image"):
            source = await self._fetching.read(given["image"], job.base_url)
            pixel = (await asyncio.to_thread(open_picture, source)).resize((1, 1)).tobytes()
        else:
            pixel = hashlib.sha256(given["prompt"].encode()).digest()
        red, green, blue = (part / 255 for part in pixel[:3])
        return self._kept(job, make_glb((red, green, blue)), "glb")

    async def _trained(self, job: Job, given: JsonObject, made_at: float) -> JsonObject:
        archive = await self._fetching.read(given["input_images"], job.base_url)
        await asyncio.to_thread(count_pictures, archive)
        if job.is_struck_by("broken_archive"):
            content = pack(make_lora(job.seed, given["lora_rank"]), given["trigger_word"])[:600]
        elif job.is_struck_by("not_a_lora"):
            content = pack_something_else()
        else:
            content = pack(make_lora(job.seed, given["lora_rank"]), given["trigger_word"])
        weights = self._kept(job, content, "tar")
        assert job.destination is not None
        version = Version(hashlib.sha256(job.id.encode()).hexdigest(), made_at, weights)
        self._models.fill(job.destination, version)
        return {"weights": weights, "version": f"{job.destination}:{version.id}"}

    async def _loras(self, job: Job, references: Sequence[str | None]) -> str:
        """Return a mark of the LoRAs in use; those on this server are really read."""
        marks = []
        for reference in references:
            if reference is None:
                continue
            weights = self._weights(reference)
            marks.append(reference)
            if weights is not None and weights.startswith(f"{job.base_url}/"):
                content = await self._fetching.read(weights, job.base_url)
                if not is_lora(content):
                    raise TaskFailed(f"Could not load LoRA weights from {reference}: no safetensors file")
        return "+".join(marks)

    def _weights(self, reference: str) -> str | None:
        """Return where a LoRA's weights are, by `owner/name`, `owner/name/version` or an address. Raises TaskFailed."""
        owner, _, rest = reference.partition("/")
        name, _, version_id = rest.partition("/")
        trained = self._models.find(owner, name)
        if trained is None or reference.startswith(("http://", "https://")):
            return reference
        if not version_id:
            return trained.latest.weights if trained.latest is not None else reference
        for version in trained.versions:
            if version.id == version_id:
                return version.weights
        raise TaskFailed(f"Could not load LoRA weights from {reference}: there is no such version")

    async def _fixed(self, side: int, file_format: str) -> str:
        """Return the name of the one picture of a size, which is painted once."""
        name = f"{side}.{file_format}"
        if not self._outputs.has_shared(name):
            picture = await asyncio.to_thread(paint, Painting("fixed", side, side, file_format))
            self._outputs.share(name, picture)
        return name

    def _kept(self, job: Job, content: bytes, ending: str) -> str:
        return self._url(job, self._outputs.keep(content, ending))

    def _url(self, job: Job, name: str) -> str:
        return f"{job.base_url}/files/{name}"


def destination_of(models: Models, name: str) -> Model | None:
    """Return the model that a training may fill: it exists, and a person made it."""
    owner, _, rest = name.partition("/")
    model = models.find(owner, rest)
    return model if model is not None and model.work is Work.IMAGES and not model.is_official else None


def _size(given: JsonObject) -> tuple[int, int]:
    """Return width and height in pixels, in whole sixteens as FLUX has them."""
    width, height = given.get("width"), given.get("height")
    ratio = given["aspect_ratio"]
    if ratio == "custom" or (width and height):
        width, height = width or 1024, height or 1024
    else:
        width, height = ASPECT_RATIOS[ratio]
        if given["megapixels"] == "0.25":
            width, height = width // 2, height // 2
    return width // 16 * 16, height // 16 * 16
