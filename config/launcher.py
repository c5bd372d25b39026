"""Starts the house: `python -m config.launcher all`, behind `./run.sh`.

Servers first, then migrations, then the parts; at the end the other way round, within ten seconds.
"""

import argparse
import asyncio
import signal
import sys
import time

from config.house.parts import PARTS, parts_of
from config.house.running import run_all, run_one
from config.house.servers import migrate, servers
from config.house.start_checks import CannotStart, alone, check_ports
from config.house.telling import say
from config.settings import Settings, WrongSetting, load_settings
from config.supervisor import PartFailed
from config.webhook_switch import describe, switch_off, switch_on
from db.server_programs import ServerFailed


def main() -> int:
    """Run the command of the command line; one line on stderr says what was wrong."""
    parser = argparse.ArgumentParser(prog="./run.sh")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("all", "migrate", *PARTS):
        commands.add_parser(name)
    admin = commands.add_parser("admin").add_subparsers(dest="action", required=True)
    admin.add_parser("add").add_argument("telegram_id", type=int)
    webhook = commands.add_parser("webhook").add_subparsers(dest="action")
    webhook.add_parser("on").add_argument("url")
    webhook.add_parser("off")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # before the parts run it means what Ctrl+C means
    try:
        return _run(arguments, load_settings())
    except (WrongSetting, CannotStart, ServerFailed, PartFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "all":
            with alone(settings):
                _run_house(settings)
            return 0
        case "sandbox":
            check_ports(settings, "sandbox")
            return run_one("sandbox", settings)
        case part if part in PARTS:
            check_ports(settings, part, *(["metrics"] if part in ("bot", "worker") else []))
            with servers(settings):
                migrate()
                return run_one(part, settings)
        case "webhook":
            _switch_webhook(arguments, settings)
            return 0
        case "migrate":
            with servers(settings):
                migrate("dump")
            return 0
        case _:
            with servers(settings):
                migrate()
                asyncio.run(grant_admin(settings, arguments.telegram_id))
            say(f"{arguments.telegram_id} is an admin now")
            return 0


def _run_house(settings: Settings) -> None:
    began = time.monotonic()
    check_ports(settings, *(part.name for part in parts_of(settings)))
    with servers(settings):
        migrate()
        say(f"Database ready after {time.monotonic() - began:.1f} s")
        asyncio.run(run_all(settings))


def _switch_webhook(arguments: argparse.Namespace, settings: Settings) -> None:
    match arguments.action:
        case "on":
            settings = switch_on(arguments.url)
            say(f"Updates will come to {settings.webhook_url} once ./run.sh is started again")
        case "off":
            switch_off()
            say("The bot will ask for updates itself once ./run.sh is started again")
        case _:
            for line in describe(settings):
                say(line)


async def grant_admin(settings: Settings, telegram_id: int) -> None:
    """Make somebody an admin of this house."""
    from db.pool import Database  # the other commands do without these
    from services.accounts import Accounts

    async with await Database.connect(settings.database_dsn, failpoints=settings.failpoints) as db:
        await Accounts(db, settings.default_locale).grant_admin(telegram_id)


if __name__ == "__main__":
    sys.exit(main())
