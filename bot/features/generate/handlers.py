"""Everything about one picture, from the photo to the order."""

from aiogram import Router

from bot.features.generate import compose, intake, making


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="generate")
    router.include_routers(intake.build_router(), compose.build_router(), making.build_router())
    return router
