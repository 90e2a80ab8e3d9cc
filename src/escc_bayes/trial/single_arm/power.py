"""Power of a single arm in closed form: of the one-sample log-rank test by its moments, of a milestone exactly.

With G(t) the probability to be followed to t, S the arm's survival and h its hazard, H0 and h0 of the reference:

v0 = int G S h0,  v1 = int G S h,  v00 = int G S H0 h0,  v01 = int G S H0 h,
Var(H0(X) - event) = v1 + 2 v00 - 2 v01 - (v0 - v1)^2,
power = Phi((sqrt(n) (v0 - v1) - z sqrt(v0)) / sd).

Wu 2015, Pharm Stat 14:26; Schmidt, Kwiecien & Faldum 2015, Stat Med 34:1031.
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.trial.significance.direct_power import at_risk, grid
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.rules import Criterion, Milestone, OneSampleLogRank
from escc_bayes.trial.truth.data_generating import Effect


def power_of(design: SingleArmDesign, criterion: Criterion, effect: Effect) -> float | None:
    """Return the power of a criterion under an effect; None without a closed form, or with a reference in draws."""
    if design.reference.draws > 1:
        return None
    if isinstance(criterion, Milestone):
        hazard = float(design.hazard(effect).cumulative(np.array([criterion.month]))[0])
        return criterion.power(math.exp(-hazard - design.dropout * criterion.month))
    if isinstance(criterion, OneSampleLogRank):
        return log_rank_power(design, effect, criterion.alpha)
    return None


def log_rank_power(design: SingleArmDesign, effect: Effect, alpha: float) -> float | None:
    """Return the power of the one-sample log-rank test; None for a look that never comes."""
    month = design.data_month(effect)
    if not math.isfinite(month):
        return None
    arm = (design.accrual, design.hazard(effect), design.dropout)
    reference = (design.accrual, design.hazard(Effect((1.0,))), design.dropout)
    times, width = grid(month, arm, reference)
    exposed, hazard = at_risk(month, times, arm)
    share = exposed / design.accrual.patients * width
    clock, known = design.reference.cumulative(times), reference[1].hazard(times)
    v0, v1 = float(share @ known), float(share @ hazard)
    v00, v01 = float(share @ (clock * known)), float(share @ (clock * hazard))
    variance = v1 + 2.0 * v00 - 2.0 * v01 - (v0 - v1) ** 2
    # After centuries nothing is left but rounding.
    if not variance > 0.0:
        return None
    root = math.sqrt(design.accrual.patients)
    return float(ndtr((root * (v0 - v1) - float(ndtri(1.0 - alpha)) * math.sqrt(v0)) / math.sqrt(variance)))
