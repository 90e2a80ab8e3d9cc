"""What a rule may ask for success at a look: a posterior probability, a test at its one-sided level, an estimate.

A posterior probability below its threshold may be asked for futility too; other criteria of futility: ``futility.py``.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.log_hr_prior import LogHrPrior
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.judged import Ahead, Judged, Seen
from escc_bayes.trial.design.null import EQUAL, Null
from escc_bayes.trial.significance.conditional_power import averaged_power
from escc_bayes.trial.significance.measures import (
    CoxZ,
    GainProbability,
    LogRankZ,
    Measure,
    RmstGain,
    SurvivalGain,
)

# A normal prior on the log hazard ratio at least so wide leaves a posterior rule a test.
FLAT = 2.0


@dataclass(frozen=True, slots=True)
class PosteriorCriterion(Judged):
    """P(HR < ``hr`` | data) above, or ``above`` false: below, ``threshold``."""

    statistic_name: ClassVar[str] = "probability"
    standing: ClassVar[str] = "posterior_probability"
    by_normal: ClassVar[bool] = True
    measure: ClassVar[None] = None

    hr: float
    above: bool
    threshold: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return Null("hazard_ratio", self.hr)

    @property
    def hazard_ratios(self) -> tuple[float, ...]:
        """The one at which it asks."""
        return (self.hr,)

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the probability."""
        return seen.below(self.hr)

    def bound(self, seen: Seen) -> float:  # noqa: ARG002 - the same at every look
        """Return the threshold."""
        return self.threshold

    def on_z(
        self,
        prior: LogHrPrior,
        information: FloatArray,
        log_rank: FloatArray,  # noqa: ARG002 - of tests alone
    ) -> FloatArray:
        """Return the Z at which the probability crosses, under a normal prior."""
        assert isinstance(prior, Normal)
        return np.array([-self.critical_log_ratio(prior, i) * math.sqrt(i) for i in information.tolist()])

    def critical_log_ratio(self, prior: Normal, information: float) -> float:
        """Return the estimate below which P(HR < c | data) exceeds its threshold.

        Examples
        --------
        >>> rule = PosteriorCriterion(hr=1.0, above=True, threshold=0.975)
        >>> round(rule.critical_log_ratio(Normal(0.0, 2.0), 379 / 4), 7)
        -0.2016186
        """
        believed = 1.0 / prior.sd**2
        precision = believed + information
        bound = math.log(self.hr) - float(ndtri(self.threshold)) / math.sqrt(precision)
        return (bound * precision - prior.mean * believed) / information

    def will_hold(self, ahead: Ahead) -> FloatArray:
        """Return the probability that it holds at the final look, (n,)."""
        mean, sd = ahead.mean, ahead.sd
        last = 1.0 / np.sqrt(1.0 / sd**2 + (ahead.final - ahead.now))
        gap = math.log(self.hr) - ndtri(self.threshold) * last - mean
        return np.asarray(ndtr(gap / np.sqrt(sd**2 - last**2)))

    def as_test(self, prior: LogHrPrior) -> tuple[float, float] | None:
        """Return what it is under a prior so wide that it leaves a test."""
        if isinstance(prior, Normal) and prior.sd >= FLAT and self.threshold > 0.5:
            return round(1.0 - self.threshold, 12), self.hr
        return None

    def words(self, ratio: str = "HR") -> str:
        """Return the criterion as a formula, the ratio named."""
        return f"P({ratio} < {self.hr:g} | data) {'>' if self.above else '<'} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class LogRankCriterion(Judged):
    """One-sided log-rank test, or Wald test of the Cox model, at ``alpha``, over all looks together.

    ``margin``: the hazard ratio to be excluded; above 1 for non-inferiority. ``stratified`` or not.
    """

    standing: ClassVar[str] = "log_rank_z"
    by_normal: ClassVar[bool] = True
    above: ClassVar[bool] = True

    alpha: float
    stratified: bool = False
    margin: float = 1.0
    cox: bool = False

    @property
    def measure(self) -> LogRankZ | CoxZ:
        """Its Z."""
        return CoxZ(self.stratified, self.margin) if self.cox else LogRankZ(self.stratified, self.margin)

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return Null("hazard_ratio", self.margin)

    def statistic(self, seen: Seen) -> FloatArray:
        """Return its Z."""
        return seen.value(self.measure)

    def bound(self, seen: Seen) -> float:
        """Return its boundary at this look."""
        return seen.upper

    def will_hold(self, ahead: Ahead) -> FloatArray:
        """Return the probability that it holds at the final look, (n,)."""
        root = math.sqrt(ahead.final)
        drift = (math.log(self.margin) - ahead.mean) * root
        return np.asarray(averaged_power(ahead.z, ahead.now / ahead.final, ahead.upper, drift, ahead.sd * root))

    def as_test(self, prior: LogHrPrior) -> tuple[float, float] | None:  # noqa: ARG002 - it needs none
        """Return its level and margin."""
        return self.alpha, self.margin

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} one-sided {self.alpha:g}"


@dataclass(frozen=True, slots=True)
class FinalTestCriterion(Judged):
    """One-sided test of ``measure``, a Z, at ``alpha``, at the final look alone."""

    only_final: ClassVar[bool] = True
    above: ClassVar[bool] = True

    measure: Measure
    alpha: float

    @property
    def null(self) -> Null:
        """Where its claim just fails: no effect, or the margin of a difference."""
        return (
            null_of(self.measure, self.measure.margin) if isinstance(self.measure, RmstGain | SurvivalGain) else EQUAL
        )

    def statistic(self, seen: Seen) -> FloatArray:
        """Return its Z."""
        return seen.value(self.measure)

    def bound(self, seen: Seen) -> float:  # noqa: ARG002 - it spends all at one look
        """Return its critical value."""
        return float(ndtri(1.0 - self.alpha))

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - the test names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} one-sided {self.alpha:g}"


@dataclass(frozen=True, slots=True)
class EstimateCriterion(Judged):
    """The estimate of ``measure`` (treatment minus control) above ``limit``."""

    statistic_name: ClassVar[str] = "difference"
    above: ClassVar[bool] = True

    measure: RmstGain | SurvivalGain
    limit: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return null_of(self.measure, self.limit)

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the estimate."""
        return seen.value(self.measure)

    def bound(self, seen: Seen) -> float:  # noqa: ARG002 - the same at every look
        """Return the limit."""
        return self.limit

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a difference names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} > {self.limit:g}"


@dataclass(frozen=True, slots=True)
class GainCriterion(Judged):
    """P(difference > limit | data), a ``measure``, above, or ``above`` false: below, ``threshold``."""

    statistic_name: ClassVar[str] = "probability"
    standing: ClassVar[str] = "posterior_probability"

    measure: GainProbability
    above: bool
    threshold: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return Null(self.measure.kind, self.measure.limit, self.measure.month)

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the probability."""
        return seen.value(self.measure)

    def bound(self, seen: Seen) -> float:  # noqa: ARG002 - the same at every look
        """Return the threshold."""
        return self.threshold

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a difference names no ratio
        """Return the criterion as a formula."""
        return f"{self.measure.words} {'>' if self.above else '<'} {self.threshold:g}"


type Criterion = PosteriorCriterion | GainCriterion | LogRankCriterion | FinalTestCriterion | EstimateCriterion


def null_of(measure: RmstGain | SurvivalGain, limit: float) -> Null:
    """Return the null of a difference beyond ``limit``."""
    return Null("rmst" if isinstance(measure, RmstGain) else "survival", limit, measure.month)
