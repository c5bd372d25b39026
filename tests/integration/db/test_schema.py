"""The schema file tells what the migrations make."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from config.settings import WrongSetting
from db.migrate import MIGRATIONS, SCHEMA, MigrationFailed, dump_schema, migrate
from tests.databases import TEMPLATE


def test_schema_sql_is_what_the_migrations_make(postgres):
    assert SCHEMA.read_text() == dump_schema(postgres.dsn(TEMPLATE)), "run: python -m db.migrate dump"


async def test_schema_sql_loads_into_an_empty_database(postgres):
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute("DROP DATABASE IF EXISTS from_schema")
    await admin.execute("CREATE DATABASE from_schema")
    connection = await asyncpg.connect(postgres.dsn("from_schema"))
    await connection.execute(SCHEMA.read_text())
    versions = await connection.fetch("SELECT version FROM schema_migrations ORDER BY version")
    await connection.close()
    await admin.execute("DROP DATABASE from_schema")
    await admin.close()
    assert [row[0] for row in versions] == sorted(path.name.split("_")[0] for path in MIGRATIONS.glob("*.sql"))


async def test_every_migration_can_be_taken_back(postgres):
    dsn = postgres.dsn("taken_back")
    await migrate(dsn, "sandbox")
    url = f"postgres://postgres@/taken_back?socket={postgres.socket_dir}&sslmode=disable"
    dbmate = Path(sys.executable).parent / "dbmate"
    for _ in MIGRATIONS.glob("*.sql"):
        await asyncio.to_thread(
            subprocess.run,
            [dbmate, "--url", url, "--migrations-dir", MIGRATIONS, "--no-dump-schema", "rollback"],
            check=True,
            capture_output=True,
        )
    connection = await asyncpg.connect(dsn)
    left = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert [row[0] for row in left] == ["schema_migrations"]


async def test_a_database_of_one_life_is_refused_to_the_other(postgres):
    dsn = postgres.dsn("lives")
    await migrate(dsn, "production")
    await migrate(dsn, "production")
    with pytest.raises(WrongSetting, match="simulated money is never revenue"):
        await migrate(dsn, "sandbox")


async def test_a_migration_that_fails_says_why(postgres):
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute("DROP DATABASE IF EXISTS broken")
    await admin.execute("CREATE DATABASE broken")
    connection = await asyncpg.connect(postgres.dsn("broken"))
    await connection.execute('CREATE TABLE "User" (x int)')
    await connection.close()
    await admin.close()
    with pytest.raises(MigrationFailed, match="already exists"):
        await migrate(postgres.dsn("broken"), "sandbox")
