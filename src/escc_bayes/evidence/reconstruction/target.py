"""A printed statistic to aim at: whose it is, its digits as the interval they stand for, and when it counts as matched.

A key says over whom a statistic is computed; several targets may share one.
"""

from dataclasses import dataclass

from escc_bayes.data.rounding import Interval

DEFAULT_LEVEL = 0.95
"""Of limits whose level nobody says."""


@dataclass(frozen=True, slots=True)
class CurveKey:
    """Whose curve: an endpoint, of some levels of a covariate or of those who progressed."""

    endpoint: str
    covariate: str = ""
    levels: tuple[str, ...] = ()
    subset: int = 0


@dataclass(frozen=True, slots=True)
class TestKey:
    """Which log-rank test: endpoint and the number of a contrast."""

    endpoint: str
    contrast: int


@dataclass(frozen=True, slots=True)
class ModelKey:
    """Which Cox model: endpoint and the numbers of its contrasts."""

    endpoint: str
    contrasts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountKey:
    """A count over patients: of an endpoint, or of the rules (no endpoint)."""

    endpoint: str = ""


type Key = CurveKey | TestKey | ModelKey | CountKey


@dataclass(frozen=True, slots=True)
class Target:
    """One printed statistic.

    Attributes
    ----------
    endpoint, name, printed : for the table.
    key, kind, arg, level : what is computed (``problem``); ``level`` is a normal quantile.
    rounding : values that print so. aim : the value to come near; ``matched`` within ``tolerance`` of it.
    unit : ticks per unit of the value, 100 for months, else 1.
    """

    endpoint: str
    name: str
    printed: str
    key: Key
    kind: int
    rounding: Interval
    aim: float
    tolerance: float
    arg: float = 0.0
    level: float = 0.0
    unit: float = 1.0

    @property
    def allowed(self) -> Interval:
        """Values that count as matched: near the aim, or printing the same."""
        return Interval(
            min(self.aim - self.tolerance, self.rounding.low), max(self.aim + self.tolerance, self.rounding.high)
        )

    def distance(self, value: float) -> float:
        """Return how far a value is from those that count as matched."""
        return max(self.allowed.low - value, value - self.allowed.high, 0.0)
