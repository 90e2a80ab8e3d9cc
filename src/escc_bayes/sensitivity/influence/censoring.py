"""Informative censoring: the hazard after censoring is delta times that of those still followed. By arm.

theta holds log hazard ratios and log rates of pieces, m and Sigma their posterior mean and covariance, as observed. A
patient censored at c is followed on to the end of follow-up with expected person-months M_k and events
D_k = delta exp(a_k + eta) M_k in each piece, at theta = m. The answer is the maximum of

    -(theta - m)' Sigma^-1 (theta - m) / 2 + sum D_k (a_k + eta) - M_k exp(a_k + eta),

which is m at delta = 1; the SD stays that of the observed data, since what is assumed is no information. Jackson et al.
2014, Stat Med 33:4681 (by multiple imputation); Lipkovich et al. 2016, Pharm Stat 15:216 (tipping points).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from escc_bayes.bayes.refits.weighted_draws import WeightedDraws
from escc_bayes.hazard.baseline import PiecewiseHazard
from escc_bayes.hazard.piecewise import FloatArray, event_quantile_cuts, person_months
from escc_bayes.sensitivity.influence.conclusion import passed, probit

# Factors looked at, and how far a tipping point is searched for.
DELTAS = (0.5, 2.0, 5.0)
MOST_DELTA = 20.0
STEPS, SETTLED = 60, 1e-9
PIECES = 6


@dataclass(frozen=True, slots=True)
class Observed:
    """A posterior as a normal: mean (p + k,) and inverse covariance; rows and the pieces it stands on."""

    mean: FloatArray
    precision: FloatArray
    columns: FloatArray
    cuts: FloatArray
    time: FloatArray
    censored: np.ndarray


def observed(drawn: WeightedDraws) -> Observed:
    """Return the normal that stands for weighted draws."""
    rows = drawn.plan.rows
    if isinstance(drawn.hazards.hazard, PiecewiseHazard):
        cuts, rates = drawn.hazards.hazard.cuts, drawn.hazards.hazard.log_rates
    else:
        cuts = event_quantile_cuts(rows.time, rows.event > 0.0, PIECES)
        edges = np.concatenate([[0.0], cuts, [rows.time.max()]])
        rates = np.log(np.diff(drawn.hazards.hazard.cumulative(edges), axis=1) / np.diff(edges))
    theta = np.concatenate([drawn.coefficients, rates], axis=1)
    mean = drawn.weight @ theta
    centred = theta - mean
    covariance = (centred * drawn.weight[:, None]).T @ centred
    # A structure with fewer parameters than columns leaves directions without variance: they stay where they are.
    size = np.sqrt(np.diag(covariance)) + 1e-12
    scaled = covariance / np.outer(size, size) + 1e-8 * np.eye(size.size)
    precision = np.linalg.inv(scaled) / np.outer(size, size)
    return Observed(
        mean, precision, drawn.plan.design.centred, cuts, rows.time, (rows.event == 0.0) & (rows.weight > 0)
    )


def moved(found: Observed, arm: np.ndarray, delta: float) -> FloatArray:
    """Return theta if the hazard after censoring of the patients of an arm (n,) is ``delta`` times the model's."""
    who = np.flatnonzero(found.censored & arm & (found.time < found.time.max()))
    x = found.columns[who]
    p = x.shape[1]
    eta, rates = x @ found.mean[:p], np.exp(found.mean[p:])
    months = expected_months(found.time[who], float(found.time.max()), found.cuts, delta * np.exp(eta), rates)
    events = delta * months * np.exp(eta)[:, None] * rates
    theta = found.mean.copy()
    for _ in range(STEPS):
        expected = months * np.exp(x @ theta[:p])[:, None] * np.exp(theta[p:])
        left = events - expected
        gradient = np.concatenate([x.T @ left.sum(axis=1), left.sum(axis=0)]) - found.precision @ (theta - found.mean)
        step = np.linalg.solve(found.precision + information(x, expected), gradient)
        # A long step is shortened: hazards are exponentials.
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-300))
        theta = theta + step
        if np.abs(step).max() < SETTLED:
            break
    return theta


def information(x: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the information of Poisson counts with means ``expected`` (n, k) on columns x (n, p) and pieces."""
    by_patient, by_piece = expected.sum(axis=1), expected.sum(axis=0)
    crossed = x.T @ expected
    return np.block([[(x * by_patient[:, None]).T @ x, crossed], [crossed.T, np.diag(by_piece)]])


def expected_months(
    start: FloatArray, end: float, cuts: FloatArray, relative: FloatArray, rates: FloatArray
) -> FloatArray:
    """Return the person-months expected in each piece from ``start`` (n,) to ``end``, alive at the start: (n, k).

    Examples
    --------
    >>> expected_months(np.array([0.0]), 10.0, np.zeros(0), np.ones(1), np.array([0.1])).round(3)
    array([[6.321]])
    """
    width = person_months(np.full(start.size, end), cuts, start)
    hazard = relative[:, None] * rates * width
    alive = np.exp(-np.concatenate([np.zeros((start.size, 1)), np.cumsum(hazard, axis=1)[:, :-1]], axis=1))
    share = np.divide(-np.expm1(-hazard), hazard, out=np.ones_like(hazard), where=hazard > 0.0)
    return np.asarray(alive * share * width)


def probability(found: Observed, w: FloatArray, sd: float, start: float, arm: np.ndarray, delta: float) -> float:
    """Return P(HR > 1) of the contrast ``w`` (p,), moved from P ``start`` by what delta does to its mean."""
    p = w.size
    shift = float(w @ (moved(found, arm, delta) - found.mean)[:p])
    return float(ndtr(probit(np.array(start)) + shift / sd))


def tipping_delta(found: Observed, w: FloatArray, sd: float, start: float, arm: np.ndarray) -> float:
    """Return the delta nearest to 1 that moves P(HR > 1) through 0.95 (0.05); NaN: none from 1/20 to 20."""
    best = np.nan
    for far in (MOST_DELTA, 1.0 / MOST_DELTA):
        if not bool(passed(start, probability(found, w, sd, start, arm, far))):
            continue
        near, beyond = 0.0, np.log(far)
        for _ in range(30):
            middle = (near + beyond) / 2.0
            if bool(passed(start, probability(found, w, sd, start, arm, float(np.exp(middle))))):
                beyond = middle
            else:
                near = middle
        if np.isnan(best) or abs(beyond) < abs(np.log(best)):
            best = float(np.exp(beyond))
    return float(best)
