"""What a rule may ask for futility alone: predictive probability, conditional power, a bound of the log-rank Z."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import GainCriterion, PosteriorCriterion
from escc_bayes.trial.design.judged import Judged, Seen, Shared
from escc_bayes.trial.significance.conditional_power import conditional_power_bound


@dataclass(frozen=True, slots=True)
class PredictiveCriterion(Judged):
    """Predictive probability of success at the final look below ``threshold``, by normal approximation."""

    statistic_name: ClassVar[str] = "probability"
    asks_moments: ClassVar[bool] = True
    above: ClassVar[bool] = False
    measure: ClassVar[None] = None

    threshold: float

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the predictive probability."""
        return seen.foreseen()

    def bound(self, seen: Seen) -> float:  # noqa: ARG002 - the same at every look
        """Return the threshold."""
        return self.threshold

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - it is about success, whatever the ratio
        """Return the criterion in words."""
        return f"predictive probability of success at the final look < {self.threshold:g}"


class LowerBoundary(Judged):
    """The Z of the rule's log-rank test below a lower boundary."""

    __slots__ = ()
    by_normal: ClassVar[bool] = True
    by_log_rank: ClassVar[bool] = True
    above: ClassVar[bool] = False
    measure: ClassVar[None] = None

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the Z of the rule's log-rank test."""
        return seen.log_rank()

    def bound(self, seen: Seen) -> float:
        """Return the lower boundary at this look."""
        return seen.lower


@dataclass(frozen=True, slots=True)
class ConditionalCriterion(LowerBoundary):
    """Conditional power of the rule's log-rank test under the effect seen so far below ``threshold``."""

    threshold: float

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,
        shared: Shared,  # noqa: ARG002 - of beta spending alone
    ) -> FloatArray:
        """Return the Z at which conditional power under the trend is the threshold; it never acts at the final look."""
        bounds, final = np.full(len(fractions), math.inf), float(upper[-1])
        bounds[:-1] = [conditional_power_bound(t, final, self.threshold) for t in fractions[:-1]]
        return bounds

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"conditional power under the effect seen so far < {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class BetaCriterion(LowerBoundary):
    """The rule's log-rank Z below the boundary that spends ``beta``."""

    beta: float

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,  # noqa: ARG002 - of conditional power alone
        shared: Shared,
    ) -> FloatArray:
        """Return the boundary that spends beta; it never acts at the final look."""
        bounds = np.full(len(fractions), math.inf)
        if shared.spending is not None:
            bounds[:-1] = shared.with_futility(fractions, self.beta).lower[:-1]
        return bounds

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"log-rank Z below the boundary that spends a type II error of {self.beta:g}"


@dataclass(frozen=True, slots=True)
class ZCriterion(LowerBoundary):
    """The rule's log-rank Z below ``limit``; 0: treatment does no better than the test's null."""

    limit: float

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,  # noqa: ARG002 - of conditional power alone
        shared: Shared,  # noqa: ARG002 - of beta spending alone
    ) -> FloatArray:
        """Return the limit; it never acts at the final look."""
        return np.append(np.full(len(fractions) - 1, self.limit), math.inf)

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"log-rank Z < {self.limit:g}"


type FutilityCriterion = (
    PosteriorCriterion | GainCriterion | PredictiveCriterion | ConditionalCriterion | BetaCriterion | ZCriterion
)
