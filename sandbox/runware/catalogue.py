"""The models that the vendor knows: a few of its own by AIR, and those that customers uploaded."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.runware.ledger import Ledger
from sandbox.runware.tasks import UploadStatus


class Category(StrEnum):
    """What a model is for; the last five are what `modelUpload` takes."""

    UPSCALER = "upscaler"
    THREE_D = "3d"
    CHECKPOINT = "checkpoint"
    LORA = "lora"
    LYCORIS = "lycoris"
    VAE = "vae"
    EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its AIR; `cost` in dollars a result."""

    air: str
    name: str
    category: Category
    cost: float = 0.0


OWN_MODELS = (
    Model("runware:100@1", "FLUX.1 schnell", Category.CHECKPOINT, 0.0013),
    Model("runware:101@1", "FLUX.1 dev", Category.CHECKPOINT, 0.0038),
    Model("runware:400@1", "FLUX.2 dev", Category.CHECKPOINT, 0.0122),
    Model("runware:400@4", "FLUX.2 klein 4B", Category.CHECKPOINT, 0.0006),
    Model("runware:106@1", "FLUX.1 Kontext dev", Category.CHECKPOINT, 0.0105),
    Model("civitai:133005@782002", "Juggernaut XL", Category.CHECKPOINT, 0.0026),
    Model("runware:504@1", "Real-ESRGAN", Category.UPSCALER, 0.0013),
    Model("runware:500@1", "Clarity", Category.UPSCALER, 0.0044),
    Model("microsoft:trellis-2@4b", "TRELLIS 2", Category.THREE_D, 0.05),
    Model("tencent:hunyuan-3d@3.1-rapid", "Hunyuan 3D 3.1 Rapid", Category.THREE_D, 0.225),
    Model("tencent:hunyuan-3d@3.1-pro", "Hunyuan 3D 3.1 Pro", Category.THREE_D, 0.375),
    Model("civitai:652699@993999", "Amateur Photography", Category.LORA),
    Model("civitai:796382@1026423", "Ultra Realistic", Category.LORA),
    Model("runware:20@1", "Film grain", Category.LORA),
)


class Catalogue:
    """Finds models by AIR. An uploaded one is known as soon as it is `ready`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own = {model.air: model for model in OWN_MODELS}

    def find(self, air: str, category: Category) -> Model | None:
        """Return the model of a category with this AIR, if there is one that can be used."""
        own = self._own.get(air)
        model = own if own is not None else self._uploaded(air)
        return model if model is not None and model.category == category else None

    def is_taken(self, air: str) -> bool:
        """Tell whether an AIR belongs to a model already, one that is still being uploaded included."""
        return air in self._own or any(
            task.model == air and task.upload_status != UploadStatus.FAILED for task in self._ledger.uploads
        )

    def search(self, words: str, category: str | None, visibility: str) -> list[Model]:
        """Return the models that can be used and have the words in their AIR or name; a customer's own are private."""
        uploads = (task for task in self._ledger.uploads if task.upload_status == UploadStatus.READY)
        private = (Model(task.model, task.request["name"], Category(task.request["category"])) for task in uploads)
        searched = {"private": [*private], "public": [*OWN_MODELS]}
        models = searched[visibility] if visibility in searched else [*searched["private"], *searched["public"]]
        words = words.lower()
        return [
            model
            for model in models
            if words in f"{model.air} {model.name}".lower() and category in (None, model.category)
        ]

    def _uploaded(self, air: str) -> Model | None:
        for task in self._ledger.uploads:
            if task.model == air and task.upload_status == UploadStatus.READY:
                return Model(air, task.request["name"], Category(task.request["category"]))
        return None
