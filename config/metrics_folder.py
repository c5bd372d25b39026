"""Where the parts of a house count together: a folder of files that the launcher makes and that each part maps.

Known to the launcher, which must stay small, and to config.telemetry; see docs/decisions/0010.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus_client."""
PART_VARIABLE = "DREAMPHOTO_PART"
"""The name under which a part of the house writes."""
KINDS = ("counter", "histogram")
"""The kinds of metrics that parts keep: prometheus_client has a file for each. Gauges are read at scrape instead."""
FILE_BYTES = 1024 * 1024
"""Room for about 4,000 values in each file."""


def make_metrics_folder(folder: Path, parts: Iterable[str]) -> None:
    """An empty folder with a file for each part and kind. Raises OSError where there is no room for them.

    The files are written out in full: one with holes would kill whoever counts when the disk runs full.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in parts:
        for kind in KINDS:
            (folder / f"{kind}_{part}.db").write_bytes(bytes(FILE_BYTES))


def metrics_environment(folder: Path, part: str) -> dict[str, str]:
    """What a part needs to know to count there."""
    return {FOLDER_VARIABLE: str(folder), PART_VARIABLE: part}
