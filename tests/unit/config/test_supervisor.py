"""The supervisor with tiny real processes: it restarts what dies, stops what is stubborn, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from config.supervisor import MAX_LOG_BYTES, Part, PartFailed, Supervisor, rotate_log
from tests.conftest import ROOT

SIT = "signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); [signal.pause() for _ in iter(int, 1)]"


class Workshop:
    """Makes parts out of a few lines of Python, and knows what the supervisor said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.heard = asyncio.Event()
        self.supervisor = Supervisor(self._say)
        self.parts: list[Part] = []

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.heard.set()

    def part(self, name: str, program: str, stop_seconds: float = 5) -> Part:
        """A part; its program calls ready(), which writes its pid."""
        begin = textwrap.dedent(f"""
            import os, pathlib, signal, subprocess, sys
            def ready():
                draft = pathlib.Path({str(self.pid_file(name))!r} + ".new")
                draft.write_text(str(os.getpid()))
                draft.replace({str(self.pid_file(name))!r})
        """)

        async def is_ready() -> bool:
            return self.pid_file(name).exists()

        command = (sys.executable, "-c", f"{begin}\n{textwrap.dedent(program)}")
        self.parts.append(Part(name, command, self.folder / f"{name}.log", is_ready, stop_seconds))
        return self.parts[-1]

    def pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"

    def pid(self, name: str) -> int:
        return int(self.pid_file(name).read_text())


@pytest_asyncio.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    await made.supervisor.stop(made.parts)


async def becomes_true(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what other processes do rings no event here
            await asyncio.sleep(0.01)


def lives(pid: int) -> bool:
    """Whether a process runs; one that is dead and only not yet buried does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def test_a_part_is_started_and_its_output_is_its_log(workshop):
    part = workshop.part("api", f"print('hello', flush=True); ready(); {SIT}")
    await workshop.supervisor.start(part, 20)
    assert part.log.read_text() == "hello\n"


async def test_a_part_that_dies_is_started_again_and_both_log_and_operator_are_told(workshop):
    part = workshop.part("worker", f"ready(); {SIT}")
    await workshop.supervisor.start(part, 20)
    first = workshop.pid("worker")
    os.kill(first, signal.SIGKILL)
    await becomes_true(lambda: workshop.pid("worker") != first)
    assert lives(workshop.pid("worker"))
    assert workshop.said == ["worker ended with status -9; started again in 0.5 s"]
    assert "[supervisor] worker ended with status -9" in part.log.read_text()


async def test_a_part_that_keeps_dying_is_started_again_ever_more_slowly(workshop):
    part = workshop.part("bot", "ready(); sys.exit(1)")
    await workshop.supervisor.start(part, 20)
    await becomes_true(lambda: len(workshop.said) >= 3)
    assert [line.rpartition(" in ")[2] for line in workshop.said[:3]] == ["0.5 s", "1 s", "2 s"]


async def test_a_part_that_refuses_its_settings_is_not_tried_again(workshop):
    part = workshop.part("bot", "sys.stderr.write('BOT_TOKEN is wrong\\n'); sys.exit(2)")
    with pytest.raises(PartFailed, match="bot refused to start: BOT_TOKEN is wrong"):
        await workshop.supervisor.start(part, 20)


async def test_a_part_that_ends_again_and_again_before_it_answers_is_given_up_and_its_log_named(workshop):
    with pytest.raises(PartFailed, match=r"worker ends again and again; see .*worker\.log"):
        await workshop.supervisor.start(workshop.part("worker", "sys.exit(1)"), 60)


async def test_a_part_whose_program_is_missing_is_named(workshop):
    async def never() -> bool:
        return False

    part = Part("api", ("/nowhere/program",), workshop.folder / "api.log", never, 1)
    with pytest.raises(PartFailed, match=r"api refused to start: .*/nowhere/program"):
        await workshop.supervisor.start(part, 20)


async def test_a_part_that_never_answers_is_named_with_its_log(workshop):
    with pytest.raises(PartFailed, match=r"api does not answer after 0 s; see .*api\.log"):
        await workshop.supervisor.start(workshop.part("api", SIT), 0.3)


async def test_stopping_asks_first(workshop):
    goodbye = "signal.signal(signal.SIGTERM, lambda *_: (print('goodbye', flush=True), os._exit(0)))"
    part = workshop.part("worker", f"{goodbye}; ready(); {SIT}")
    await workshop.supervisor.start(part, 20)
    await workshop.supervisor.stop([part])
    assert part.log.read_text() == "goodbye\n"
    assert not lives(workshop.pid("worker"))
    assert workshop.said == []


async def test_a_stubborn_part_is_killed_after_its_time(workshop):
    part = workshop.part("worker", STUBBORN, stop_seconds=0.3)
    await workshop.supervisor.start(part, 20)
    await workshop.supervisor.stop([part])
    assert not lives(workshop.pid("worker"))
    assert workshop.said == ["worker did not stop within 0 s and was killed"]


async def test_what_a_part_started_itself_goes_with_it(workshop):
    child = f"child = subprocess.Popen([sys.executable, '-c', 'import signal; {SIT}'])"
    note = f"pathlib.Path({str(workshop.folder / 'child')!r}).write_text(str(child.pid))"
    part = workshop.part("worker", f"{child}; {note}; ready(); {SIT}")
    await workshop.supervisor.start(part, 20)
    grandchild = int((workshop.folder / "child").read_text())
    assert lives(grandchild)
    await workshop.supervisor.stop([part])
    await becomes_true(lambda: not lives(grandchild))


async def test_a_part_that_waits_for_its_next_start_can_be_stopped(workshop):
    part = workshop.part("bot", "ready(); sys.exit(1)")
    await workshop.supervisor.start(part, 20)
    await workshop.heard.wait()
    await asyncio.wait_for(workshop.supervisor.stop([part]), 1)
    assert not lives(workshop.pid("bot"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
async def test_parts_do_not_outlive_a_killed_launcher(workshop):
    part = workshop.part("worker", STUBBORN)
    launcher = textwrap.dedent(f"""
        import asyncio
        from pathlib import Path
        from config.supervisor import Part, Supervisor
        async def main():
            async def is_ready(): return Path({str(workshop.pid_file("worker"))!r}).exists()
            await Supervisor(print).start(Part("worker", {part.command!r}, Path({str(part.log)!r}), is_ready, 5), 20)
            print("up", flush=True)
            await asyncio.Event().wait()
        asyncio.run(main())
    """)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", launcher), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    process.kill()
    await process.wait()
    await becomes_true(lambda: not lives(workshop.pid("worker")))


def test_a_large_log_is_put_aside_at_the_start_and_a_small_one_is_not(tmp_path):
    small, large = tmp_path / "api.log", tmp_path / "worker.log"
    small.write_text("line\n")
    with large.open("wb") as file:
        file.truncate(MAX_LOG_BYTES + 1)
    rotate_log(small)
    rotate_log(large)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["api.log", "worker.log.1"]
