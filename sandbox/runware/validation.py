"""What each type of work needs, and what the vendor refuses."""

from sandbox.runware import checks
from sandbox.runware.catalogue import Catalogue, Category, Model
from sandbox.runware.checks import invalid, missing
from sandbox.runware.ledger import Ledger
from sandbox.runware.wire import JsonObject, VendorError, is_uuid4

_COMMON = frozenset(
    {
        "taskType",
        "taskUUID",
        "model",
        "webhookURL",
        "includeCost",
        "includeUsage",
        "numberResults",
        "uploadEndpoint",
        "ttl",
        "outputType",
        "outputFormat",
        "outputQuality",
        "deliveryMethod",
        "safety",
        "checkNSFW",
        "routing",
        "settings",
        "providerSettings",
        "inputs",
    }
)
_IMAGE = _COMMON | {
    "positivePrompt",
    "negativePrompt",
    "seedImage",
    "maskImage",
    "maskMargin",
    "referenceImages",
    "strength",
    "width",
    "height",
    "steps",
    "scheduler",
    "seed",
    "CFGScale",
    "trueCFGScale",
    "clipSkip",
    "promptWeighting",
    "vae",
    "lora",
    "lycoris",
    "embeddings",
    "controlNet",
    "ipAdapters",
    "refiner",
    "outpaint",
    "acceleration",
    "acceleratorOptions",
    "advancedFeatures",
    "hiresFix",
    "puLID",
    "ultralytics",
}
_UPSCALE = _COMMON | {"inputImage", "upscaleFactor", "positivePrompt", "negativePrompt", "seed", "steps", "strength"}
_THREE_D = _COMMON | {"positivePrompt", "seed"}
_UPLOAD = frozenset(
    {
        "taskType",
        "taskUUID",
        "category",
        "type",
        "architecture",
        "format",
        "air",
        "uniqueIdentifier",
        "name",
        "version",
        "downloadURL",
        "defaultScheduler",
        "defaultSteps",
        "defaultCFG",
        "defaultStrength",
        "defaultWeight",
        "private",
        "heroImageURL",
        "tags",
        "positiveTriggerWords",
        "negativeTriggerWords",
        "shortDescription",
        "comment",
        "webhookURL",
        "deliveryMethod",
    }
)
_UPLOAD_CATEGORIES = ("checkpoint", "lora", "lycoris", "vae", "embeddings")
_OUTPUT_TYPES = ("URL", "base64Data", "dataURI")
_DEFAULT_UPSCALER = "runware:504@1"
_MAX_SEED = 2**63 - 1


def task_uuid(task: JsonObject) -> str:
    """Return the task's uuid. Raises VendorError where it is missing or no version 4 UUID."""
    if task.get("taskUUID") is None:
        raise missing("taskUUID")
    if not is_uuid4(task["taskUUID"]):
        raise invalid("taskUUID", "It must be a UUID v4.")
    return str(task["taskUUID"])


