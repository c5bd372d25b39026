"""The table that the benchmarks print."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One path: what was seen, beside what, against which promise."""

    path: str
    seen: str
    baseline: str
    promise: str

    def __str__(self) -> str:
        return f"| {self.path} | {self.seen} | {self.baseline} | {self.promise} |"


HEAD = "| path | seen | bare baseline in the same run | must reach |\n|---|---|---|---|"
