"""Survival averaged over the patients of groups, in layouts whose inner loops run along the draws."""

import numpy as np

from escc_bayes.hazard.matrix_product import ONE_THREAD, on_one_thread
from escc_bayes.hazard.piecewise import FloatArray

# As few draws at a time as are worth a product; more where one thread multiplies them.
FEWEST = 64


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
    draws = relative.shape[1]
    curves = np.empty((cumulative.shape[1], share.shape[0], draws))
    minus_hazards = -np.ascontiguousarray(cumulative.T)
    length = max(FEWEST, ONE_THREAD // max(share.size, 1))
    for first in range(0, draws, length):
        some = slice(first, first + length)
        average_some(minus_hazards[:, some], np.ascontiguousarray(relative[:, some]), share, curves[:, :, some])
    return curves


def average_some(minus_hazards: FloatArray, relative: FloatArray, share: FloatArray, curves: FloatArray) -> None:
    """Write the survival at t months (t, draws), averaged over each group, into ``curves`` (t, g, draws)."""
    alive = np.empty_like(relative)
    # A hazard ratio of 1e300 times a hazard overflows: survival is then 0.
    with np.errstate(over="ignore"):
        for minus_hazard, curve in zip(minus_hazards, curves, strict=True):
            np.exp(np.multiply(relative, minus_hazard, out=alive), out=alive)
            curve[:] = on_one_thread(share, alive)
