"""Run the server: `python -m sandbox.replicate --host 127.0.0.1 --port 8083 [--token TOKEN] [--state-dir DIR]`."""

import argparse
import gc
import sys
from pathlib import Path

from sandbox.replicate.app import create_app
from sandbox.replicate.serving import make_server
from sandbox.replicate.settings import Settings, secret_for
from sandbox.stand_in.loopback import is_loopback


def main() -> None:
    """Read the command line and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.replicate", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8083)
    parser.add_argument("--token", default="r8_sandbox", help="the API token that clients must carry")
    parser.add_argument("--webhook-secret", help="what webhooks are signed with; by default made from the token")
    parser.add_argument("--username", default="dream-photo", help="the account that owns trained models")
    parser.add_argument("--state-dir", type=Path, default=Path("data/sandbox/replicate"))
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a prediction takes")
    parser.add_argument("--training-seconds", type=float, default=12.0, help="how long a training takes")
    parser.add_argument("--side", type=int, help="pixels; every picture is then the same small square")
    chosen = parser.parse_args()
    if not is_loopback(chosen.host):
        sys.exit(f"--host {chosen.host} is refused: the sandbox serves only this machine")
    settings = Settings(
        api_token=chosen.token,
        username=chosen.username,
        webhook_secret=chosen.webhook_secret or secret_for(chosen.token),
        seconds=chosen.seconds,
        training_seconds=chosen.training_seconds,
        side=chosen.side,
    )
    app = create_app(settings, chosen.state_dir)
    # What exists now stays: leave it out of every later garbage collection.
    gc.freeze()
    make_server(app, chosen.host, chosen.port).run()


if __name__ == "__main__":
    main()
