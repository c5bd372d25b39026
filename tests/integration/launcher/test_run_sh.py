"""run.sh from the outside, in a folder of its own: it finds Python, makes .venv and .env once, and hands over."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

COMMANDS_IT_NEEDS = ("bash", "cat", "cmp", "cp", "dirname", "env", "mkdir", "mv", "rm", "sed", "sh", "touch")
REFUSING_SHIM = '#!/bin/sh\necho "pyenv: command not found" >&2\nexit 127\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {python} "$@"\n'
HANDS_OVER = '#!/bin/sh\nexec {python} "$@"\n'
LAUNCHER = "import sys\nprint('launcher got', *sys.argv[1:])\n"


class Clone:
    """A clone whose launcher only says what it was asked, with nothing but chosen programs on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in COMMANDS_IT_NEEDS:
            (self.programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        (self.folder / "config").mkdir(parents=True)
        (self.folder / "config" / "launcher.py").write_text(LAUNCHER)
        (self.folder / "requirements.txt").write_text("")
        for name in ("run.sh", ".env.example"):
            shutil.copy2(ROOT / name, self.folder / name)

    def program(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        (self.programs / name).write_text(text.format(python=sys.executable))
        (self.programs / name).chmod(0o755)

    def has_been_set_up(self) -> None:
        """Leave what a finished set-up leaves."""
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "python").write_text(HANDS_OVER.format(python=sys.executable))
        (binaries / "python").chmod(0o755)
        shutil.copy(self.folder / "requirements.txt", self.folder / ".venv" / ".installed-requirements.txt")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "run.sh", *arguments],
            env={"PATH": str(self.programs), "PIP_NO_INDEX": "1", **environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_start_makes_venv_and_settings_past_shims_that_refuse(clone):
    clone.program("python3.13", REFUSING_SHIM)
    clone.program("python3", HANDS_OVER)
    first = clone.run()
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "launcher got all"), first.stderr
    second = clone.run("worker")
    assert (second.returncode, second.stdout) == (0, "launcher got worker\n")


def test_a_venv_that_an_interrupted_run_left_is_made_anew(clone):
    clone.program("python3", HANDS_OVER)
    clone.has_been_set_up()
    (clone.folder / ".venv" / ".half-made").touch()
    assert clone.run().stdout.startswith("Making .venv with Python 3.")
    assert not (clone.folder / ".venv" / ".half-made").exists()
    assert clone.run().stdout == "launcher got all\n"


def test_a_venv_that_somebody_made_by_hand_is_kept(clone):
    clone.has_been_set_up()
    (clone.folder / ".venv" / "of-somebody").touch()
    assert clone.run().returncode == 0
    assert (clone.folder / ".venv" / "of-somebody").exists()


def test_settings_are_written_once_with_secrets_of_their_own_for_the_owner_alone(clone):
    clone.has_been_set_up()
    assert clone.run().stdout == "Wrote .env with new secrets.\nlauncher got all\n"
    env_file = clone.folder / ".env"
    written = env_file.read_text()
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    given = dict(line.split("=", 1) for line in written.splitlines() if "=" in line and not line.startswith("#"))
    assert len({given["JWT_SECRET"], given["TELEGRAM_WEBHOOK_SECRET"]}) == 2
    assert min(len(given["JWT_SECRET"]), len(given["TELEGRAM_WEBHOOK_SECRET"])) >= 40
    assert clone.run().stdout == "launcher got all\n"
    assert env_file.read_text() == written


@pytest.mark.parametrize("in_folder", [True, False], ids=["in the folder", "elsewhere"])
def test_settings_are_written_to_the_file_that_is_named_and_to_no_other(clone, tmp_path, in_folder):
    clone.has_been_set_up()
    named = "house two.env" if in_folder else str(tmp_path / "house two.env")
    assert clone.run(ENV_FILE=named).stdout == f"Wrote {named} with new secrets.\nlauncher got all\n"
    written = clone.folder / named
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "\nJWT_SECRET=\n" not in written.read_text()
    written.write_text("BOT_TOKEN=\n")
    assert clone.run(ENV_FILE=named).stdout == "launcher got all\n"
    assert written.read_text() == "BOT_TOKEN=\n", "what is there is its owner's"
    assert not (clone.folder / ".env").exists()


def test_without_a_file_of_settings_none_is_written(clone):
    clone.has_been_set_up()
    assert clone.run(ENV_FILE="").stdout == "launcher got all\n"
    assert not (clone.folder / ".env").exists()


def test_a_file_of_settings_that_cannot_be_written_is_said(clone):
    clone.has_been_set_up()
    done = clone.run(ENV_FILE="/nowhere/at/all.env")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "/nowhere/at/all.env could not be written; see above. ENV_FILE names it."


def test_changed_requirements_are_installed_and_a_failure_is_said(clone):
    clone.has_been_set_up()
    (clone.folder / "requirements.txt").write_text(f"no-such-package-of-ours==1 --hash=sha256:{'0' * 64}\n")
    done = clone.run(PYTHONPATH="/nowhere")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("The packages of requirements.txt could not be installed")


def test_a_venv_whose_python_is_gone_is_made_anew(clone):
    clone.program("python3", HANDS_OVER)
    clone.has_been_set_up()
    (clone.folder / ".venv" / "bin" / "python").write_text(REFUSING_SHIM)
    done = clone.run()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "launcher got all"), done.stderr


@pytest.mark.parametrize("programs", [{}, {"python3": REFUSING_SHIM}], ids=["none", "a shim that refuses"])
def test_without_a_python_one_line_says_what_to_do(clone, programs):
    for name, text in programs.items():
        clone.program(name, text)
    done = clone.run()
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("Dream Photo needs Python 3.11, 3.12 or 3.13. Install one (Debian: apt install")


def test_a_python_without_venv_is_passed_over_for_one_that_has_it(clone):
    clone.program("python3.11", WITHOUT_VENV)
    clone.program("python3", HANDS_OVER)
    assert clone.run().returncode == 0


def test_where_no_python_has_venv_one_line_names_the_package(clone):
    clone.program("python3", WITHOUT_VENV)
    done = clone.run()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr == "python3 has no venv module. Install it (Debian: apt install python3-venv) and start again.\n"


def test_a_python_that_is_named_is_the_only_one_tried(clone):
    clone.program("python3", HANDS_OVER)
    assert clone.run(PYTHON="/nowhere/python").returncode == 2


def test_an_unknown_command_prints_the_usage(clone):
    done = clone.run("dance")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("./run.sh  ")


def test_the_usage_lists_exactly_the_commands_that_work(clone):
    clone.has_been_set_up()
    usage = clone.run("help")
    assert usage.returncode == 0
    for command in ("api", "bot", "worker", "sandbox", "migrate", "admin"):
        assert command in usage.stdout
        assert clone.run(command).stdout.endswith(f"launcher got {command}\n")
    for later in ("backup", "restore", "gpu-worker"):
        assert later not in usage.stdout
        assert clone.run(later).returncode == 2
