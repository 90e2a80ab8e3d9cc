"""How many events a prior on a log hazard ratio is worth.

A two-arm trial with D events, share p of them in one arm, estimates the log hazard ratio with variance
1 / (D p (1 - p)): 4 / D at 1:1 (Schoenfeld 1981, Biometrika 68:316). One event therefore carries information
p (1 - p), and a prior's worth is its own information over that. Two measures, equal for a single normal:
``moment`` takes 1 / variance; ``elir`` the expected local information ratio, the mean of -d2 log p / d theta2, which
equals the mean of (d log p / d theta)^2 (Neuenschwander et al. 2020, Biometrics 76:578).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from escc_bayes.spec.mixture import NormalMixture, log_components, support

# One event at 1:1 gives the log hazard ratio a standard deviation of 2: the unit-information prior.
UNIT_INFORMATION_SD = 2.0
SUPPORT_SDS = 9.0
# The grid must resolve the narrowest component: this many points to one of its standard deviations.
POINTS_PER_SD = 12
MOST_POINTS = 40_001


@dataclass(frozen=True, slots=True)
class EffectiveEvents:
    """Worth of a prior in events of a 1:1 trial: expected local information ratio, and moments."""

    elir: float
    moment: float


def effective_events(prior: NormalMixture) -> EffectiveEvents:
    """Return the worth of a prior on a log hazard ratio.

    Examples
    --------
    >>> worth = effective_events(NormalMixture(np.array([1.0]), np.array([0.0]), np.array([0.2])))
    >>> round(worth.elir, 6), round(worth.moment, 6)
    (100.0, 100.0)
    """
    return EffectiveEvents(
        elir=UNIT_INFORMATION_SD**2 * expected_information(prior), moment=UNIT_INFORMATION_SD**2 / prior.sd**2
    )


def events_of_se(se: float, *, allocation: tuple[float, float] = (1.0, 1.0)) -> float:
    """Return the events that give a log hazard ratio the standard error ``se``, with events split as ``allocation``.

    Examples
    --------
    >>> round(events_of_se(0.2), 6)
    100.0
    """
    share = allocation[0] / (allocation[0] + allocation[1])
    return 1.0 / (share * (1.0 - share) * se**2)


def expected_information(prior: NormalMixture) -> float:
    """Return the mean of the squared derivative of the log density, by the trapezoidal rule."""
    width = float(np.ptp(prior.means)) + 2.0 * SUPPORT_SDS * float(prior.sds.max())
    points = min(MOST_POINTS, int(POINTS_PER_SD * width / float(prior.sds.min())) + 2)
    values, steps = support(prior, SUPPORT_SDS, points)
    logs = log_components(prior, values)
    log_density = logsumexp(logs, axis=1)
    slopes = (np.exp(logs - log_density[:, None]) * (prior.means - values[:, None]) / prior.sds**2).sum(axis=1)
    return float(steps @ (np.exp(log_density) * slopes**2))
