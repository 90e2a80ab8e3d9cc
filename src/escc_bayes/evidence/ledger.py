"""The book that an audit keeps: how many comparisons were made, and which could not be."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A print that no rule could compare with another, and why."""

    study: str
    what: str
    why: str
    where: str

    def __str__(self) -> str:
        return f"{self.study} [not checked] {self.what}: {self.why} ({self.where})"


@dataclass(slots=True)
class Ledger:
    """Filled by the rules while they run: ``checks`` comparisons made, ``left`` those that could not be."""

    checks: int = 0
    left: list[NotChecked] = field(default_factory=list)

    def made(self, comparisons: float = 1) -> None:
        """Count comparisons."""
        self.checks += int(comparisons)

    def leave(self, study: str, what: str, why: str, where: str) -> None:
        """Note what could not be compared, once."""
        entry = NotChecked(study, what, why, where)
        if entry not in self.left:
            self.left.append(entry)
