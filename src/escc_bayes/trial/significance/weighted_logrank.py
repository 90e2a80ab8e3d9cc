"""Weighted log-rank tests of many trials.

Fleming-Harrington weights w = S(t-)^rho (1 - S(t-))^gamma, S the Kaplan-Meier curve of both arms together; FH(rho, 0)
is the G^rho family. Over events, Y at risk, Y1 of them treated: U = sum w (Y1/Y - treated), and for two weights
Cov = sum w w' (Y1/Y)(1 - Y1/Y). Fleming & Harrington 1991, chapter 7.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.risk_sets import AtEvents, RiskSets, at_events, row_sums

type Weights = tuple[tuple[float, float], ...]

LEAST = 1e-300


def pooled_survival(patients: RiskSets, at: AtEvents) -> FloatArray:
    """Return S(t-) of both arms together just before each event, in the order of the events."""
    # At the last patient S falls to 0; nobody is left to see it.
    step = np.log1p(-1.0 / np.maximum(at.at_risk, 2.0))
    before = np.cumsum(step) - step
    begin = before[np.minimum(patients.first, max(before.size - 1, 0))] if before.size else np.zeros(0)
    return np.asarray(np.exp(before - begin[at.row])) if before.size else before


def weighted_scores(patients: RiskSets, weights: Weights) -> tuple[FloatArray, FloatArray]:
    """Return scores (n, K), positive where treatment does better, and their covariances (n, K, K)."""
    at = at_events(patients)
    survival = pooled_survival(patients, at)
    curves = [survival**rho * (1.0 - survival) ** gamma for rho, gamma in weights]
    variance = at.share * (1.0 - at.share)

    def added(values: FloatArray) -> FloatArray:
        return row_sums(values, patients.first, patients.events)

    gap = at.share - at.died
    scores = np.stack([added(weight * gap) for weight in curves], axis=1)
    covariance = np.empty((*scores.shape, len(weights)))
    for i, one in enumerate(curves):
        for j, other in enumerate(curves[: i + 1]):
            covariance[:, i, j] = covariance[:, j, i] = added(one * other * variance)
    return scores, covariance


def weighted_z(patients: RiskSets, weights: Weights) -> tuple[FloatArray, FloatArray]:
    """Return Z (n, K) of each weight and their correlations (n, K, K); Z 0 where nothing can be compared."""
    scores, covariance = weighted_scores(patients, weights)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    sd = np.sqrt(np.maximum(variance, LEAST))
    return np.where(variance > 0.0, scores / sd, 0.0), covariance / (sd[:, :, None] * sd[:, None, :])
