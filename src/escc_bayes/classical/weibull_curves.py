"""Survival, medians and restricted means of a Weibull fit, with delta-method intervals.

Each estimand is a smooth function of (b0, log k, coefficients); its gradient is taken by central differences.
Survival is handled on the log(-log) scale, medians on the log scale, differences as they are.
"""

import math
from typing import assert_never

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.weibull import WeibullFit
from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.evaluate import draws_of
from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

# Step of the differences, in standard errors: small against curvature, large against rounding.
STEP = 1e-3


def delta_interval(
    asked: Estimand, plan: ModelPlan, fitted: WeibullFit, reference_time: float, level: float
) -> tuple[float, float, float]:
    """Return value and limits of an estimand other than a hazard ratio.

    NaN where a coefficient of the fit is infinite.
    """
    if fitted.infinite.any():
        return math.nan, math.nan, math.nan
    centre = np.concatenate([[fitted.log_cumulative_hazard, fitted.log_shape], fitted.coef])
    steps = STEP * np.sqrt(np.diag(fitted.covariance))
    points = np.concatenate([centre[None], centre + np.diag(steps), centre - np.diag(steps)])
    hazard = WeibullHazard(points[:, 0], points[:, 1], reference_time)
    values = transform(asked, draws_of(asked, plan, points[:, 2:], hazard))
    p = centre.size
    gradient = (values[1 : p + 1] - values[p + 1 :]) / (2.0 * steps)
    half = float(ndtri(0.5 + level / 2.0)) * math.sqrt(float(gradient @ fitted.covariance @ gradient))
    middle = float(values[0])
    found = back(asked, np.array([middle, middle - half, middle + half]))
    return float(found[0]), float(found[1:].min()), float(found[1:].max())


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
