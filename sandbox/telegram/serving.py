"""The HTTP server around the application, which ends its long polls and event streams before it stops."""

from starlette.applications import Starlette

from sandbox.stand_in.serving import StandInServer, stand_in_server
from sandbox.telegram.world import World


def make_server(app: Starlette, host: str, port: int) -> StandInServer:
    """Return a server for the application; port 0 takes a free one."""
    world: World = app.state.world

    def release() -> None:
        world.updates.release()
        world.chats.release()
        world.faults.release()
        world.presses.release()
        world.checkouts.release()

    return stand_in_server(app, host, port, release)
