"""The models: those of the catalogue, and those that trainings fill."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.replicate import schemas
from sandbox.replicate.problems import invalid_version, not_found
from sandbox.replicate.schemas import Schema
from sandbox.replicate.wire import JsonObject, written
from sandbox.stand_in.journal import Journal

# When the catalogue's versions came to be: a fixed day, so that answers compare.
_CATALOGUE_DAY = 1_735_689_600.0


class Work(StrEnum):
    """What a model does."""

    IMAGES = "images"
    UPSCALE = "upscale"
    MESH = "mesh"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model; a trained one names its weights on the file host."""

    id: str
    created_at: float
    weights: str | None = None


@dataclass(slots=True)
class Model:
    """A model, its inputs, and the price of one output in US dollars; a trainer's is that of a second.

    An official model is run by its name, any other only by a version.
    """

    owner: str
    name: str
    work: Work
    schema: Schema
    price: float
    is_official: bool = False
    visibility: str = "public"
    description: str = ""
    versions: list[Version] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The model's name with its owner."""
        return f"{self.owner}/{self.name}"

    @property
    def latest(self) -> Version | None:
        """The newest version; None in a destination that no training has filled."""
        return self.versions[-1] if self.versions else None

    def view(self) -> JsonObject:
        """Return the model as the API does."""
        return {
            "url": f"https://replicate.com/{self.key}",
            "owner": self.owner,
            "name": self.name,
            "description": self.description,
            "visibility": self.visibility,
            "github_url": None,
            "paper_url": None,
            "license_url": None,
            "run_count": 0,
            "cover_image_url": None,
            "default_example": None,
            "is_official": self.is_official,
            "latest_version": self.version_view(self.latest) if self.latest else None,
        }

    def version_view(self, version: Version) -> JsonObject:
        """Return one of its versions as the API does."""
        return {
            "id": version.id,
            "created_at": written(version.created_at),
            "cog_version": "0.13.7",
            "openapi_schema": self.schema.openapi(),
        }


_TRAINED_SCHEMA = schemas.flux(50, 28, takes_image=True, takes_lora=True)
_TRAINED_PRICE = 0.025
# A training costs what its machine does, an H100.
_TRAINER_PRICE_A_SECOND = 0.001525


def _catalogue() -> list[Model]:
    dev = schemas.flux(50, 28, takes_image=True, takes_lora=False)
    with_lora = schemas.flux(50, 28, takes_image=True, takes_lora=True)
    schnell = schemas.flux(4, 4, takes_image=False, takes_lora=False)
    flux = "black-forest-labs"
    return [
        Model(flux, "flux-schnell", Work.IMAGES, schnell, 0.003, is_official=True),
        Model(flux, "flux-dev", Work.IMAGES, dev, 0.025, is_official=True),
        Model(flux, "flux-dev-lora", Work.IMAGES, with_lora, 0.032, is_official=True),
        Model("nightmareai", "real-esrgan", Work.UPSCALE, schemas.UPSCALE, 0.0017),
        Model("tencent", "hunyuan-3d-3.1", Work.MESH, schemas.MESH, 0.16, is_official=True),
        Model("ostris", "flux-dev-lora-trainer", Work.TRAINING, schemas.TRAINING, _TRAINER_PRICE_A_SECOND),
    ]


class Models:
    """Every model by name, every version by id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._models: dict[str, Model] = {}
        self._by_version: dict[str, Model] = {}
        for model in _catalogue():
            model.versions.append(Version(hashlib.sha256(model.key.encode()).hexdigest(), _CATALOGUE_DAY))
            self._keep(model)
        for record in journal.read("model"):
            self._keep(_destination(record["owner"], record["name"], record["visibility"], record["description"]))
        self._deleted: set[str] = {record["id"] for record in journal.read("deleted_version")}
        for record in journal.read("version"):
            if record["id"] not in self._deleted:
                self._add_version(record["model"], Version(record["id"], record["created_at"], record["weights"]))

    def find(self, owner: str, name: str) -> Model | None:
        """Return a model, or None."""
        return self._models.get(f"{owner}/{name}")

    def known(self, owner: str, name: str) -> Model:
        """Return a model; a stranger is a 404."""
        model = self.find(owner, name)
        if model is None:
            raise not_found()
        return model

    def version_of(self, model: Model, version_id: str) -> Version:
        """Return a version of a model; a stranger is a 404."""
        for version in model.versions:
            if version.id == version_id:
                return version
        raise not_found()

    def resolve(self, reference: str) -> tuple[Model, Version]:
        """Return what a prediction's `version` names: an id, `owner/name:id`, or an official `owner/name`."""
        key, _, version_id = reference.rpartition(":")
        model = self._by_version.get(version_id)
        if model is not None and key in ("", model.key):
            return model, self.version_of(model, version_id)
        official = self._models.get(reference)
        if official is not None and official.is_official and official.latest is not None:
            return official, official.latest
        raise invalid_version()

    def create(self, owner: str, name: str, visibility: str, description: str) -> Model:
        """Make an empty destination for trainings."""
        model = _destination(owner, name, visibility, description)
        self._keep(model)
        record = {"owner": owner, "name": name, "visibility": visibility, "description": description}
        self._journal.put("model", model.key, record)
        return model

    def fill(self, key: str, version: Version) -> None:
        """Add a trained version to a destination."""
        self._add_version(key, version)
        # A number as the key keeps the order in which the versions came.
        position = sum(len(model.versions) for model in self._models.values()) + len(self._deleted)
        record = {"model": key, "id": version.id, "created_at": version.created_at, "weights": version.weights}
        self._journal.put("version", position, record)

    def delete(self, model: Model, version: Version) -> None:
        """Take a trained version off its model."""
        model.versions.remove(version)
        del self._by_version[version.id]
        self._deleted.add(version.id)
        self._journal.put("deleted_version", version.id, {"id": version.id})

    def _keep(self, model: Model) -> None:
        self._models[model.key] = model
        self._by_version.update({version.id: model for version in model.versions})

    def _add_version(self, key: str, version: Version) -> None:
        self._models[key].versions.append(version)
        self._by_version[version.id] = self._models[key]


def _destination(owner: str, name: str, visibility: str, description: str) -> Model:
    return Model(
        owner, name, Work.IMAGES, _TRAINED_SCHEMA, _TRAINED_PRICE, visibility=visibility, description=description
    )
