"""Run the server: `python -m sandbox.runware --host 127.0.0.1 --port 8082 [--state-dir DIR] [--api-key KEY]`."""

import argparse
import gc
import sys
from pathlib import Path

from sandbox.runware.app import create_app
from sandbox.runware.serving import make_server
from sandbox.runware.settings import Settings
from sandbox.stand_in.loopback import is_loopback


def main() -> None:
    """Read the command line and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.runware", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--state-dir", type=Path, default=Path("data/sandbox/runware"))
    parser.add_argument("--api-key", default="sandbox-runware-key", help="the only key that is let in")
    parser.add_argument("--seconds", type=float, default=2.0, help="what a task takes")
    parser.add_argument("--side", type=int, help="force every picture to one cached square of this side in pixels")
    parser.add_argument("--balance", type=float, default=100.0, help="dollars, before what the ledger has billed")
    chosen = parser.parse_args()
    if not is_loopback(chosen.host):
        sys.exit(f"--host {chosen.host} is refused: the sandbox has no passwords and serves only this machine")
    settings = Settings(api_key=chosen.api_key, seconds=chosen.seconds, side=chosen.side)
    app = create_app(chosen.state_dir, settings, chosen.balance)
    # What exists now stays: leave it out of every later garbage collection.
    gc.freeze()
    make_server(app, chosen.host, chosen.port).run()


if __name__ == "__main__":
    main()
