"""Survival averaged over the patients of groups, in layouts whose inner loops run along the draws."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


def averaged_survival(cumulative: FloatArray, relative: FloatArray, share: FloatArray) -> FloatArray:
    """Return sum_i share_i exp(-relative_i H) of each group.

    Parameters
    ----------
    cumulative : (draws, t) cumulative hazards H of the baseline.
    relative : (n, draws) hazard ratios against the baseline.
    share : (g, n) what each counts for in each group.

    Returns
    -------
    (t, g, draws) survival.
    """
    curves, alive = np.empty((cumulative.shape[1], share.shape[0], relative.shape[1])), np.empty_like(relative)
    # A hazard ratio of 1e300 times a hazard overflows: survival is then 0.
    with np.errstate(over="ignore"):
        for minus_hazard, curve in zip(-np.ascontiguousarray(cumulative.T), curves, strict=True):
            np.exp(np.multiply(relative, minus_hazard, out=alive), out=alive)
            np.matmul(share, alive, out=curve)
    return curves
