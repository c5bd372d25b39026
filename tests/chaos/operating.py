"""What an operator does beside the doors: `python -m tests.chaos.operating admin|ban TELEGRAM_ID`."""

import argparse
import asyncio

from config.settings import Settings, settings_or_exit
from db.pool import Database
from services.accounts import Accounts


async def operate(settings: Settings, action: str, user_id: int) -> None:
    """Carry out one action on one person."""
    async with await Database.connect(settings.database_dsn, failpoints=settings.failpoints) as db:
        accounts = Accounts(db, settings.default_locale)
        match action:
            case "admin":
                await accounts.grant_admin(user_id)
            case _:
                await accounts.ban(user_id, True)


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.operating", description=__doc__)
    parser.add_argument("action", choices=["admin", "ban"])
    parser.add_argument("telegram_id", type=int)
    chosen = parser.parse_args()
    asyncio.run(operate(settings_or_exit(), chosen.action, chosen.telegram_id))


if __name__ == "__main__":
    main()
