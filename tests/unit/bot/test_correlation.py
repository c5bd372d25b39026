"""An update keeps the id that it was received under."""

import structlog
from aiogram.types import Update

from bot.middlewares.correlation import Correlation


async def id_of_handling() -> tuple[str, str]:
    """What a handler is given, and what its log lines say."""

    async def handler(event, data):
        return data["correlation_id"], structlog.contextvars.get_contextvars()["correlation_id"]

    return await Correlation()(handler, Update(update_id=1), {})


async def test_the_id_bound_at_the_receipt_is_the_handler_s():
    with structlog.contextvars.bound_contextvars(correlation_id="of-the-request"):
        assert await id_of_handling() == ("of-the-request", "of-the-request")


async def test_an_update_without_an_id_gets_one_of_its_own():
    first, second = await id_of_handling(), await id_of_handling()
    assert first[0] == first[1] != second[0]
    assert "correlation_id" not in structlog.contextvars.get_contextvars()
