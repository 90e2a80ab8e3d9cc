"""How a criterion answers: by a ``statistic`` of what is ``Seen``, and whether it ``holds`` above or below a ``bound``.

Criteria that are boundaries on one normal estimate (``by_normal``) say where on its Z (``on_z``), and with which
probability they will hold at the final look (``will_hold``). ``docs/methods/trial_rules.md``.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.spec.log_hr_prior import LogHrPrior
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.significance.boundaries import FutilityDesign
from escc_bayes.trial.significance.measures import (
    Measure,
)


class Seen(Protocol):
    """What criteria are held against at one look, of many trials or of one, (n,).

    ``upper``, ``lower``: the Z of the rule's log-rank test above which it succeeds, below which it is futile.
    """

    @property
    def upper(self) -> float:
        """The upper boundary."""
        ...

    @property
    def lower(self) -> float:
        """The lower boundary; infinite where futility asks for none."""
        ...

    def below(self, hr: float) -> FloatArray:
        """Return P(HR < ``hr`` | data)."""
        ...

    def value(self, measure: Measure) -> FloatArray:
        """Return a measure."""
        ...

    def log_rank(self) -> FloatArray:
        """Return the Z of the rule's own log-rank test; zeros where it has none."""
        ...

    def foreseen(self) -> FloatArray:
        """Return the predictive probability of success at the final look."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """How a rule's log-rank test shares ``alpha``, at which looks futility is ``acting``, and if it is ``binding``."""

    alpha: float
    spending: AlphaSpending | None
    acting: tuple[bool, ...]
    binding: bool

    def with_futility(self, fractions: tuple[float, ...], beta: float) -> FutilityDesign:
        """Return the boundaries with a lower one that spends ``beta``."""
        assert self.spending is not None
        return self.spending.with_futility(fractions, self.alpha, beta, acting=self.acting, binding=self.binding)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What an interim look says of the final one, of n trials.

    Attributes
    ----------
    mean, sd : of the posterior of the log hazard ratio now, (n,); ``z``: log-rank Z now, (n,).
    now, final : information.
    upper : final boundary of the log-rank Z.
    """

    mean: FloatArray
    sd: FloatArray
    z: FloatArray
    now: float
    final: float
    upper: float


class Held(Protocol):
    """What ``Judged`` needs of a criterion."""

    @property
    def above(self) -> bool:
        """On which side of the bound it holds."""
        ...

    def statistic(self, seen: Seen) -> FloatArray:
        """Return what is held against the bound, (n,)."""
        ...

    def bound(self, seen: Seen) -> float:
        """Return what it is held against."""
        ...


class Judged:
    """What every criterion answers alike, and the answers of most.

    Attributes
    ----------
    statistic_name : of the statistic, in a sentence; ``standing``: as a quantity of ``monitor.csv``, empty for none.
    only_final : whether its test is made at the final look alone.
    by_normal : whether it is a boundary on one normal estimate of the log hazard ratio.
    by_log_rank : whether it is futility by the rule's own log-rank test.
    asks_moments : whether it asks for mean and SD of the posterior.
    hazard_ratios : at which it asks the posterior.
    measure : that it goes by, beside the posterior.
    """

    __slots__ = ()
    statistic_name: ClassVar[str] = "Z"
    standing: ClassVar[str] = ""
    only_final: ClassVar[bool] = False
    by_normal: ClassVar[bool] = False
    by_log_rank: ClassVar[bool] = False
    asks_moments: ClassVar[bool] = False

    @property
    def hazard_ratios(self) -> tuple[float, ...]:
        """None."""
        return ()

    def holds(self: Held, seen: Seen) -> BoolArray:
        """Return whether it holds, (n,)."""
        statistic, bound = self.statistic(seen), self.bound(seen)
        return np.asarray(statistic > bound if self.above else statistic < bound)

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,  # noqa: ARG002 - of conditional power alone
        shared: Shared,  # noqa: ARG002 - of beta spending alone
    ) -> FloatArray:
        """Return the log-rank Z below which it holds at each look; infinite where it asks for no such bound.

        Parameters
        ----------
        fractions : of the final information, the last 1.
        upper : (k,) boundaries of the rule's log-rank test.
        shared : how that test shares its alpha, and where futility acts.
        """
        return np.full(len(fractions), math.inf)

    def on_z(
        self,
        prior: LogHrPrior,  # noqa: ARG002 - of the posterior alone
        information: FloatArray,  # noqa: ARG002 - likewise
        log_rank: FloatArray,
    ) -> FloatArray:
        """Return its boundary on Z = -estimate sqrt(``information``), (k,); ``log_rank``: that of the rule's test."""
        return log_rank

    def as_test(self, prior: LogHrPrior) -> tuple[float, float] | None:  # noqa: ARG002 - of the posterior
        """Return one-sided level and null hazard ratio of the test that it is; None where it is none."""
        return None
