"""Do the data lie where the baseline prior expects them? Kaplan-Meier at the prior's month, in its prior predictive.

Each draw of the whole prior (baseline and effects) gives the survival s of the cohort at the month; the Kaplan-Meier
estimate there would be a share of m patients, m its effective number. The tail probability is that of a binomial count
as far out as the one observed, averaged over the draws, half of the observed count's own probability on either side
(Box 1980, J R Stat Soc A 143:383; Evans & Moshonov 2006, Bayesian Anal 1:893). docs/methods/baseline_prior.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.estimand import marginal
from escc_bayes.estimand.evaluate import alike
from escc_bayes.hazard.late_entry import watched_from
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.product_limit import survival_point
from escc_bayes.hazard.turnbull import turnbull
from escc_bayes.spec.baseline_worth import BaselineWorth, baseline_worth
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows

# The integral over the prior is taken at the same points for every fit of a model: no seed of a fit moves it.
DRAWS, POINTS = 2000, 1
# Of more patients, this many evenly spaced ones stand for the cohort.
MOST_PATIENTS = 1000
# A tail probability below this is called a conflict.
CONFLICT = 0.05


@dataclass(frozen=True, slots=True)
class PriorConflict:
    """Kaplan-Meier at the month about which the baseline prior speaks, beside what the prior expects there.

    Attributes
    ----------
    worth : month, events of the prior, events of the data.
    observed : Kaplan-Meier; NaN where follow-up does not reach the month.
    expected, lower, upper : median and 2.5 and 97.5 % points of the cohort's survival under the prior; NaN for an
        illness-death model.
    below : probability, before any data, of a Kaplan-Meier estimate below the one observed; NaN as ``observed``.
    curve : the estimate's name: of events between two months Turnbull's.
    """

    worth: BaselineWorth
    observed: float
    expected: float
    lower: float
    upper: float
    below: float
    curve: str = "Kaplan-Meier"

    @property
    def tail(self) -> float:
        """Two-sided tail probability; NaN where follow-up does not reach the month."""
        return 2.0 * min(self.below, 1.0 - self.below) if self.below == self.below else self.below

    @property
    def found(self) -> bool:
        """Whether prior and data disagree."""
        return self.tail < CONFLICT

    def sentence(self) -> str:
        """Say what the prior is worth, and where Kaplan-Meier lies within it."""
        head = f"Prior on the baseline: {self.worth.words()}"
        if self.expected != self.expected:
            return (
                f"{head}; it is one prior for the hazard of each transition or endpoint, held to no Kaplan-Meier curve."
            )
        if self.observed != self.observed:
            return (
                f"{head}; nobody is followed so far, or not from time zero on, and Kaplan-Meier cannot confirm or "
                "contradict it."
            )
        return f"{head}; {self.place_words()}{'; PRIOR-DATA CONFLICT' if self.found else ''}."

    def place_words(self) -> str:
        """Say where Kaplan-Meier lies within the prior predictive distribution."""
        tail = f"tail probability {tail_words(self.tail)}"
        interval = f"95 % prior interval {self.lower:.2f} to {self.upper:.2f}"
        where = f"{self.curve} {self.observed:.2f} at {self.worth.month:.3g} months"
        return f"{where}, the prior's median {self.expected:.2f} ({interval}; {tail})"

    @property
    def note(self) -> str:
        """What stands beside survival estimates where prior and data disagree."""
        return f"prior-data conflict on the baseline: {self.place_words()}" if self.found else ""


def tail_words(tail: float) -> str:
    """Return a tail probability as text.

    Examples
    --------
    >>> tail_words(0.0123), tail_words(0.00004)
    ('0.012', '< 0.001')
    """
    return "< 0.001" if tail < 0.001 else f"{tail:.3f}"


def prior_conflict(plan: ModelPlan) -> PriorConflict:
    """Return where Kaplan-Meier of the patients analysed lies within the prior predictive distribution.

    Parameters
    ----------
    plan : rows, columns, priors. The same plan gives the same answer, wherever it is printed.
    """
    worth, rows = baseline_worth(plan.spec, plan.baseline, plan.rows), plan.rows
    if rows.transitions is not None:
        return PriorConflict(worth, np.nan, np.nan, np.nan, np.nan, np.nan)
    expected = cohort_survival(plan, worth.month)
    lower, middle, upper = np.quantile(expected, [0.025, 0.5, 0.975]).tolist()
    point = survival_point(rows.time, rows.event, rows.entry, rows.weight, worth.month)
    # A curve that is conditional on surviving a month without anyone at risk is no estimate of the prior's survival.
    if point is None or (rows.delayed and watched_from(rows.time, rows.event, rows.entry) > 0.0):
        return PriorConflict(worth, np.nan, middle, lower, upper, np.nan)
    curve, survival = "Kaplan-Meier", point.survival
    if rows.left is not None and not rows.delayed:
        # The effective number of patients is that of the curve with events at right ends.
        curve, survival = "Turnbull", turnbull_at(rows, worth.month)
    # Sampling weights sum to n and know as much as fewer patients; without them the factor is 1.
    patients = point.patients * rows.effective_n / rows.n
    below = float(probability_below(survival, patients, expected).mean())
    return PriorConflict(worth, survival, middle, lower, upper, below, curve)


def turnbull_at(rows: AnalysisRows, month: float) -> float:
    """Return survival at a month of events between two months, without a model."""
    found = turnbull(rows.last_free, np.where(rows.event > 0.0, rows.time, np.inf))
    return float(found.survival(np.array([month]))[0])


def cohort_survival(plan: ModelPlan, month: float) -> FloatArray:
    """Return survival of the cohort at a month at points of the prior, (draws,)."""
    values = prior_draws(plan, DRAWS, POINTS)
    hazards = parameters.hazards(plan, values, DRAWS)
    chosen = np.linspace(0, plan.rows.n - 1, min(plan.rows.n, MOST_PATIENTS)).round().astype(np.int64)
    chosen = plan.rows.first_rows()[chosen]
    columns, weight = alike(plan.patterns[chosen], plan.rows.weight[chosen])
    return marginal.survival(hazards, columns, weight[None], np.array([month]))[0, :, 0]


def probability_below(share: float, patients: float, survival: FloatArray) -> FloatArray:
    """Return P(count < observed) + P(count = observed) / 2 of binomial counts, for each survival probability.

    Parameters
    ----------
    share, patients : observed share, and of how many; need not be whole patients.
    survival : (d,).

    Examples
    --------
    >>> probability_below(1.0, 2.0, np.array([0.5])).tolist()
    [0.875]
    """
    count = share * patients
    up_to = betainc(patients - count, count + 1.0, 1.0 - survival) if count < patients else np.ones(survival.size)
    short = betainc(patients - count + 1.0, count, 1.0 - survival) if count > 0.0 else np.zeros(survival.size)
    return np.asarray(0.5 * (up_to + short))
