"""How often do Kaplan-Meier estimates of PFS exceed those of OS in honest cohorts? Simulation for one printed pair.

A death ends both endpoints, so PFS <= OS for every patient; the estimates cross because a censored patient's mass goes
to those still at risk. Cohorts have the printed size, survival and median follow-up, progressions from rare to
frequent, deaths as frequent after them or five times more, entry over time or losses at random; the largest share over
all of these is returned.
Efron 1967, 5th Berkeley Symp 4:831. docs/methods/audit.md. The random stream is fixed, so that the rule answers alike.
"""

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

FIRST, COHORTS, COMMON = 400, 4000, 0.03
"""Cohorts of each kind: first a few, then all, unless the few already show the excess in so large a share."""

MOST_PATIENTS = 80
"""Larger cohorts are simulated with so many, and the excess scaled by sqrt(n)."""

SEED = 1967
PROGRESSIONS = (0.02, 0.1, 0.5, 2.0)
"""Rate of progression for each death without it."""

AFTER = (1.0, 5.0)
"""Rate of death after progression, for each before."""


class Asked(NamedTuple):
    """One comparison: ``excess`` of PFS over OS at ``t`` months, or of their medians, in ``n`` patients.

    ``survival`` is the OS at ``t`` (0.5 for medians); ``follow_up`` its printed median or None; ``alive`` the share of
    patients who progressed and live (PFS events less deaths, over n), or None where the events are not printed.
    """

    n: int
    t: float
    survival: float
    excess: float
    follow_up: float | None
    alive: float | None
    medians: bool = False


class Setting(NamedTuple):
    """One kind of cohort: rate of progression, of death after it, median follow-up, losses at random or by entry."""

    progressions: float
    after: float
    follow_up: float
    losses: bool


@lru_cache(maxsize=256)
def share_of_cohorts(asked: Asked) -> float:
    """Return the largest share of honest cohorts with at least the excess, or 3 / cohorts where none has it.

    Kinds of cohorts with far more or far fewer patients alive after progression than printed are left out.
    """
    first = largest(asked, FIRST)
    return first if first > COMMON else max(largest(asked, COHORTS), 3.0 / COHORTS)


def largest(asked: Asked, cohorts: int) -> float:
    """Return the largest share over the kinds of cohorts that have as many patients alive after progression."""
    found = [share(asked, setting, cohorts) for setting in settings(asked)]
    width = 2.0 * math.sqrt(0.25 / asked.n)
    like = [one for one, alive in found if asked.alive is None or abs(alive - asked.alive) <= width]
    return max(like or [one for one, _ in found])


def settings(asked: Asked) -> list[Setting]:
    """Return the kinds of cohorts to be tried."""
    unknown = (asked.t, 2 * asked.t) if asked.medians else (asked.t / 2, asked.t, 2 * asked.t)
    watched = unknown if asked.follow_up is None else (asked.follow_up,)
    return [Setting(*kind) for kind in product(PROGRESSIONS, AFTER, watched, (False, True))]


def share(asked: Asked, setting: Setting, cohorts: int) -> tuple[float, float]:
    """Return the share of cohorts with so large an excess, and the share of patients alive after progression."""
    rng = np.random.default_rng(SEED)
    n = min(asked.n, MOST_PATIENTS)
    size, excess = (cohorts, n), asked.excess * math.sqrt(asked.n / n)
    rate = -math.log(min(max(asked.survival, 0.01), 0.99)) / asked.t
    death = rng.exponential(1.0 / rate, size)
    progression = rng.exponential(1.0 / (rate * setting.progressions), size)
    death = np.where(progression < death, progression + (death - progression) / setting.after, death)
    censored = (
        rng.exponential(setting.follow_up / math.log(2.0), size)
        if setting.losses
        else setting.follow_up * rng.uniform(0.3, 1.7, size)
    )
    first = np.minimum(death, progression)
    alive = float(np.mean((first <= censored) & (death > censored)))
    with np.errstate(invalid="ignore"):
        if asked.medians:
            pfs, os = (median(event, censored) for event in (first, death))
            return float(np.mean(np.isfinite(os) & (pfs - os >= excess))), alive
        above = estimate(first, censored, asked.t) - estimate(death, censored, asked.t) >= excess
        return float(np.mean(above)), alive


def curves(event: FloatArray, censored: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return times in order and the Kaplan-Meier estimate after each; rows are cohorts."""
    time, died = np.minimum(event, censored), event <= censored
    order = np.argsort(time, axis=1)
    at_risk = np.arange(time.shape[1], 0, -1, dtype=np.float64)
    survival = np.cumprod(1.0 - np.take_along_axis(died, order, 1) / at_risk, axis=1)
    return np.take_along_axis(time, order, 1), survival


def estimate(event: FloatArray, censored: FloatArray, t: float) -> FloatArray:
    """Return the Kaplan-Meier estimate of each cohort at ``t``; NaN where nobody is followed so long."""
    time, survival = curves(event, censored)
    before = (time <= t).sum(axis=1)
    padded = np.hstack([np.ones((len(time), 1)), survival])
    found = np.take_along_axis(padded, before[:, None], 1)[:, 0]
    return np.where((before == time.shape[1]) & (found > 0), np.nan, found)


def median(event: FloatArray, censored: FloatArray) -> FloatArray:
    """Return the median of each cohort; infinite where it is not reached."""
    time, survival = curves(event, censored)
    below = survival <= 0.5
    reached = below.any(axis=1)
    first = np.take_along_axis(time, below.argmax(axis=1)[:, None], 1)[:, 0]
    return np.where(reached, first, np.inf)
