"""Large files go into the storage and out of it without ever being whole in memory."""

import asyncio
import subprocess
import sys
from pathlib import Path

from config.failpoints import Write
from services.storage import Storage
from tests.conftest import ROOT


async def test_a_file_is_stored_as_it_is_and_read_in_pieces(tmp_path: Path) -> None:
    storage = Storage.open((tmp_path / "files").as_uri())
    content = bytes(range(256)) * 80_000
    source = tmp_path / "weights"
    source.write_bytes(content)
    await storage.put_file(Write.OUTPUT_STORE, "models/1.safetensors", source)
    pieces = [piece async for piece in storage.stream("models/1.safetensors")]
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < 2 * 2**20


def test_two_hundred_megabytes_take_a_few_megabytes_of_memory(tmp_path: Path) -> None:
    source = tmp_path / "weights"
    with source.open("wb") as file:
        file.truncate(200 * 2**20)
    program = f"""
import asyncio, resource
from pathlib import Path
from config.failpoints import Write
from services.storage import Storage
storage = Storage.open({(tmp_path / "files").as_uri()!r})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
asyncio.run(storage.put_file(Write.OUTPUT_STORE, "a.safetensors", Path({str(source)!r})))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 80 * 1024, "kilobytes"
    assert (tmp_path / "files" / "a.safetensors").stat().st_size == 200 * 2**20


async def test_a_process_that_has_just_asked_its_storage_ends_well(tmp_path: Path) -> None:
    """The answer's own thread may still be at work then: several times over, as it is a matter of luck."""
    program = f"""
import asyncio
from services.storage import Storage
storage = Storage.open({(tmp_path / "files").as_uri()!r})
asyncio.run(storage.has("nothing"))
"""
    many = [await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT) for _ in range(12)]
    assert [await process.wait() for process in many] == [0] * 12
