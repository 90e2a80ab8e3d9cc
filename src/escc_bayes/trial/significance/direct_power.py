"""Power of a log-rank test without proportional hazards or equal allocation taken for granted: its expected score.

With Y_k(t) patients of arm k expected at risk t months after entry, at calendar month T, and hazards h_k(t),

E(U) = integral of Y0 Y1 / (Y0 + m Y1) (m h0 - h1) dt,    V = integral of m Y0 Y1 / (Y0 + m Y1)^2 (Y0 h0 + Y1 h1) dt,

m the hazard ratio to be excluded (1, or a margin), positive where treatment does better, and power =
Phi(E(U) / sqrt(V) - z_(1 - alpha)). Schoenfeld's power takes V as d p (1 - p) and E(U) as -log(hr) V.
Lu 2021, Pharm Stat 20:512; "direct" in R's lrstat.
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard
from escc_bayes.trial.truth.expected_events import STRETCH, UNIT, WEIGHT

type Arm = tuple[Accrual, ArmHazard, float]


def expected_score(month: float, control: Arm, treated: Arm, margin: float = 1.0) -> tuple[float, float]:
    """Return the log-rank score expected at calendar ``month``, positive where treatment does better, and its variance.

    Parameters
    ----------
    month : calendar months since the first entry.
    control, treated : accrual, hazard, dropout rate per month.
    """
    times, width = grid(month, control, treated)
    (y0, h0), (y1, h1) = (at_risk(month, times, arm) for arm in (control, treated))
    both = y0 + margin * y1
    score = float(width @ (y0 * y1 / both * (margin * h0 - h1)))
    return score, float(width @ (margin * y0 * y1 / both**2 * (y0 * h0 + y1 * h1)))


def grid(month: float, *arms: Arm) -> tuple[FloatArray, FloatArray]:
    """Return months since entry (g,) and their widths: Gauss-Legendre between all jumps of hazards and accrual."""
    jumps = {cut for _, hazard, _ in arms for cut in hazard.cuts}
    jumps |= {month - edge for accrual, _, _ in arms for piece in accrual.pieces() for edge in piece[:2]}
    edges = np.array(sorted({0.0, month} | {jump for jump in jumps if 0.0 < jump < month}))
    u, weight = ((UNIT + 1.0) / 2.0) ** STRETCH, WEIGHT / 2.0 * STRETCH * ((UNIT + 1.0) / 2.0) ** (STRETCH - 1.0)
    length = np.diff(edges)[:, None]
    return (edges[:-1, None] + length * u).reshape(-1), (length * weight).reshape(-1)


def at_risk(month: float, times: FloatArray, arm: Arm) -> tuple[FloatArray, FloatArray]:
    """Return the patients of an arm expected at risk ``times`` (g,) after entry, and their hazard."""
    accrual, hazard, dropout_rate = arm
    entered = np.array([accrual.enrolled(month - time) for time in times.tolist()])
    return entered * np.exp(-hazard.cumulative(times) - dropout_rate * times), hazard.hazard(times)


def direct_power(month: float, control: Arm, treated: Arm, *, alpha: float, margin: float = 1.0) -> float:
    """Return the power of one log-rank test at one-sided ``alpha`` at calendar ``month``.

    Examples
    --------
    >>> from escc_bayes.trial.truth.data_generating import Exponential
    >>> half = Accrual.uniform(100.0, 12.0)
    >>> arms = [(half, Exponential(-math.log(1.0 - share) / 12.0), 0.0) for share in (0.4, 0.2)]
    >>> round(direct_power(13.63, *arms, alpha=0.025), 3)  # R's lrstat: 0.714
    0.714
    """
    score, variance = expected_score(month, control, treated, margin)
    return float(ndtr(score / math.sqrt(variance) - ndtri(1.0 - alpha)))
