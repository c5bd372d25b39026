"""A house whose people have models."""

import pytest

from repository.users import User
from services.models.models import Models
from tests.integration.heart.conftest import SmallHouse, backend, house
from tests.integration.models.owning import Owning

__all__ = ["backend", "house"]

ANNA, BORIS = 700_100_100, 700_200_200
"""Ids that stand nowhere by chance."""


@pytest.fixture
def owning(house: SmallHouse) -> Owning:
    return Owning(house.db, house.storage)


@pytest.fixture
def models(house: SmallHouse) -> Models:
    return Models(house.db, house.tasks, house.storage)


@pytest.fixture
async def anna(house: SmallHouse) -> User:
    return await house.person(ANNA)


@pytest.fixture
async def boris(house: SmallHouse) -> User:
    return await house.person(BORIS)
