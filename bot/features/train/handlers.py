"""A model of the person's own, from leave to order."""

from aiogram import Router

from bot.features.train import collecting, consenting, describing, intake, ordering


def build_router() -> Router:
    """The feature's handlers, for one dispatcher; to be included before what takes any photo."""
    router = Router(name="train")
    router.include_routers(
        consenting.build_router(),
        collecting.build_router(),
        describing.build_router(),
        ordering.build_router(),
        intake.build_router(),
    )
    return router
