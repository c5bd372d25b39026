"""Several processes may bring one database up to date at once."""

import asyncio
from uuid import uuid4

import asyncpg

from db.migrate import MIGRATIONS, migrate


async def test_processes_that_migrate_at_once_make_one_database_with_every_migration_once(postgres):
    dsn = postgres.dsn(f"raced_{uuid4().hex}")
    await asyncio.gather(*(migrate(dsn, "sandbox") for _ in range(6)))
    connection = await asyncpg.connect(dsn)
    versions = await connection.fetch("SELECT version FROM schema_migrations ORDER BY version")
    lives = await connection.fetch("""SELECT life FROM "Installation" """)
    await connection.close()
    assert [row["version"] for row in versions] == sorted(path.name.split("_")[0] for path in MIGRATIONS.glob("*.sql"))
    assert [row["life"] for row in lives] == ["sandbox"]
