"""`python -m workers.eyes`: reads photos from its input, one after the other, and answers with figures.

A process of its own: a photo that breaks a decoder or a network ends this program and nothing else, and its memory is
given back when it goes. It ends when its input does. It works behind everybody else (nice) and under a memory limit.
"""

import os
import signal
import sys
from typing import BinaryIO

MEMORY_LIMIT_MB = 1024
"""Of data this process may ever hold. Seen at most: 310 MB for JPEG of 50 million pixels, 420 for HEIC of 26."""
NICE = 10


def main() -> None:
    """Answer every photo until the input ends."""
    photos, answers = sys.stdin.buffer, _private_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    _stand_back()

    import cv2

    from workers.eyes.errors import UnreadablePhoto
    from workers.eyes.frames import answer, read_frame
    from workers.eyes.looking import Looking

    cv2.setNumThreads(1)  # measured: two threads of one photo's networks keep two cores busier than one network's two
    looking = Looking()
    while (content := read_frame(photos)) is not None:
        try:
            said = answer(looking.look(content), _peak_mb())
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
    """The most memory that was ever resident, in megabytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024 / 1024


if __name__ == "__main__":
    main()
