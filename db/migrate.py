"""Migrations: `python -m db.migrate` brings the database up to date, `python -m db.migrate dump` writes schema.sql.

dbmate runs the raw SQL of `db/migrations/`; one process at a time, however many start at once.
"""

import asyncio
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

from config.settings import Life, WrongSetting, settings_or_exit
from db.pool import UNAVAILABLE
from db.server_programs import ServerFailed, wheel_binaries

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "db" / "migrations"
SCHEMA = ROOT / "schema.sql"
SERVER_WITHIN = 30.0
"""Seconds that a server which is still coming up, beside us in a compose file, may take."""
_LOCK = 0x64726561_6D70686F
"""Advisory lock of the one process that migrates ("dreampho")."""


class MigrationFailed(Exception):
    """Migrations that did not go through; its text is dbmate's complaint."""


async def migrate(dsn: str, life: Life, within: float = SERVER_WITHIN) -> None:
    """Make the database if it is missing, bring it up to date, and see that it belongs to this life.

    Raises MigrationFailed, WrongSetting for a database of the other life, ServerFailed for a server that does not
    answer within these seconds.
    """
    await wait_for_server(dsn, within)
    await create_database(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await asyncio.to_thread(_dbmate, dsn, "up")
        await _claim_life(connection, life)
    finally:
        await connection.close()


async def wait_for_server(dsn: str, within: float) -> None:
    """Wait until PostgreSQL answers, were it only to refuse us. Raises ServerFailed."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + within
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=max(1.0, give_up_at - loop.time()))
        except UNAVAILABLE as error:
            if loop.time() >= give_up_at:
                parts = urlsplit(dsn)
                raise ServerFailed(
                    f"PostgreSQL at {parts.hostname or 'the socket'}:{parts.port or 5432} does not answer"
                    f" ({error or type(error).__name__}): start it, or see DATABASE_URL"
                ) from error
            await asyncio.sleep(0.25)
        except asyncpg.PostgresError:
            return
        else:
            await connection.close()
            return


async def create_database(dsn: str) -> None:
    """Make the database that the DSN names, where the server has none of this name."""
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidCatalogNameError:
        pass
    else:
        await connection.close()
        return
    parts = urlsplit(dsn)
    name = unquote(parts.path.strip("/"))
    admin = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)  # two at once would end in a unique violation
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            quoted = name.replace('"', '""')
            await admin.execute(f'CREATE DATABASE "{quoted}"')
    finally:
        await admin.close()


async def _claim_life(connection: "asyncpg.Connection[asyncpg.Record]", life: Life) -> None:
    await connection.execute(
        """INSERT INTO "Installation" (life, pepper) VALUES ($1, $2) ON CONFLICT DO NOTHING""",
        life,
        secrets.token_bytes(32),
    )
    found = await connection.fetchval("""SELECT life FROM "Installation" """)
    if found != life:
        raise WrongSetting(
            f"DATABASE_URL names a {found} database and this is a {life} start: simulated money is never revenue;"
            " choose another database"
        )


def _dbmate(dsn: str, *command: str) -> None:
    def run(url: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own tool; the password goes by the environment, which ps does not show
            [Path(sys.executable).parent / "dbmate", "--migrations-dir", MIGRATIONS, "--no-dump-schema", *command],
            env={**os.environ, "DATABASE_URL": url},
            cwd=MIGRATIONS,  # no stray .env is read from the folder of the caller
            capture_output=True,
            text=True,
            check=False,
        )

    url = _dbmate_url(dsn)
    done = run(url)
    if done.returncode and "SSL is not enabled" in done.stderr and "sslmode" not in url:
        done = run(f"{url}{'&' if '?' in url else '?'}sslmode=disable")
    if done.returncode:
        raise MigrationFailed(done.stderr.strip() or done.stdout.strip())


def _dbmate_url(dsn: str) -> str:
    """The same address as dbmate writes it: a socket's folder is `socket`, not `host`."""
    parts = urlsplit(dsn)
    query = [("socket" if name == "host" else name, value) for name, value in parse_qsl(parts.query)]
    if any(name == "socket" for name, _ in query) and "sslmode" not in dict(query):
        query.append(("sslmode", "disable"))
    return urlunsplit(parts._replace(scheme="postgres", query=urlencode(query, quote_via=quote, safe="/")))


def dump_schema(dsn: str) -> str:
    """The schema as SQL, the same whichever server and pg_dump wrote it, with the versions that it contains.

    Raises MigrationFailed.
    """
    parts = urlsplit(dsn)
    password = f":{parts.password}@" if parts.password else "@"
    done = subprocess.run(  # noqa: S603 - our own tool; the password goes by the environment, which ps does not show
        [
            *(wheel_binaries() / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--no-comments"),
            *("--restrict-key=none", "--dbname", dsn.replace(password, "@", 1)),
        ],
        env={**os.environ, **({"PGPASSWORD": unquote(parts.password)} if parts.password else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MigrationFailed(f"schema.sql was not written: {done.stderr.strip()}")
    unwanted = re.compile(r"^(--.*|\\(un)?restrict.*|SET .*|SELECT pg_catalog\.set_config.*)$")
    kept = "\n".join(line for line in done.stdout.splitlines() if not unwanted.match(line))
    versions = ",\n".join(f"    ('{path.name.split('_')[0]}')" for path in sorted(MIGRATIONS.glob("*.sql")))
    return (
        "-- Written from db/migrations by `python -m db.migrate dump`; do not edit.\n\n"
        + re.sub(r"\n{3,}", "\n\n", kept).strip()
        + f"\n\nINSERT INTO public.schema_migrations (version) VALUES\n{versions};\n"
    )


def main() -> int:
    """Run the command that was asked for."""
    settings = settings_or_exit()
    try:
        asyncio.run(migrate(settings.database_dsn, settings.life))
        if sys.argv[1:] == ["dump"]:
            SCHEMA.write_text(dump_schema(settings.database_dsn))
    except (ServerFailed, WrongSetting) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (MigrationFailed, OSError, asyncpg.PostgresError) as error:
        sys.stderr.write(f"The database could not be brought up to date: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
