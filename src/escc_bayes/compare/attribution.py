"""Why Cox and a posterior differ: the way from one to the other in steps that add up.

On the log hazard ratio: univariable Cox -> Cox (adjustment for the other covariates) -> maximum likelihood with the
model's own baseline (form of the baseline) -> posterior mean (prior and shrinkage). Where the model has a random
intercept: after Cox, Cox stratified by centre (centres) and Cox with a normal frailty (centres share information);
the likelihood then has normal effects of centres too. See docs/methods/attribution.md.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from escc_bayes.bayes.posterior import Posterior
from escc_bayes.classical.centre_likelihood import family_with_centres
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.classical.ratios import Coefficients, entry_of, missing, weibull_coefficients, weight_of
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.same_patients import other_data

STEPS = ("adjustment", "centres", "pooling", "baseline", "prior")
ADJUSTMENT, CENTRES, POOLING, BASELINE, PRIOR = STEPS

# A step's word, the method it leads to, and the log hazard ratio there.
type Stage = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class AttributionStep:
    """One step for one contrast; NaN where either end has no finite estimate.

    Attributes
    ----------
    step : adjustment | centres | pooling | baseline | prior; the second and third with a random intercept.
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

    Both fits must be of the same specification and cohort; priors alone may differ.

    Raises
    ------
    EstimandError : the fits are of other patients, other data of theirs, or other covariates.
    """
    refuse_other_question(posterior, classical)
    likelihood = family_likelihood(posterior, classical)
    found: list[AttributionStep] = []
    for asked in standard_contrasts(posterior.plan.design):
        w = weights(asked, classical.plan.design)
        way: list[Stage] = [("", classical.univariable.method, finite(classical.univariable, w))]
        way.append((ADJUSTMENT, classical.cox.method, finite(classical.cox, w)))
        way += centre_stages(classical, w)
        way.append((BASELINE, likelihood.method, finite(likelihood, w)))
        way.append((PRIOR, posterior.method, float(posterior.draws(asked).mean())))
        rows, name = posterior.plan.rows, posterior.plan.spec.name
        found += [
            AttributionStep(
                rows.endpoint, name, asked.term, contrast_words(asked), step, before, after, log_before, log_after
            )
            for (_, before, log_before), (step, after, log_after) in pairwise(way)
        ]
    return tuple(found)


def refuse_other_question(posterior: Posterior, classical: ClassicalFit) -> None:
    """Raise unless both fits have the same rows, and the same covariates entering alike."""
    one, two = posterior.plan, classical.plan
    differ = other_data(one.rows, two.rows)
    held, asked = ([(effect.covariates, effect.unshrunk()) for effect in p.spec.effects] for p in (one, two))
    if not differ and held != asked:
        differ = f"effects of {one.spec!r} and of {two.spec!r}"
    if differ:
        raise EstimandError(
            f"attribution needs a posterior and a classical fit of one model on the same patients, was given {differ}; "
            "make both with the same specification and cohort"
        )


def centre_stages(classical: ClassicalFit, w: FloatArray) -> list[Stage]:
    """Return what taking centres into account leads to: within centres, then with information shared between them.

    Where a contrast has no finite estimate within centres, or the frailty none, the way goes past it.
    """
    methods = {found.method: found for found in classical.centres}
    if not methods:
        return []
    within, shared = (finite(methods[name], w) for name in ("cox_stratified", "cox_frailty_normal"))
    stages: list[Stage] = [] if math.isnan(within) else [(CENTRES, "cox_stratified", within)]
    if not math.isnan(shared):
        stages.append((POOLING if stages else CENTRES, "cox_frailty_normal", shared))
    return stages or [(CENTRES, "cox_stratified", math.nan)]


def finite(found: Coefficients, w: FloatArray) -> float:
    """Return the log hazard ratio, NaN where it has no finite estimate."""
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return math.nan
    return float(w @ found.coef)


def family_likelihood(posterior: Posterior, classical: ClassicalFit) -> Coefficients:
    """Return maximum likelihood with the posterior's own baseline family."""
    plan, baseline = classical.plan, posterior.plan.baseline
    if classical.centres:
        return family_with_centres(plan)
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
