"""What an audit found: one statement with its numbers, its arithmetic and its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.notebook import shown

type Severity = Literal["impossible", "very unlikely", "ask the authors", "rounding", "notice"]
SEVERITIES: tuple[Severity, ...] = ("impossible", "very unlikely", "ask the authors", "rounding", "notice")
GRAVE: tuple[Severity, ...] = ("impossible", "very unlikely")
"""What a strict audit fails on, and what a pool refuses."""
NOTHING = "nothing found"


@careful_class
@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes
    ----------
    study, rule : the study's id and the word of the rule.
    severity : ``impossible``: no data behind the prints agree, or words and numbers deny each other; ``very unlikely``:
        data could agree, with the ``probability`` stated; ``ask the authors``: an innocent reading is left, which they
        know; ``rounding``: the prints agree only at the edge of rounding; ``notice``: worth knowing.
    statement : one sentence with the printed numbers.
    arithmetic : how it was computed, to be checked by hand.
    where : the entries of the study file.
    probability : how many honest papers would show so much, at most; None unless ``very unlikely``.
    """

    study: str
    rule: str
    severity: Severity
    statement: str
    arithmetic: str
    where: str
    probability: float | None = None

    @property
    def grave(self) -> bool:
        """Whether it is ``impossible`` or ``very unlikely``."""
        return self.severity in GRAVE

    def __str__(self) -> str:
        return f"{self.study} [{self.rule}, {self.severity}] {self.statement} ({self.arithmetic}; {self.where})"


class Findings(tuple[Finding, ...]):
    """The findings of one audit; a session prints a line for each, a notebook a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or NOTHING

    def _repr_html_(self) -> str:
        rows = [{"severity": f.severity, "statement": f.statement, "arithmetic": f.arithmetic} for f in self]
        return shown([self[0].study] if self else [NOTHING], rows)


def most_serious(findings: Iterable[Finding]) -> Findings:
    """Return findings by severity, in their own order within one."""
    return Findings(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))
