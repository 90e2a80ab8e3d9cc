"""Posterior predictive Kaplan-Meier curves: cohorts replicated with each patient's own entry and censoring time.

A censored patient's limit is the time at which they were censored. For a patient with an event that limit was never
seen: it is drawn from the Kaplan-Meier curve of the censoring times beyond the event, the longest follow-up last.
"""

import numpy as np

from escc_bayes.bayes.posterior import Posterior
from escc_bayes.bayes.predicted_times import predicted_times
from escc_bayes.classical.curves import part
from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.band import Band
from escc_bayes.report.page.curves import limits
from escc_bayes.spec.rows import AnalysisRows

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
    rows, plan = posterior.plan.rows.one_each, posterior.plan
    rng = generator(posterior.seed, "replicates")
    total = posterior.coefficients.shape[0]
    chosen = np.sort(rng.choice(total, size=min(REPLICATES, total), replace=False))
    unit = rng.standard_exponential((chosen.size, rows.n))
    drawn = predicted_times(plan, posterior.hazards.part(chosen), unit)
    end = censoring_limits(rows, rng.uniform(size=unit.shape))
    seen, event = np.minimum(drawn, end), drawn <= end
    everyone = part(rows, np.ones(rows.n, dtype=bool))
    found = [
        survival_at(kaplan_meier(t, d, level=0.95, **everyone), times).survival
        for t, d in zip(seen, event, strict=True)
    ]
    return np.array(found)


def censoring_limits(rows: AnalysisRows, unit: FloatArray) -> FloatArray:
    """Return the month at which each patient of each replicate would be censored, shape of ``unit`` (replicates, n).

    Parameters
    ----------
    unit : uniform numbers; only those of patients with an event count.
    """
    everyone = part(rows, np.ones(rows.n, dtype=bool))
    uncensored = kaplan_meier(rows.time, rows.event == 0.0, level=0.95, **everyone)
    left = np.concatenate([[1.0], uncensored.survival])
    month = np.concatenate([uncensored.time, [rows.time.max()]])
    beyond = left[np.searchsorted(uncensored.time, rows.time, side="right")]
    # The first censoring time at which the share uncensored falls to u times the share at the event.
    place = np.searchsorted(-left[1:], -(unit * beyond), side="left")
    drawn = np.maximum(month[place], rows.time)
    return np.where(rows.event == 0.0, rows.time, drawn)


def last_value(curves: FloatArray) -> FloatArray:
    """Replace NaN at the end of each curve by its last known value."""
    known = np.maximum.accumulate(np.where(np.isnan(curves), 0, np.arange(curves.shape[1])), axis=1)
    return np.take_along_axis(curves, known, axis=1)
