"""The points around each durable write: they kill where a test says so, nowhere else, and no write is without."""

import ast
import asyncio
import inspect
import re
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from config.failpoints import Failpoints, Write
from db.pool import Database
from repository.users import UserRepository
from tests.conftest import ROOT

WRITES = re.compile(r"\b(INSERT INTO|UPDATE \"|UPDATE \w+ SET|DELETE FROM)")
ROOMS = ("services", "workers", "bot", "api", "config")

ONE_LIFE = """
import asyncio, sys
from pathlib import Path
from config.failpoints import Failpoints, Write
from db.pool import Database
from services.storage import Storage

async def live(dsn, folder, files):
    points = Failpoints(Path(folder))
    async with await Database.connect(dsn, failpoints=points) as db:
        await db.writing(Write.PERSON_LOCALE).execute('INSERT INTO "User" (user_id) VALUES (1)')
        async with db.transaction(Write.PERSON_REGISTER) as tx:
            await tx.execute('INSERT INTO "User" (user_id) VALUES (2)')
    await Storage.open(files, failpoints=points).put(Write.PHOTO_STORE, "photo", b"bytes")

asyncio.run(live(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("point", "people", "stored"),
    [
        ("person.locale.before", 0, False),
        ("person.locale.after", 1, False),
        ("person.register.before", 1, False),
        ("person.register.after", 2, False),
        ("photo.store.before", 2, False),
        ("photo.store.after", 2, True),
    ],
)
async def test_a_process_dies_right_before_or_right_after_the_write_that_is_armed(
    database, database_dsn, tmp_path, point, people, stored
):
    folder, files = tmp_path / "points", tmp_path / "files"
    folder.mkdir()
    (folder / point).touch()
    lived = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ONE_LIFE, database_dsn, folder, files.as_uri()), cwd=ROOT
    )
    assert await lived.wait() == -signal.SIGKILL
    assert not (folder / point).exists()
    assert await database.reading.fetchval("""SELECT count(*) FROM "User" """) == people
    assert (files / "photo").exists() == stored


async def test_where_points_are_on_postgresql_itself_refuses_a_write_without_a_name(database_dsn, tmp_path):
    async with await Database.connect(database_dsn, failpoints=Failpoints(tmp_path)) as db:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await UserRepository(db.reading).create_user(1, None, None, None)
        assert await UserRepository(db.writing(Write.PERSON_REGISTER)).create_user(1, None, None, None)


def sources() -> list[tuple[Path, ast.Module]]:
    return [
        (path.relative_to(ROOT), ast.parse(path.read_text()))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


def writing_methods() -> set[str]:
    """`Repository.method` for every one whose SQL changes something, or that calls another that does."""
    found = set()
    for path in sorted((ROOT / "repository").glob("*.py")):
        for owner in ast.parse(path.read_text()).body:
            if isinstance(owner, ast.ClassDef) and owner.name.endswith("Repository"):
                for method in owner.body:
                    if isinstance(method, ast.AsyncFunctionDef):
                        text = ast.unparse(method)
                        if WRITES.search(text) or "LedgerRepository(self._sql)" in text:
                            found.add(f"{owner.name}.{method.name}")
    return found


def calls_of_repositories(function: ast.AST) -> list[tuple[str, str, int]]:
    """`Repository.method`, what it runs on, and the line, for every call of a repository in a function."""
    bound: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            targets = node.targets[0]
            pairs = (
                zip(targets.elts, node.value.elts, strict=True)
                if isinstance(targets, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(targets, node.value)]
            )
            for target, value in pairs:
                if isinstance(target, ast.Name):
                    bound[target.id] = ast.unparse(value)
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            built = ast.unparse(node.func.value)
            built = bound.get(built, built)
            maker = re.fullmatch(r"(\w+Repository)\((.*)\)", built, re.DOTALL)
            if maker:
                runs_on = bound.get(maker.group(2), maker.group(2))
                found.append((f"{maker.group(1)}.{node.func.attr}", runs_on, node.lineno))
    return found


def test_no_write_runs_where_only_reading_is_meant():
    writing = writing_methods()
    assert {"LedgerRepository.hold", "QueueRepository.claim", "UserRepository.update_tokens"} <= writing
    assert "TaskRepository.get" not in writing
    seen = 0
    nameless = []
    for path, module in sources():
        for function in ast.walk(module):
            if isinstance(function, ast.AsyncFunctionDef):
                for method, runs_on, line in calls_of_repositories(function):
                    seen += 1
                    if method in writing and "writing(" not in runs_on and not re.fullmatch(r"tx|self\._sql", runs_on):
                        nameless.append(f"{path}:{line}: {method} runs on {runs_on}")
    assert nameless == []
    assert seen > 50


def test_every_name_in_the_list_is_used_by_exactly_the_writes_that_exist():
    text = "\n".join(path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    used = set(re.findall(r"\bWrite\.([A-Z_]+)", text))
    assert used == {write.name for write in Write}


def test_a_transaction_cannot_begin_without_a_name():
    assert list(inspect.signature(Database.transaction).parameters) == ["self", "write"]
    begun = [
        f"{path}:{node.lineno}"
        for path, module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("transaction", "writing")
        and not (len(node.args) == 1 and re.fullmatch(r"Write\.[A-Z_]+|write", ast.unparse(node.args[0])))
    ]
    assert begun == []


def test_the_failure_model_says_of_every_write_what_its_crash_means():
    page = (ROOT / "docs" / "failure-model.md").read_text()
    assert [write.value for write in Write if f"`{write.value}`" not in page] == []
