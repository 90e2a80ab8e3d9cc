"""What an audit found: one statement with its numbers, its arithmetic and its place."""

from dataclasses import dataclass
from typing import Literal

type Severity = Literal["contradiction", "rounding", "notice"]
SEVERITIES: tuple[Severity, ...] = ("contradiction", "rounding", "notice")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes
    ----------
    study, rule : the study's id and the word of the rule.
    severity : ``contradiction``: no values behind the prints agree; ``rounding``: they agree only at the edge of
        rounding; ``notice``: worth knowing, with an innocent reading left.
    statement : one sentence with the printed numbers.
    arithmetic : how it was computed, to be checked by hand.
    where : the entries of the study file.
    """

    study: str
    rule: str
    severity: Severity
    statement: str
    arithmetic: str
    where: str

    def __str__(self) -> str:
        return f"{self.study} [{self.rule}, {self.severity}] {self.statement} ({self.arithmetic}; {self.where})"
