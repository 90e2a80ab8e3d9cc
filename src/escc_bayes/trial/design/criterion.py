"""What a rule may ask of the data at a look, as objects that say themselves and answer for themselves.

On success: a posterior probability, a test at its one-sided level, an estimate beyond a limit. On futility: a
posterior probability, the predictive probability of success, conditional power, the log-rank test's own lower bound.

Each has a ``statistic`` of what is ``Seen``, a ``bound`` that it is held against, and ``holds`` above or below it.
Those that are boundaries on one normal estimate (``by_normal``) say where on its Z (``on_z``), and with which
probability they will hold at the final look (``will_hold``). ``docs/methods/trial_rules.md``.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.null import EQUAL, Null
from escc_bayes.trial.significance.alpha_spending import Sharing
from escc_bayes.trial.significance.conditional_power import averaged_power, conditional_power_bound
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
        sharing: Sharing | None,  # noqa: ARG002 - of beta spending alone
        alpha: float,  # noqa: ARG002 - likewise
    ) -> FloatArray:
        """Return the log-rank Z below which it holds at each look; infinite where it asks for no such bound.

        Parameters
        ----------
        fractions : of the final information, the last 1.
        upper : (k,) boundaries of the rule's log-rank test, at one-sided ``alpha``, by ``sharing``.
        """
        return np.full(len(fractions), math.inf)

    def on_z(
        self,
        prior: Normal | EvidencePrior,  # noqa: ARG002 - of the posterior alone
        information: FloatArray,  # noqa: ARG002 - likewise
        log_rank: FloatArray,
    ) -> FloatArray:
        """Return its boundary on Z = -estimate sqrt(``information``), (k,); ``log_rank``: that of the rule's test."""
        return log_rank

    def as_test(self, prior: Normal | EvidencePrior) -> tuple[float, float] | None:  # noqa: ARG002 - of the posterior
        """Return one-sided level and null hazard ratio of the test that it is; None where it is none."""
        return None


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
        prior: Normal | EvidencePrior,
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

    def as_test(self, prior: Normal | EvidencePrior) -> tuple[float, float] | None:
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

    def as_test(self, prior: Normal | EvidencePrior) -> tuple[float, float] | None:  # noqa: ARG002 - it needs none
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


@dataclass(frozen=True, slots=True)
class ConditionalCriterion(Judged):
    """Conditional power of the rule's log-rank test under the effect seen so far below ``threshold``."""

    by_normal: ClassVar[bool] = True
    by_log_rank: ClassVar[bool] = True
    above: ClassVar[bool] = False
    measure: ClassVar[None] = None

    threshold: float

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the Z of the rule's log-rank test."""
        return seen.log_rank()

    def bound(self, seen: Seen) -> float:
        """Return the lower boundary at this look."""
        return seen.lower

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,
        sharing: Sharing | None,  # noqa: ARG002 - of beta spending alone
        alpha: float,  # noqa: ARG002 - likewise
    ) -> FloatArray:
        """Return the Z at which conditional power under the trend is the threshold; it never acts at the final look."""
        bounds, final = np.full(len(fractions), math.inf), float(upper[-1])
        bounds[:-1] = [conditional_power_bound(t, final, self.threshold) for t in fractions[:-1]]
        return bounds

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"conditional power under the effect seen so far < {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class BetaCriterion(Judged):
    """The rule's log-rank Z below the boundary that spends ``beta``; not binding for the upper boundary."""

    by_normal: ClassVar[bool] = True
    by_log_rank: ClassVar[bool] = True
    above: ClassVar[bool] = False
    measure: ClassVar[None] = None

    beta: float

    def statistic(self, seen: Seen) -> FloatArray:
        """Return the Z of the rule's log-rank test."""
        return seen.log_rank()

    def bound(self, seen: Seen) -> float:
        """Return the lower boundary at this look."""
        return seen.lower

    def lower_bounds(
        self,
        fractions: tuple[float, ...],
        upper: FloatArray,  # noqa: ARG002 - of conditional power alone
        sharing: Sharing | None,
        alpha: float,
    ) -> FloatArray:
        """Return the boundary that spends beta; it never acts at the final look."""
        bounds = np.full(len(fractions), math.inf)
        if sharing is not None:
            bounds[:-1] = sharing.with_futility(fractions, alpha, self.beta).lower[:-1]
        return bounds

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"log-rank Z below the boundary that spends a type II error of {self.beta:g}"


type Criterion = PosteriorCriterion | GainCriterion | LogRankCriterion | FinalTestCriterion | EstimateCriterion
type FutilityCriterion = PosteriorCriterion | GainCriterion | PredictiveCriterion | ConditionalCriterion | BetaCriterion


def null_of(measure: RmstGain | SurvivalGain, limit: float) -> Null:
    """Return the null of a difference beyond ``limit``."""
    return Null("rmst" if isinstance(measure, RmstGain) else "survival", limit, measure.month)
