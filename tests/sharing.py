"""Which tests share a process, where the suite runs on several: those of one house, and those of one file.

A house of processes takes ten seconds of computing to start, so all its tests go to one place; the tests of a file
share what is opened once a module. (xdist's own groups, `--dist loadgroup`, are lost under pytest 9.2.)
"""

from xdist.scheduler import LoadScopeScheduling

HOUSES = ("tests/chaos/", "tests/e2e/crawler/", "tests/e2e/test_webhook.py", "tests/e2e/")
"""Where a running house is shared, the narrower place before the wider."""


def home_of(test: str) -> str:
    """Where a test belongs, by its id: a house, or its file."""
    return next((house for house in HOUSES if test.startswith(house)), test.split("::")[0])


class Sharing(LoadScopeScheduling):
    """Hands whole homes to processes, in their order: the long ones stand at its beginning."""

    def _split_scope(self, nodeid: str) -> str:
        return home_of(nodeid)
