"""Standard errors of a two-covariate Cox model over simulated cohorts with one cross-table.

Exponential times, follow-up until a given number of events (no other censoring: the most information), exact partial
likelihood without ties, Newton steps for all cohorts at once. Cox 1972, J R Stat Soc B 34:187.
"""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.foundation.seeds import stream

type FloatArray = NDArray[np.float64]

STEPS = 12
LARGEST_STEP = 1.0
PATTERNS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])


def standard_errors(
    cells: NDArray[np.int64], log_ratios: FloatArray, *, events: int, cohorts: int, seed: int
) -> FloatArray:
    """Return the standard errors of the second log hazard ratio in simulated cohorts.

    Parameters
    ----------
    cells : (3,) patients with neither covariate, with the first only, with both.
    log_ratios : (2,) true log hazard ratios of the first and the second covariate.
    events : events at the end of follow-up.
    cohorts, seed : how many cohorts, and the random stream.

    Returns
    -------
    (k,) standard errors of the fits that converged, k <= cohorts.
    """
    covariates = np.repeat(PATTERNS, cells, axis=0)
    rng = np.random.default_rng(stream(seed, "nesting"))
    times = rng.exponential(np.exp(-covariates @ log_ratios), size=(cohorts, len(covariates)))
    ordered = covariates[np.argsort(times, axis=1)]
    beta = np.zeros((cohorts, 2))
    for _ in range(STEPS):
        score, information = score_and_information(ordered, beta, events)
        step = np.linalg.solve(information + 1e-9 * np.eye(2), score[..., None])[..., 0]
        beta = beta + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
    score, information = score_and_information(ordered, beta, events)
    converged = (np.abs(score).max(axis=1) < 1e-6) & (np.abs(beta).max(axis=1) < 8.0)
    variance = np.linalg.inv(information[converged])[:, 1, 1]
    return np.sqrt(variance)


def score_and_information(ordered: FloatArray, beta: FloatArray, events: int) -> tuple[FloatArray, FloatArray]:
    """Return score (r, 2) and information (r, 2, 2) of cohorts whose rows are in order of time; no ties."""
    weights = np.exp(np.einsum("rnk,rk->rn", ordered, beta))[..., None]
    # Sums over the patients still at risk: from each row to the last.
    at_risk = np.cumsum(weights[:, ::-1], axis=1)[:, ::-1]
    first = np.cumsum((weights * ordered)[:, ::-1], axis=1)[:, ::-1] / at_risk
    outer = ordered[..., :, None] * ordered[..., None, :]
    second = np.cumsum((weights[..., None] * outer)[:, ::-1], axis=1)[:, ::-1] / at_risk[..., None]
    variance = second - first[..., :, None] * first[..., None, :]
    return (ordered - first)[:, :events].sum(axis=1), variance[:, :events].sum(axis=1)
