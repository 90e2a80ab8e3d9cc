"""What one rule's criteria are held against in a running trial: its posterior, its measures, its boundaries."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import Criterion
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.futility import FutilityCriterion
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_model import orders_of
from escc_bayes.trial.monitoring.interim_posterior import RatioPosterior, posterior_of
from escc_bayes.trial.significance.measures import Measure, Orders


@dataclass(frozen=True, eq=False)
class RuleNow:
    """One trial as a rule sees it at look ``place``; all numbers are arrays of one (1,).

    Attributes
    ----------
    predictive : probability of success at the final look; None where nobody has computed it.
    """

    design: TrialDesign
    interim: Interim
    rule: DecisionRule
    plan: RulePlan
    place: int
    predictive: float | None = None

    @property
    def upper(self) -> float:
        """The upper boundary of the log-rank Z."""
        return float(self.plan.upper[self.place])

    @property
    def lower(self) -> float:
        """The lower boundary."""
        return float(self.plan.lower[self.place])

    @cached_property
    def posterior(self) -> RatioPosterior:
        """The posterior that the rule asks."""
        borrowing = self.design.borrowing if self.rule.borrows else None
        return posterior_of(self.interim, self.design.analysis_prior, borrowing)

    @cached_property
    def orders(self) -> Orders:
        """The patients in order."""
        return orders_of(self.interim, self.design.analysis_prior)

    def below(self, hr: float) -> FloatArray:
        """Return P(HR < ``hr`` | data)."""
        return np.array([self.posterior.below(hr)])

    def value(self, measure: Measure) -> FloatArray:
        """Return a measure of the trial."""
        return measure.of(self.orders)

    def log_rank(self) -> FloatArray:
        """Return the Z of the rule's log-rank test; zero where it has none."""
        return np.zeros(1) if self.rule.test is None else self.value(self.rule.test.measure)

    def foreseen(self) -> FloatArray:
        """Return the predictive probability of success."""
        assert self.predictive is not None
        return np.array([self.predictive])

    def said(self, criterion: Criterion | FutilityCriterion) -> str:
        """Return a criterion in words, the ratio named."""
        return criterion.words(f"HR({self.design.arms[1]} vs {self.design.arms[0]})")
