"""One row of what a look at a running trial shows, whatever its design."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookResult:
    """One row of ``monitor.csv`` and its sentence, empty where another row says it; no limits: None.

    ``criterion``: of the rule, in words, where the number is of one of them; ``kind``: success or futility.
    """

    quantity: str
    rule: str
    value: float
    words: str
    criterion: str = ""
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    interval: str = ""
    kind: str = ""
