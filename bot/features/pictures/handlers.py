"""One picture, from a look at it to its end."""

from aiogram import Router

from bot.features.pictures import deleting, enlarging, marking, showing


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="pictures")
    router.include_routers(
        showing.build_router(), enlarging.build_router(), marking.build_router(), deleting.build_router()
    )
    return router
