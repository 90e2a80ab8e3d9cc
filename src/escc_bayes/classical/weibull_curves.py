"""Survival, medians and restricted means of a Weibull fit, with delta-method intervals.

Each estimand is a smooth function of (b0, log k, coefficients); its gradient is taken by central differences.
Survival is handled on the log(-log) scale, medians on the log scale, differences as they are.
"""

import math
from typing import assert_never

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.curves import Answer
from escc_bayes.classical.newton import RUNNING
from escc_bayes.classical.separation import INFINITE
from escc_bayes.classical.weibull import WeibullFit
from escc_bayes.estimand.behind import beyond_follow_up
from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.estimand.evaluate import averaged_over, curves_behind, draws_of
from escc_bayes.estimand.modelled import patient_hazards
from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

AT_THE_EDGE = "no limits: at the estimate or within its error it is 0, 1 or infinite in every digit"
# How far the endless direction is followed: hazards that run to 0 are then 0 in every digit.
FAR = 600.0
# Multiple of the longest follow-up beyond which a median is never reached.
NEVER = 1e6
# Step of the differences, in standard errors: small against curvature, large against rounding.
STEP = 1e-3


def delta_answer(asked: Estimand, plan: ModelPlan, fitted: WeibullFit, reference_time: float, level: float) -> Answer:
    """Return value and limits of an estimand other than a hazard ratio.

    Where a coefficient is infinite, the hazard of some patients is 0 at the maximum: numbers in which they have no
    part are as ever; numbers in which they have have their value and no limits.
    """
    centre = np.concatenate([[fitted.log_cumulative_hazard, fitted.log_shape], fitted.coef])
    touched = fitted.infinite.any() and bool((moved(asked, plan, fitted) != 0.0).any())
    point = centre + FAR * fitted.endless if touched else centre
    points = np.stack([point]) if touched else around(centre, fitted)
    baseline = WeibullHazard(points[:, 0], points[:, 1], reference_time)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        drawn = draws_of(asked, plan, patient_hazards(plan.design, points[:, 2:], baseline))
    if touched:
        return endless_answer(asked, float(drawn[0]), plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        values, spread = transform(asked, drawn), steps(fitted)
    if not np.isfinite(values).all():
        return Answer(float(drawn[0]), math.nan, math.nan, AT_THE_EDGE)
    p = centre.size
    gradient = np.divide(values[1 : p + 1] - values[p + 1 :], 2.0 * spread, out=np.zeros(p), where=spread > 0.0)
    half = float(ndtri(0.5 + level / 2.0)) * math.sqrt(float(gradient @ fitted.settled @ gradient))
    middle = float(values[0])
    with np.errstate(over="ignore", under="ignore"):
        found = back(asked, np.array([middle, middle - half, middle + half]))
    numbers = (float(found[0]), float(found[1:].min()), float(found[1:].max()))
    return Answer(*numbers, beyond_follow_up(asked, numbers, plan.rows))


def steps(fitted: WeibullFit) -> FloatArray:
    """Return the step of each parameter for the differences; 0 for one that is not settled."""
    return STEP * np.sqrt(np.maximum(np.diag(fitted.settled), 0.0))


def around(centre: FloatArray, fitted: WeibullFit) -> FloatArray:
    """Return the estimates, and points a step up and down along each parameter, (1 + 2 p, p)."""
    apart = np.diag(steps(fitted))
    return np.concatenate([centre[None], centre + apart, centre - apart])


def moved(asked: Estimand, plan: ModelPlan, fitted: WeibullFit) -> FloatArray:
    """Return how far the log hazard of each patient averaged over moves along the endless direction, (m,)."""
    reach = []
    for _, term, group, population in curves_behind(asked):
        columns, _ = averaged_over(plan, term, group, population)
        reach += [fitted.endless[0] + columns @ fitted.endless[2:][acting] for acting in plan.design.acting]
    change = np.concatenate(reach)
    return np.asarray(np.where(np.abs(change) > RUNNING, change, 0.0))


def endless_answer(asked: Estimand, value: float, plan: ModelPlan) -> Answer:
    """Return a value at the maximum, where some patients have no hazard: without limits."""
    if isinstance(asked, SurvivalAt):
        value = min(value, 1.0)
    why = f"{INFINITE}: at the maximum some of these patients have no hazard; no limits"
    longest = plan.rows.time.max()
    if isinstance(asked, MedianSurvival) and not value < NEVER * longest:
        return Answer(math.nan, math.nan, math.nan, f"not reached; {why}")
    return Answer(
        value, math.nan, math.nan, joined_notes(beyond_follow_up(asked, (value, math.nan, math.nan), plan.rows), why)
    )


def transform(asked: Estimand, values: FloatArray) -> FloatArray:
    """Map an estimand to the scale on which it is nearly normal."""
    match asked:
        case SurvivalAt():
            return np.log(-np.log(values))
        case MedianSurvival():
            return np.log(values)
        case HazardRatio() | RMSTDifference():
            return values
        case _:
            assert_never(asked)


def back(asked: Estimand, values: FloatArray) -> FloatArray:
    """Undo ``transform``."""
    match asked:
        case SurvivalAt():
            return np.exp(-np.exp(values))
        case MedianSurvival():
            return np.exp(values)
        case HazardRatio() | RMSTDifference():
            return values
        case _:
            assert_never(asked)
