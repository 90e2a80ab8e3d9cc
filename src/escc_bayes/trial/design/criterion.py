"""What a rule may ask of the data at a look, as objects that say themselves.

On success: a posterior probability, a test at its one-sided level, an estimate beyond a limit. On futility: a
posterior probability, the predictive probability of success, conditional power, the log-rank test's own lower bound.
"""

from dataclasses import dataclass

from escc_bayes.trial.design.null import EQUAL, Null
from escc_bayes.trial.significance.measures import (
    CoxZ,
    GainProbability,
    LogRankZ,
    Measure,
    RmstGain,
    SurvivalGain,
)


@dataclass(frozen=True, slots=True)
class PosteriorCriterion:
    """P(HR < ``hr`` | data) above, or ``above`` false: below, ``threshold``."""

    hr: float
    above: bool
    threshold: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return Null("hazard_ratio", self.hr)

    def words(self, ratio: str = "HR") -> str:
        """Return the criterion as a formula, the ratio named."""
        return f"P({ratio} < {self.hr:g} | data) {'>' if self.above else '<'} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class LogRankCriterion:
    """One-sided log-rank test, or Wald test of the Cox model, at ``alpha``, over all looks together.

    ``margin``: the hazard ratio to be excluded; above 1 for non-inferiority. ``stratified`` or not.
    """

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

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} one-sided {self.alpha:g}"


@dataclass(frozen=True, slots=True)
class FinalTestCriterion:
    """One-sided test of ``measure``, a Z, at ``alpha``, at the final look alone."""

    measure: Measure
    alpha: float

    @property
    def null(self) -> Null:
        """Where its claim just fails: no effect, or the margin of a difference."""
        return (
            null_of(self.measure, self.measure.margin) if isinstance(self.measure, RmstGain | SurvivalGain) else EQUAL
        )

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - the test names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} one-sided {self.alpha:g}"


@dataclass(frozen=True, slots=True)
class EstimateCriterion:
    """The estimate of ``measure`` (treatment minus control) above ``limit``."""

    measure: RmstGain | SurvivalGain
    limit: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return null_of(self.measure, self.limit)

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a difference names no ratio
        """Return the criterion in words."""
        return f"{self.measure.words} > {self.limit:g}"


@dataclass(frozen=True, slots=True)
class GainCriterion:
    """P(difference > limit | data), a ``measure``, above, or ``above`` false: below, ``threshold``."""

    measure: GainProbability
    above: bool
    threshold: float

    @property
    def null(self) -> Null:
        """Where its claim just fails."""
        return Null(self.measure.kind, self.measure.limit, self.measure.month)

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a difference names no ratio
        """Return the criterion as a formula."""
        return f"{self.measure.words} {'>' if self.above else '<'} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class PredictiveCriterion:
    """Predictive probability of success at the final look below ``threshold``, by normal approximation."""

    threshold: float

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - it is about success, whatever the ratio
        """Return the criterion in words."""
        return f"predictive probability of success at the final look < {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class ConditionalCriterion:
    """Conditional power of the rule's log-rank test under the effect seen so far below ``threshold``."""

    threshold: float

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"conditional power under the effect seen so far < {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class BetaCriterion:
    """The rule's log-rank Z below the boundary that spends ``beta``; not binding for the upper boundary."""

    beta: float

    def words(self, ratio: str = "HR") -> str:  # noqa: ARG002 - a log-rank test names no ratio
        """Return the criterion in words."""
        return f"log-rank Z below the boundary that spends a type II error of {self.beta:g}"


type Criterion = PosteriorCriterion | GainCriterion | LogRankCriterion | FinalTestCriterion | EstimateCriterion
type FutilityCriterion = PosteriorCriterion | GainCriterion | PredictiveCriterion | ConditionalCriterion | BetaCriterion


def null_of(measure: RmstGain | SurvivalGain, limit: float) -> Null:
    """Return the null of a difference beyond ``limit``."""
    return Null("rmst" if isinstance(measure, RmstGain) else "survival", limit, measure.month)
