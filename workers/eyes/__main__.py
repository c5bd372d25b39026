"""`python -m workers.eyes`: reads photos from its input, one after the other, and answers with figures.

A process of its own: a photo that breaks a decoder or a network ends this program and nothing else, and its memory is
given back when it goes. It ends when its input does. It works behind everybody else (nice) and under a memory limit.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

MEMORY_LIMIT_MB = 1024
"""Of data this process may ever hold. Seen at most, resident: 270 MB for photos of 1280 and 2560 pixels, 300 with
portraits, less than 312 for phones' own files (JPEG of 48 million pixels, HEIC of 25), than 552 for a PNG of 48 million
with transparency."""
NICE = 5
"""Behind the bot, but not starved: at 10 a photo took longer than half a minute on a machine with a load of 15."""


def main() -> None:
    """Answer every photo until the input ends."""
    photos, answers = sys.stdin.buffer, _private_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    _stand_back()

    import cv2

    from workers.eyes.errors import UnreadablePhoto
    from workers.eyes.frames import Figures, Question, answer, read_request
    from workers.eyes.looking import Looking

    cv2.setNumThreads(1)  # nudity is scored on a thread beside the faces: two cores, no more
    looking = Looking()
    looks: dict[Question, Callable[[bytes], Figures]] = {
        Question.PHOTO: looking.look,
        Question.PORTRAIT: looking.look_at_portrait,
    }
    while (asked := read_request(photos)) is not None:
        question, content = asked
        try:
            said = answer(looks[question](content), _peak_mb())
        except UnreadablePhoto as fault:
            said = answer(fault, _peak_mb())
        answers.write(said)
        answers.flush()


def _private_output() -> BinaryIO:
    """Where answers go; what libraries print goes to the error output instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _stand_back() -> None:
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICE)
    limit = MEMORY_LIMIT_MB * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # photos of people stay out of core dumps


def _peak_mb() -> float:
    """The most memory that was ever resident, in megabytes; 0 where the system does not say.

    Of Linux's own account, for getrusage counts what the parent had when it started this process.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    main()
