"""Why Cox and a posterior differ: the way from one to the other in steps that add up.

On the log hazard ratio: univariable Cox -> Cox (adjustment for the other covariates) -> maximum likelihood with the
model's own baseline (form of the baseline) -> posterior mean (prior and shrinkage). See docs/methods/attribution.md.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from escc_bayes.bayes.posterior import Posterior
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.classical.ratios import Coefficients, entry_of, missing, weibull_coefficients, weight_of
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior

STEPS = ("adjustment", "baseline", "prior")


@dataclass(frozen=True, slots=True)
class AttributionStep:
    """One step for one contrast; NaN where either end has no finite estimate.

    Attributes
    ----------
    step : adjustment | baseline | prior.
    before, after : methods.
    log_hr_before, log_hr_after, difference : on the log hazard ratio.
    """

    endpoint: str
    model: str
    term: str
    contrast: str
    step: str
    before: str
    after: str
    log_hr_before: float
    log_hr_after: float

    @property
    def difference(self) -> float:
        """What the step moves the log hazard ratio by."""
        return self.log_hr_after - self.log_hr_before


def attribute(posterior: Posterior, classical: ClassicalFit) -> tuple[AttributionStep, ...]:
    """Return the steps from univariable Cox to the posterior mean, for every standard contrast.

    Both fits must be of the same specification and cohort.
    """
    likelihood = family_likelihood(posterior, classical)
    found: list[AttributionStep] = []
    for asked in standard_contrasts(posterior.plan.design):
        w = weights(asked, classical.plan.design)
        way = [(c.method, finite(c, w)) for c in (classical.univariable, classical.cox, likelihood)]
        way.append((posterior.method, float(posterior.draws(asked).mean())))
        for step, (before, after) in zip(STEPS, pairwise(way), strict=True):
            found.append(
                AttributionStep(
                    posterior.plan.rows.endpoint,
                    posterior.plan.spec.name,
                    asked.term,
                    contrast_words(asked),
                    step,
                    before[0],
                    after[0],
                    before[1],
                    after[1],
                )
            )
    return tuple(found)


def finite(found: Coefficients, w: FloatArray) -> float:
    """Return the log hazard ratio, NaN where it has no finite estimate."""
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return math.nan
    return float(w @ found.coef)


def family_likelihood(posterior: Posterior, classical: ClassicalFit) -> Coefficients:
    """Return maximum likelihood with the posterior's own baseline family."""
    plan, baseline = classical.plan, posterior.plan.baseline
    if not isinstance(baseline, PiecewisePrior):
        return weibull_coefficients(classical.weibull, plan.design.columns.shape[1])
    if classical.cox.problem:
        return missing("piecewise_mle", plan.design.columns.shape[1], classical.cox.problem)
    rows = plan.rows
    fitted = piecewise_mle(
        plan.design.columns,
        rows.time,
        rows.event,
        cuts=baseline.cuts,
        entry=entry_of(plan),
        weight=weight_of(plan),
    )
    return Coefficients("piecewise_mle", fitted.coef, fitted.covariance, fitted.infinite)
