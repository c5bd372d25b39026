"""Run the server: `python -m sandbox.telegram --host 127.0.0.1 --port 8081 --token <token> [--state-dir DIR]`."""

import argparse
import gc
import re
import sys
from pathlib import Path

from sandbox.stand_in.loopback import is_loopback
from sandbox.telegram.app import create_app
from sandbox.telegram.serving import make_server

_TOKEN = re.compile(r"\d{1,18}:[A-Za-z0-9_-]{1,64}")


def main() -> None:
    """Read the command line and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.telegram", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", required=True, help="the bot's token, as 123456:letters")
    parser.add_argument("--username", default="dream_photo_sandbox_bot")
    parser.add_argument("--state-dir", type=Path, default=Path("data/sandbox/telegram"))
    parser.add_argument(
        "--flood-rate", type=float, default=1.0, help="multiplies Telegram's sending rates; 0 is no flood control"
    )
    chosen = parser.parse_args()
    if not is_loopback(chosen.host):
        sys.exit(f"--host {chosen.host} is refused: the sandbox has no passwords and serves only this machine")
    if not _TOKEN.fullmatch(chosen.token):
        sys.exit("--token must look like 123456:letters")
    app = create_app(chosen.token, chosen.state_dir, chosen.username, flood_rate=chosen.flood_rate)
    # What exists now stays: leave it out of every later garbage collection.
    gc.freeze()
    make_server(app, chosen.host, chosen.port).run()


if __name__ == "__main__":
    main()
