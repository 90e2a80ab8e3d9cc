"""One term alone: Cox on all its own patients, and the model's likelihood, with and without Firth's penalty."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.newton import CollinearError
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.classical.ratios import (
    Coefficients,
    cox_coefficients,
    weibull_coefficients,
    weibull_fit,
)
from escc_bayes.classical.regression import entry_of, weight_of
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.firth_events import firth_events
from escc_bayes.sensitivity.poisson_data import poisson_data
from escc_bayes.sensitivity.variants import alone
from escc_bayes.spec.baseline import PiecewisePrior
from escc_bayes.spec.plan import ModelPlan, make_plan


@dataclass(frozen=True, slots=True)
class Univariable:
    """Log hazard ratios of a term's contrasts by maximum likelihood, and with Firth's penalty; NaN: none is finite."""

    free: FloatArray
    firth: FloatArray


def finite(found: Coefficients, w: FloatArray) -> float:
    """Return the log hazard ratio, NaN where it has no finite estimate."""
    if found.problem or bool((found.infinite & (w != 0.0)).any()):
        return math.nan
    return float(w @ found.coef)


def own_rows_cox(cohort: Cohort, plan: ModelPlan, own: Sequence[HazardRatio], same: FloatArray) -> FloatArray:
    """Return univariable Cox on every patient in whom the term is known; ``same`` where these are the model's."""
    try:
        wide = make_plan(alone(plan, own[0].term).spec, cohort)
        if wide.rows.ids == plan.rows.ids:
            return same
        found = cox_coefficients(wide, "cox_univariable")
        return np.array([finite(found, weights(asked, wide.design)) for asked in own])
    except EsccBayesError:
        return np.full(len(own), math.nan)


def univariable_likelihood(plan: ModelPlan, term: str, own: Sequence[HazardRatio]) -> Univariable:
    """Return maximum likelihood of one term with the model's own baseline: free rates of pieces, or a Weibull."""
    one = alone(plan, term)
    rows, X = plan.rows, one.design.columns
    contrasts = np.array([weights(asked, one.design) for asked in own])
    absent = np.full(len(own), math.nan)
    try:
        if isinstance(plan.baseline, PiecewisePrior):
            fit = piecewise_mle(
                X, rows.time, rows.event, cuts=plan.baseline.cuts, entry=entry_of(plan), weight=weight_of(plan)
            )
            found = Coefficients("piecewise_mle", fit.coef, fit.covariance, fit.infinite)
        else:
            found = weibull_coefficients(weibull_fit(one, plan.baseline.reference_time), X.shape[1])
        data = poisson_data(plan)
        firth = contrasts @ firth_events(X, data.events, data.exposure)[0]
    except CollinearError:
        return Univariable(absent, absent)
    return Univariable(np.array([finite(found, w) for w in contrasts]), firth)
