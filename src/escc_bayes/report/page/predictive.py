"""Bands of posterior predictive Kaplan-Meier curves, of cohorts with each patient's own entry and censoring time."""

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.band import Band
from escc_bayes.report.page.curves import limits
from escc_bayes.sensitivity.checks.replicates import curves_of, replicates

REPLICATES = 400
GRID_POINTS = 121
BANDS = (0.95, 0.5)


def replicated_bands(posterior: Posterior) -> tuple[Band, ...]:
    """Return pointwise bands of the replicated curves, widest first, as far as half the replicates reach."""
    rows = posterior.plan.rows
    times = np.linspace(0.0, float(rows.time.max()), GRID_POINTS)
    curves = replicated_curves(posterior, times)
    reached = np.isnan(curves).mean(axis=0) <= 0.5
    # Replicates that end earlier keep their last value, as a curve that ends in a censored patient does.
    held = last_value(curves)[:, reached]
    return tuple(
        Band(f"{100 * level:g} % of {REPLICATES} replicates", times[reached], *limits(held, level), steps=True)
        for level in BANDS
    )


def replicated_curves(posterior: Posterior, times: FloatArray) -> FloatArray:
    """Return the Kaplan-Meier curve of each replicate at ``times``, (replicates, t); NaN beyond its follow-up."""
    seen, event = replicates(posterior, REPLICATES)
    rows = posterior.plan.rows.one_each
    return curves_of(rows, seen, event, np.ones(rows.n, dtype=bool), times)


def last_value(curves: FloatArray) -> FloatArray:
    """Replace NaN at the end of each curve by its last known value."""
    known = np.maximum.accumulate(np.where(np.isnan(curves), 0, np.arange(curves.shape[1])), axis=1)
    return np.take_along_axis(curves, known, axis=1)
