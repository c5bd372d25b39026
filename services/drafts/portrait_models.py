"""Whose face a picture can have: the personal models that an order may name."""

from db.pool import Database
from repository.models import ModelRepository, UsableModel
from repository.users import User
from services.errors import LoraNotFound, ModelNotReady


class PortraitModels:
    """Reads a person's own models for their drafts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def usable(self, person: User) -> list[UsableModel]:
        """The models that can be used now, newest first."""
        return await ModelRepository(self._db.reading).get_all_usable(person.user_id)

    async def choose(self, person: User, model_id: int) -> UsableModel:
        """A model of theirs that can be used now. Raises LoraNotFound, ModelNotReady."""
        model = await ModelRepository(self._db.reading).get_usable(person.user_id, model_id)
        if model is None:
            raise LoraNotFound
        if not model.is_usable:
            raise ModelNotReady(name=model.name)
        return model

    async def preferred(self, person: User) -> UsableModel | None:
        """The model that new pictures have unless another is chosen; None where there is none to be used."""
        return await ModelRepository(self._db.reading).get_default(person.user_id)
