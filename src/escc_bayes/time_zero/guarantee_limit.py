"""The hazard ratio that guaranteed months make in a large cohort without an effect: the limit of Cox's estimate.

Symbols: group g of share n_g that nobody leaves before G_g, hazards of events and of censoring alike beyond; y_g(t) at
risk, dN_g(t) = y_g(t) h(t) dt for t > G_g. The limit b solves sum of dN_1 - y_1 e^b / (y_0 + y_1 e^b) (dN_0 + dN_1) = 0
(Struthers & Kalbfleisch 1986, Biometrika 73:363). docs/methods/time_zero.md.
"""

import math

import numpy as np

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray, cumulative_hazard, time_at
from escc_bayes.time_zero.guarantee import NoEffect

# Steps of equal hazard up to a share of exp(-12) still at risk; beyond this the ratio is taken as 0 or infinite.
STEPS, LAST, LARGEST = 2000, 12.0, 12.0


def limit_ratio(hazards: NoEffect, guaranteed: tuple[float, float], share: tuple[float, float]) -> float:
    """Return the hazard ratio of a second group over a first that Cox's model tends to without any effect.

    Parameters
    ----------
    hazards : of events and of censoring, the same for all beyond their guaranteed months.
    guaranteed : months that the first and the second group had to live.
    share : of the patients, first and second group.

    Examples
    --------
    >>> hazards = NoEffect(np.array([]), np.log([0.02]), np.log([0.01]))
    >>> round(limit_ratio(hazards, (0.0, 0.0), (0.5, 0.5)), 6), round(limit_ratio(hazards, (0.0, 6.0), (0.5, 0.5)), 3)
    (1.0, 0.842)
    """
    both = np.logaddexp(*hazards.rates)
    grid = time_at(both, hazards.cuts, np.linspace(0.0, LAST, STEPS)[None])[0]
    months = np.unique(np.concatenate([grid, np.add.outer(np.array(guaranteed), grid).ravel()]))
    (y0, died0), (y1, died1) = (of_group(hazards, months, g, n) for g, n in zip(guaranteed, share, strict=True))

    def score(log_hr: float) -> float:
        among = y1 * math.exp(log_hr)
        return float(np.sum(died1 - among / np.maximum(y0 + among, np.finfo(float).tiny) * (died0 + died1)))

    if not score(-LARGEST) > 0.0 > score(LARGEST):
        return 0.0 if score(0.0) < 0.0 else math.inf
    return math.exp(root(score, -LARGEST, LARGEST))


def of_group(hazards: NoEffect, months: FloatArray, guaranteed: float, share: float) -> tuple[FloatArray, FloatArray]:
    """Return those at risk in the middle of each step of months (m,), and the events in it, (m - 1,) each."""
    start = np.array([guaranteed])
    died, left = (
        np.maximum(cumulative_hazard(r, hazards.cuts, months)[0] - cumulative_hazard(r, hazards.cuts, start)[0], 0.0)
        for r in hazards.rates
    )
    stay = np.exp(-died - left)
    at_risk = share * np.sqrt(stay[:-1] * stay[1:])
    return at_risk, at_risk * np.diff(died)
