"""Everything about one picture, from the photo to the order."""

from aiogram import Router

from bot.features.generate import (
    beginnings,
    choosing_extra_loras,
    choosing_model,
    compose,
    describing,
    fine_tuning,
    intake,
    making,
)


def build_router() -> Router:
    """The feature's handlers, for one dispatcher."""
    router = Router(name="generate")
    router.include_routers(
        intake.build_router(),
        compose.build_router(),
        choosing_model.build_router(),
        choosing_extra_loras.build_router(),
        describing.build_router(),
        fine_tuning.build_router(),
        making.build_router(),
        beginnings.build_router(),
    )
    return router
