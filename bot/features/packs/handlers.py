"""Everything about packs, from the theme to the ZIP."""

from aiogram import Router

from bot.features.packs import choosing, own


def build_router() -> Router:
    """The feature's handlers, for one dispatcher. Before those that take any photo."""
    router = Router(name="packs")
    router.include_routers(choosing.build_router(), own.build_router())
    return router
