"""Cohorts replicated under a posterior, with each patient's own entry and censoring time.

A censored patient's limit is the time at which they were censored. For a patient with an event that limit was never
seen: it is drawn from the Kaplan-Meier curve of the censoring times beyond the event, the longest follow-up last.
"""

import numpy as np

from escc_bayes.bayes.model.predicted_times import predicted_times
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.curves import part
from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows


def replicates(posterior: Posterior, count: int) -> tuple[FloatArray, np.ndarray]:
    """Return follow-up (count, n) and whether it ends in an event, one replicate for each of ``count`` draws."""
    rows, plan = posterior.plan.rows.one_each, posterior.plan
    rng = generator(posterior.seed, "replicates")
    total = posterior.coefficients.shape[0]
    chosen = np.sort(rng.choice(total, size=min(count, total), replace=False))
    unit = rng.standard_exponential((chosen.size, rows.n))
    drawn = predicted_times(plan, posterior.hazards.part(chosen), unit)
    end = censoring_limits(rows, rng.uniform(size=unit.shape))
    return np.minimum(drawn, end), drawn <= end


def curves_of(
    rows: AnalysisRows, seen: FloatArray, event: np.ndarray, inside: np.ndarray, times: FloatArray
) -> FloatArray:
    """Return the Kaplan-Meier curve of a group (n,) in each replicate at ``times``, (replicates, t)."""
    group = part(rows, inside)
    found = [
        survival_at(kaplan_meier(t[inside], d[inside], level=0.95, **group), times).survival
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
