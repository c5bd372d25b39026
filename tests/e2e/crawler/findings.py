"""What a walk found, and how fast the bot was."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, and what was done just before."""

    what: str
    after: str

    def __str__(self) -> str:
        return f"{self.what} — after {self.after}"


@dataclass
class Findings:
    """Everything that one walk found."""

    faults: dict[str, Finding] = field(default_factory=dict)
    """By what is wrong: the same fault is told once."""
    reactions: list[float] = field(default_factory=list)
    """Seconds."""
    steps: int = 0
    screens: set[str] = field(default_factory=set)
    unreached: set[str] = field(default_factory=set)

    def add(self, what: str, after: str) -> None:
        """A fault."""
        self.faults.setdefault(what, Finding(what, after))

    @classmethod
    def joined(cls, all_of_them: Iterable["Findings"]) -> "Findings":
        """What several walks found. A way counts as not found again where nobody found it."""
        joined = cls()
        for one in all_of_them:
            joined.faults = {**one.faults, **joined.faults}
            joined.reactions += one.reactions
            joined.steps += one.steps
            joined.screens |= one.screens
            joined.unreached |= one.unreached
        return joined

    def percentile(self, share: float) -> float:
        """Of the reactions, in seconds; 0 where there was none."""
        ordered = sorted(self.reactions)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def report(self) -> str:
        """The figures, then the faults, one a line."""
        p50, p95, longest = (f"{self.percentile(share) * 1000:.0f}" for share in (0.5, 0.95, 1))
        figures = (
            f"{len(self.screens)} screens, {self.steps} steps, {len(self.reactions)} presses,"
            f" first reaction p50 {p50}, p95 {p95}, longest {longest} ms, {len(self.unreached)} ways not found again"
        )
        return "\n".join([figures, *map(str, self.faults.values())])
