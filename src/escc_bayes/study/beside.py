"""A cohort's survival at a month beside that of other studies: their pool, and the drift between studies.

log cumulative hazards y_j of other arms ~ normal(theta_j, s_j), theta_j ~ normal(mu, tau), tau half-normal: survival of
a new study is exp(-exp(theta)), theta ~ normal(mu, tau). docs/methods/other_studies.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from escc_bayes.data.study import read_study
from escc_bayes.evidence.pooling.exact import pool_exact
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.spec.prior import HalfNormal

# Log hazards of studies of one treatment: 95 % of the prior within a factor of two either way.
DRIFT = HalfNormal(0.35)
PRINTED, IMPLIED = "printed", "implied by n"


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of another study, and what kind of treatment it is."""

    study: str
    arm: str
    kind: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Survival of one arm at one month: with limits as printed, or as n patients all followed would have them.

    ``events`` are those of the whole curve; None where none are printed.
    """

    arm: Arm
    n: int
    events: int | None
    endpoint: str
    month: float
    value: float
    lower: float
    upper: float
    limits: str


def printed_survival(
    arms: Sequence[Arm], endpoints: Sequence[str], months: Sequence[float], level: float
) -> list[Beside]:
    """Return what arms print at these months; an arm without a number of patients has nothing."""
    found = []
    for arm in arms:
        curves = [c for c in read_study(arm.study).survivals if c.arm == arm.arm and c.endpoint in endpoints and c.n]
        for curve in curves:
            for mark in curve.landmarks:
                month, value, n = float(mark.t), float(mark.s), int(curve.n or 0)
                if month not in months or not 0.0 < value < 1.0:
                    continue
                if mark.lo is not None and mark.hi is not None:
                    numbers = (float(mark.lo), float(mark.hi), PRINTED)
                else:
                    numbers = (*implied(value, n, level), IMPLIED)
                found.append(Beside(arm, n, curve.events, curve.endpoint, month, value, *numbers))
    return found


def implied(value: float, n: int, level: float) -> tuple[float, float]:
    """Return exact limits of a share of n patients, as if all had been followed.

    Examples
    --------
    >>> [round(x, 3) for x in implied(0.75, 40, 0.95)]
    [0.588, 0.873]
    """
    tail, events = (1.0 - level) / 2.0, n * value
    return float(stats.beta.ppf(tail, events, n - events + 1)), float(stats.beta.ppf(1 - tail, events + 1, n - events))


def log_cumulative(value: float) -> float:
    """Return log(-log S)."""
    return math.log(-math.log(value))


def pooled_arms(found: Sequence[Beside], level: float) -> tuple[NormalMixture, NormalMixture] | None:
    """Return mean and new study on the log cumulative hazard; None of fewer than two arms.

    Standard errors are those of half the distance of the limits on that scale.
    """
    if len(found) < 2:
        return None
    z = float(stats.norm.ppf(0.5 + level / 2.0))
    values = np.array([log_cumulative(one.value) for one in found])
    # A lower survival is a higher hazard.
    errors = np.array([(log_cumulative(one.lower) - log_cumulative(one.upper)) / (2.0 * z) for one in found])
    pool = pool_exact(values, errors, tau_prior=DRIFT, mean_prior="flat", level=level)
    return pool.mu, pool.new_study


def survival_draws(mixture: NormalMixture, count: int, seed: Seed) -> FloatArray:
    """Return draws of survival from a mixture on the log cumulative hazard."""
    rng = generator(seed)
    place = rng.choice(mixture.weights.size, count, p=mixture.weights / mixture.weights.sum())
    found: FloatArray = np.exp(-np.exp(rng.normal(mixture.means[place], mixture.sds[place])))
    return found


def alive_at(survival: FloatArray, month: float, guaranteed: float) -> FloatArray:
    """Return survival to a month of those alive at an earlier one, the hazard constant between.

    Examples
    --------
    >>> alive_at(np.array([0.5]), 12.0, 6.0).round(3)
    array([0.707])
    """
    found: FloatArray = survival ** max(0.0, 1.0 - guaranteed / month)
    return found
