"""`python -m tests.integration.eyes.verdict_table`: judges all pictures, writes docs/photo-verdicts.md."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.photos.figures import PhotoFigures
from services.photos.verdicts import VerdictCode, judge_alone
from tests.conftest import ROOT
from tests.integration.eyes.pictures import Case, cases, encoded
from workers.analyse import Looks
from workers.eyes.eyes import Eyes

PAGE = ROOT / "docs" / "photo-verdicts.md"
MARK = "<!-- table -->"


@dataclass(frozen=True)
class Judged:
    """One picture, the verdict that was wanted and the one it got."""

    name: str
    done: str
    wanted: VerdictCode
    got: VerdictCode
    figures: PhotoFigures

    @property
    def is_right(self) -> bool:
        return self.got is self.wanted

    def __str__(self) -> str:
        seen = self.figures
        face = "none" if seen.face is None else f"{seen.face.width} × {seen.face.height}"
        cut = "" if seen.face is None else f"{seen.face.cut:.0%}"
        got = self.got if self.is_right else f"**{self.got}**, not {self.wanted}"
        return (
            f"| {self.name} | {self.done} | {got} | {face} | {cut} | {seen.sharpness:.2f} | {seen.light.mean:.0f} |"
            f" {seen.nudity:.2f} |"
        )


async def judged(eyes: Looks, asked: Iterable[Case]) -> list[Judged]:
    """Pictures, each looked at and judged by itself."""
    results = []
    for case in asked:
        figures = await eyes.look(encoded(case.make()))
        results.append(Judged(case.name, case.done, case.wanted, judge_alone(figures).code, figures))
    return results


def table(results: Sequence[Judged]) -> str:
    wrong = sum(not result.is_right for result in results)
    head = (
        "| picture | what was done | verdict | face (px) | cut | sharpness | brightness | nudity |\n" + "|---" * 8 + "|"
    )
    return "\n".join([f"{len(results)} pictures, {wrong} judged wrongly:\n", head, *map(str, results), ""])


async def main() -> None:
    eyes = Eyes()
    try:
        text = table(await judged(eyes, cases()))
    finally:
        await eyes.aclose()
    PAGE.write_text(PAGE.read_text(encoding="utf-8").split(MARK)[0] + MARK + "\n\n" + text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