class Validation:
    """Checks tasks before they are taken."""

    def __init__(self, catalogue: Catalogue, ledger: Ledger) -> None:
        self._catalogue = catalogue
        self._ledger = ledger

    def check_new(self, task: JsonObject) -> None:
        """Refuse a taskUUID that is none, or that was used before."""
        if self._ledger.find(task_uuid(task)) is not None:
            raise VendorError(
                "conflictTaskUUID",
                "The provided 'taskUUID' has already been used by another task.",
                parameter="taskUUID",
            )

    def work(self, task: JsonObject) -> Model:
        """Check a task that makes pictures or 3D models, and return the model that does it."""
        match task["taskType"]:
            case "imageInference":
                return self._image(task)
            case "3dInference":
                return self._three_d(task)
            case _:
                return self._upscale(task)

    def upload(self, task: JsonObject) -> str:
        """Check a model upload and return the AIR it asks for."""
        checks.known_only(task, _UPLOAD)
        checks.one_of(task, "category", _UPLOAD_CATEGORIES, is_required=True)
        checks.one_of(task, "format", ("safetensors",), is_required=True)
        for name in ("architecture", "name", "version"):
            checks.text(task, name, longest=256, is_required=True)
        checks.web_address(task, "downloadURL", is_required=True)
        checks.web_address(task, "webhookURL")
        checks.number(task, "defaultWeight", -4, 4)
        checks.flag(task, "private")
        air = checks.text(task, "air", longest=256, is_required=True) or ""
        source, colon, rest = air.partition(":")
        if not (source and colon and all(rest.partition("@"))):
            raise invalid("air", "It must look like source:model@version.")
        if self._catalogue.is_taken(air):
            raise VendorError("modelAlreadyExists", f"A model with the AIR '{air}' already exists.", parameter="air")
        return air

    def _image(self, task: JsonObject) -> Model:
        checks.known_only(task, _IMAGE)
        model = self._model(task, Category.CHECKPOINT)
        checks.text(task, "positivePrompt", shortest=2, is_required=True)
        if "negativePrompt" in task:
            checks.text(task, "negativePrompt", shortest=2)
        checks.whole_number(task, "width", 128, 2048, step=64, is_required=True)
        checks.whole_number(task, "height", 128, 2048, step=64, is_required=True)
        checks.whole_number(task, "steps", 1, 100)
        checks.number(task, "CFGScale", 0, 50)
        checks.number(task, "strength", 0, 1)
        self._loras(task)
        self._output(task, ("JPG", "PNG", "WEBP"))
        return model

    def _upscale(self, task: JsonObject) -> Model:
        checks.known_only(task, _UPSCALE)
        model = self._model({"model": _DEFAULT_UPSCALER, **task}, Category.UPSCALER)
        checks.one_of(task, "upscaleFactor", (2, 4))
        if source_of(task) is None:
            raise missing("inputs.image" if task["taskType"] == "upscale" else "inputImage")
        self._output(task, ("JPG", "PNG", "WEBP"))
        return model

    def _three_d(self, task: JsonObject) -> Model:
        checks.known_only(task, _THREE_D)
        model = self._model(task, Category.THREE_D)
        if source_of(task) is None and checks.text(task, "positivePrompt") is None:
            raise missing("inputs.image")
        self._output(task, ("GLB",), ("URL",))
        return model

    def _output(self, task: JsonObject, formats: tuple[str, ...], types: tuple[str, ...] = _OUTPUT_TYPES) -> None:
        checks.one_of(task, "outputType", types)
        checks.one_of(task, "outputFormat", formats)
        checks.whole_number(task, "outputQuality", 20, 99)
        checks.whole_number(task, "numberResults", 1, 20)
        checks.whole_number(task, "seed", 0, _MAX_SEED)
        checks.one_of(task, "deliveryMethod", ("sync", "async"))
        checks.web_address(task, "webhookURL")
        checks.flag(task, "includeCost")
        checks.flag(task, "checkNSFW")
        safety = task.get("safety", {})
        if not isinstance(safety, dict):
            raise invalid("safety", "It must be an object.")
        checks.flag(safety, "checkContent")

    def _model(self, task: JsonObject, category: Category) -> Model:
        air = checks.text(task, "model", longest=256, is_required=True) or ""
        model = self._catalogue.find(air, category)
        if model is None:
            raise invalid("model", f"The model '{air}' does not exist or cannot do this task.")
        return model

    def _loras(self, task: JsonObject) -> None:
        loras = task.get("lora", [])
        if not isinstance(loras, list) or not all(isinstance(lora, dict) for lora in loras):
            raise invalid("lora", "It must be an array of objects.")
        for lora in loras:
            air = checks.text(lora, "model", longest=256, is_required=True) or ""
            if self._catalogue.find(air, Category.LORA) is None:
                raise invalid("lora.model", f"The LoRA '{air}' does not exist or is not ready.")
            checks.number(lora, "weight", -4, 4)


def source_of(task: JsonObject) -> tuple[str, str] | None:
    """Return the first given picture of a task as (parameter, reference), or None.

    Raises VendorError where it is no string.
    """
    inputs = task.get("inputs", {})
    if not isinstance(inputs, dict):
        raise invalid("inputs", "It must be an object.")
    places = {name: task.get(name) for name in ("seedImage", "inputImage", "referenceImages")}
    places |= {f"inputs.{name}": inputs.get(name) for name in ("seedImage", "image", "images", "referenceImages")}
    for name, value in places.items():
        reference = value[0] if isinstance(value, list) and value else value
        if isinstance(reference, dict):
            reference = reference.get("image")
        if reference is None:
            continue
        if not isinstance(reference, str) or not reference:
            raise invalid(name, "It must be a UUID, a URL, a data URI or base64.")
        return name, reference
    return None
