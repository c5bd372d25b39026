"""docs/photo-verdicts.md, without looking at anything."""

from tests.integration.eyes.pictures import cases
from tests.integration.eyes.verdict_table import MARK, PAGE


def test_the_page_shows_every_picture() -> None:
    table = PAGE.read_text(encoding="utf-8").split(MARK)[1].strip().splitlines()
    rows = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in table if line.startswith("| ")]
    assert rows[1:] == [(case.name, case.done) for case in cases()]
